package dev.interlock.decision.check;

import dev.interlock.decision.Violation;
import dev.interlock.decision.check.PodView.Part;
import dev.interlock.workload.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// What a Pod takes of its node: namespaces, processes, directories, ports, and whom its probes connect to.
final class HostControls {
    private static final Set<String> VOLUMES = Set.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");

    private HostControls() {}

    static void hostNamespaces(PodView pod, Consumer<Violation> found) {
        for (String field : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (pod.spec().flag(field).orElse(false)) {
                found.accept(pod.self()
                        .violation("HostNamespace", field, "is in a namespace of its node; leave out " + field));
            }
        }
    }

    static void hostProcess(PodView pod, Consumer<Violation> found) {
        pod.parts()
                .filter(part -> part.security("windowsOptions")
                        .flatMap(options -> options.flag("hostProcess"))
                        .orElse(false))
                .forEach(part -> found.accept(part.violation(
                        "HostProcess",
                        "securityContext.windowsOptions.hostProcess",
                        "runs as a process of its node; leave out windowsOptions.hostProcess")));
    }

    static void hostPaths(PodView pod, Consumer<Violation> found) {
        eachVolume(pod, (volume, path) -> {
            if (volume.object("hostPath").isPresent()) {
                found.accept(new Violation(
                        "HostPath",
                        path + ".hostPath",
                        "%s is a directory of the node; use another kind of volume".formatted(named(volume))));
            }
        });
    }

    /// One that names no source is an `emptyDir`: the API server makes it one.
    static void volumes(PodView pod, Consumer<Violation> found) {
        eachVolume(
                pod,
                (volume, path) -> volume.members().entrySet().stream()
                        .filter(member -> member.getValue() instanceof Node.Obj)
                        .map(Map.Entry::getKey)
                        .filter(type -> !VOLUMES.contains(type))
                        .forEach(type -> found.accept(new Violation(
                                "VolumeType",
                                path + "." + type,
                                "%s is of type `%s`; use one of %s"
                                        .formatted(
                                                named(volume),
                                                Violation.shown(type),
                                                String.join(
                                                        ", ",
                                                        VOLUMES.stream()
                                                                .sorted()
                                                                .toList()))))));
    }

    static void hostPorts(PodView pod, Consumer<Violation> found) {
        pod.containers().forEach(part -> {
            List<Node> ports = part.object().items("ports");
            for (int i = 0; i < ports.size(); i++) {
                long port = ports.get(i).asObject("ports").integer("hostPort").orElse(0L);
                if (port != 0) {
                    found.accept(part.violation(
                            "HostPort",
                            "ports[%d].hostPort".formatted(i),
                            "takes port %d of its node; leave out hostPort".formatted(port)));
                }
            }
        });
    }

    static void hostsOfProbes(PodView pod, Consumer<Violation> found) {
        pod.containers().forEach(part -> {
            for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
                part.object().object(probe).ifPresent(handler -> hosts(part, probe, handler, found));
            }
            part.object().object("lifecycle").ifPresent(lifecycle -> {
                for (String hook : List.of("postStart", "preStop")) {
                    lifecycle.object(hook).ifPresent(handler -> hosts(part, "lifecycle." + hook, handler, found));
                }
            });
        });
    }

    private interface VolumeLook {
        void look(Node.Obj volume, String path);
    }

    private static void eachVolume(PodView pod, VolumeLook look) {
        List<Node> volumes = pod.spec().items("volumes");
        for (int i = 0; i < volumes.size(); i++) {
            String path = "%s.volumes[%d]".formatted(pod.path(), i);
            look.look(volumes.get(i).asObject(path), path);
        }
    }

    private static String named(Node.Obj volume) {
        return "volume " + Violation.shown(volume.text("name").orElse(""));
    }

    private static void hosts(Part part, String field, Node.Obj handler, Consumer<Violation> found) {
        for (String action : List.of("httpGet", "tcpSocket")) {
            handler.object(action)
                    .flatMap(request -> request.text("host"))
                    .filter(host -> !host.isEmpty())
                    .ifPresent(host -> found.accept(part.violation(
                            "ProbeHost",
                            "%s.%s.host".formatted(field, action),
                            "has kubelet connect to `%s`; leave out host".formatted(Violation.shown(host)))));
        }
    }
}
