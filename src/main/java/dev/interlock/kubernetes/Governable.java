package dev.interlock.kubernetes;

import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/// Which resources a policy may name, and how.
final class Governable {
    /// Groups of which nothing can be governed, with the reason.
    private static final Map<String, String> GROUPS = Map.of(
            "interlock.dev", "Interlock's own objects are not governed: a policy must be mended whatever policies say",
            "admissionregistration.k8s.io", "the API server asks no webhook about those who are asked",
            "authentication.k8s.io", "it is asked within other requests, and stores nothing",
            "authorization.k8s.io", "it is asked within other requests, and stores nothing",
            "coordination.k8s.io", "components hold their turn by it: where Interlock is away, they would lose it",
            "discovery.k8s.io",
                    "Kubernetes writes it for Services: where Interlock is away, they would lose their Pods",
            "events.k8s.io", "events tell what happened, and decide nothing");

    private static final Map<String, String> CORE = Map.of(
            "endpoints", "Kubernetes writes it for Services: where Interlock is away, they would lose their Pods",
            "events", "events tell what happened, and decide nothing",
            "bindings", "the scheduler places Pods by it, which were decided about");

    private Governable() {}

    /// The resource of that name.
    ///
    /// @throws IllegalArgumentException where it is none, or one that cannot be governed; says why, and what to do
    static GroupVersionResource resource(String name) {
        for (WorkloadKind workload : WorkloadKind.values()) {
            if (workload.shortResource().equals(name)) {
                return workload.groupVersionResource();
            }
        }
        GroupVersionResource resource = GroupVersionResource.parse(name)
                .orElseThrow(() -> refused(
                        name,
                        "is no workload and has no version; write one of %s, or the version behind the plural name, such as services.v1 or ingresses.v1.networking.k8s.io"
                                .formatted(workloads())));
        Arrays.stream(WorkloadKind.values())
                .filter(workload -> workload.resource().equals(resource.resource())
                        && workload.groupVersionResource().group().equals(resource.group()))
                .findFirst()
                .ifPresent(workload -> {
                    throw refused(name, "is a workload; write `%s`".formatted(workload.shortResource()));
                });
        Map<String, String> not = resource.group().isEmpty() ? CORE : Map.of();
        String reason = GROUPS.getOrDefault(resource.group(), not.get(resource.resource()));
        if (reason != null) {
            throw refused(name, "cannot be governed: " + reason);
        }
        return resource;
    }

    /// Whether a policy may name it.
    static boolean is(String name) {
        try {
            resource(name);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static String workloads() {
        return Arrays.stream(WorkloadKind.values())
                .map(WorkloadKind::shortResource)
                .collect(Collectors.joining(", "));
    }

    private static IllegalArgumentException refused(String name, String why) {
        return new IllegalArgumentException("match.resources: `%s` %s".formatted(name, why));
    }
}
