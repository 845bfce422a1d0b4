package dev.interlock.decision.check;

import dev.interlock.decision.Violation;
import dev.interlock.decision.check.PodView.Part;
import dev.interlock.workload.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Which profiles and settings of the kernel a Pod runs with: AppArmor, SELinux, seccomp, /proc, sysctls.
final class ProfileControls {
    private static final Set<String> PROFILES = Set.of("RuntimeDefault", "Localhost");
    private static final String APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
    private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

    private ProfileControls() {}

    static void appArmor(PodView pod, Consumer<Violation> found) {
        pod.parts()
                .forEach(part -> part.security("appArmorProfile")
                        .map(profile -> profile.text("type").orElse(""))
                        .filter(type -> !PROFILES.contains(type))
                        .ifPresent(type -> found.accept(part.violation(
                                "AppArmorProfile",
                                "securityContext.appArmorProfile.type",
                                "runs with AppArmor profile `%s`; set RuntimeDefault or Localhost"
                                        .formatted(Violation.shown(type))))));
        annotations(pod, name -> name.startsWith(APPARMOR), (name, value) -> {
            if (!value.isEmpty() && !value.equals("runtime/default") && !value.startsWith("localhost/")) {
                found.accept(new Violation(
                        "AppArmorProfile",
                        pod.annotationsPath(),
                        "annotation `%s` is `%s`; set runtime/default or localhost/ and a profile"
                                .formatted(Violation.shown(name), Violation.shown(value))));
            }
        });
    }

    static PodControls.Control seLinux(Set<String> types) {
        return (pod, found) -> pod.parts()
                .forEach(part -> part.security("seLinuxOptions").ifPresent(options -> {
                    String type = options.text("type").orElse("");
                    if (!types.contains(type)) {
                        found.accept(part.violation(
                                "SeLinuxOptions",
                                "securityContext.seLinuxOptions.type",
                                "has SELinux type `%s`; leave it out, or set one of %s"
                                        .formatted(
                                                Violation.shown(type),
                                                String.join(
                                                        ", ",
                                                        types.stream()
                                                                .filter(each -> !each.isEmpty())
                                                                .sorted()
                                                                .toList()))));
                    }
                    for (String field : List.of("user", "role")) {
                        if (!options.text(field).orElse("").isEmpty()) {
                            found.accept(part.violation(
                                    "SeLinuxOptions",
                                    "securityContext.seLinuxOptions." + field,
                                    "sets an SELinux %s; leave it out".formatted(field)));
                        }
                    }
                }));
    }

    static void procMount(PodView pod, Consumer<Violation> found) {
        pod.containers()
                .forEach(part -> part.security()
                        .flatMap(context -> context.text("procMount"))
                        .filter(type -> !type.equals("Default"))
                        .ifPresent(type -> found.accept(part.violation(
                                "ProcMount",
                                "securityContext.procMount",
                                "mounts /proc as `%s`; leave out procMount".formatted(Violation.shown(type))))));
    }

    static void seccompAnnotations(PodView pod, Consumer<Violation> found) {
        Set<String> names = new HashSet<>();
        names.add(SECCOMP_POD);
        pod.containers()
                .forEach(part ->
                        names.add(SECCOMP_CONTAINER + part.object().text("name").orElse("")));
        annotations(pod, names::contains, (name, value) -> {
            if (!value.equals("runtime/default")
                    && !value.equals("docker/default")
                    && !value.startsWith("localhost/")) {
                found.accept(new Violation(
                        "SeccompProfile",
                        pod.annotationsPath(),
                        "annotation `%s` is `%s`; set runtime/default or localhost/ and a profile"
                                .formatted(Violation.shown(name), Violation.shown(value))));
            }
        });
    }

    /// @param required whether every container must have a profile, its own or the Pod's
    static PodControls.Control seccomp(boolean required) {
        return (pod, found) -> {
            Optional<String> ofPod = seccomp(pod.self());
            pod.parts().forEach(part -> {
                Optional<String> type = seccomp(part);
                if (type.isPresent() && !PROFILES.contains(type.get())) {
                    found.accept(part.violation(
                            "SeccompProfile",
                            "securityContext.seccompProfile.type",
                            "runs with seccomp profile `%s`; set RuntimeDefault or Localhost"
                                    .formatted(Violation.shown(type.get()))));
                } else if (required
                        && type.isEmpty()
                        && ofPod.isEmpty()
                        && !part.path().equals(pod.path())) {
                    found.accept(
                            part.violation(
                                    "SeccompProfile",
                                    "securityContext.seccompProfile",
                                    "has no seccomp profile; set securityContext.seccompProfile.type of the Pod or of it to RuntimeDefault"));
                }
            });
        };
    }

    static PodControls.Control sysctls(Set<String> allowed) {
        return (pod, found) -> {
            List<Node> sysctls = pod.self()
                    .security()
                    .map(context -> context.items("sysctls"))
                    .orElse(List.of());
            for (int i = 0; i < sysctls.size(); i++) {
                String name = sysctls.get(i).asObject("sysctls").text("name").orElse("");
                if (!allowed.contains(name)) {
                    found.accept(pod.self()
                            .violation(
                                    "Sysctl",
                                    "securityContext.sysctls[%d].name".formatted(i),
                                    "sets sysctl `%s`, which is not known to be safe; leave it out"
                                            .formatted(Violation.shown(name))));
                }
            }
        };
    }

    private interface AnnotationLook {
        void look(String name, String value);
    }

    private static void annotations(PodView pod, Predicate<String> names, AnnotationLook look) {
        pod.annotations().entrySet().stream()
                .filter(entry -> names.test(entry.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> look.look(entry.getKey(), entry.getValue()));
    }

    private static Optional<String> seccomp(Part part) {
        return part.security("seccompProfile")
                .map(profile -> profile.text("type").orElse(""));
    }
}
