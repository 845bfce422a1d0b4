package dev.interlock.decision.check;

import dev.interlock.decision.Violation;
import dev.interlock.decision.check.PodView.Part;
import dev.interlock.workload.Node;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// As whom a Pod runs, and what it may do as that.
final class PrivilegeControls {
    private static final Set<String> CAPABILITIES = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private PrivilegeControls() {}

    static void privileged(PodView pod, Consumer<Violation> found) {
        pod.containers().stream()
                .filter(part -> part.security()
                        .flatMap(context -> context.flag("privileged"))
                        .orElse(false))
                .forEach(part -> found.accept(part.violation(
                        "Privileged",
                        "securityContext.privileged",
                        "is privileged; leave out securityContext.privileged")));
    }

    static void capabilities(PodView pod, Consumer<Violation> found) {
        added(pod, CAPABILITIES, "add none that a container has not by default", found);
    }

    static void capabilitiesDropped(PodView pod, Consumer<Violation> found) {
        pod.containers().stream()
                .filter(part -> part.security("capabilities").stream()
                        .flatMap(capabilities -> texts(capabilities, "drop"))
                        .noneMatch("ALL"::equals))
                .forEach(part -> found.accept(part.violation(
                        "CapabilitiesKept",
                        "securityContext.capabilities.drop",
                        "keeps capabilities; set securityContext.capabilities.drop to [\"ALL\"]")));
        added(pod, Set.of("NET_BIND_SERVICE"), "add none but NET_BIND_SERVICE", found);
    }

    static void privilegeEscalation(PodView pod, Consumer<Violation> found) {
        pod.containers().stream()
                .filter(part -> part.security()
                        .flatMap(context -> context.flag("allowPrivilegeEscalation"))
                        .orElse(true))
                .forEach(part -> found.accept(part.violation(
                        "PrivilegeEscalation",
                        "securityContext.allowPrivilegeEscalation",
                        "may gain privileges; set securityContext.allowPrivilegeEscalation to false")));
    }

    static void nonRoot(PodView pod, Consumer<Violation> found) {
        Optional<Boolean> ofPod = nonRoot(pod.self());
        pod.parts().forEach(part -> {
            Optional<Boolean> own = nonRoot(part);
            if (own.equals(Optional.of(false))) {
                found.accept(part.violation(
                        "RootAllowed",
                        "securityContext.runAsNonRoot",
                        "may run as root; set securityContext.runAsNonRoot to true"));
            } else if (own.isEmpty() && ofPod.isEmpty() && !part.path().equals(pod.path())) {
                found.accept(part.violation(
                        "RootAllowed",
                        "securityContext.runAsNonRoot",
                        "may run as root; set securityContext.runAsNonRoot of the Pod or of it to true"));
            }
        });
    }

    static void rootUser(PodView pod, Consumer<Violation> found) {
        pod.parts()
                .filter(part -> part.security()
                        .flatMap(context -> context.integer("runAsUser"))
                        .equals(Optional.of(0L)))
                .forEach(part -> found.accept(part.violation(
                        "RootUser", "securityContext.runAsUser", "runs as user 0; set another user, or leave it out")));
    }

    private static void added(PodView pod, Set<String> allowed, String remedy, Consumer<Violation> found) {
        pod.containers()
                .forEach(part -> part.security("capabilities").stream()
                        .flatMap(capabilities -> texts(capabilities, "add"))
                        .filter(capability -> !allowed.contains(capability))
                        .distinct()
                        .forEach(capability -> found.accept(part.violation(
                                "CapabilityAdded",
                                "securityContext.capabilities.add",
                                "adds capability `%s`; %s".formatted(Violation.shown(capability), remedy)))));
    }

    private static Optional<Boolean> nonRoot(Part part) {
        return part.security().flatMap(context -> context.flag("runAsNonRoot"));
    }

    private static Stream<String> texts(Node.Obj object, String list) {
        return object.items(list).stream().map(item -> item instanceof Node.Text text ? text.value() : "");
    }
}
