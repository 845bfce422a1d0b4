package dev.interlock.workload;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The governed kinds, in one table: where each keeps its pod template. [#POD] is its own template; the
/// gate's rules in `deploy/` name exactly these (a test compares).
public enum WorkloadKind implements ObjectKind {
    POD("v1", "Pod", "pods", List.of()),
    REPLICATION_CONTROLLER("v1", "ReplicationController", "replicationcontrollers", List.of("spec", "template")),
    DEPLOYMENT("apps/v1", "Deployment", "deployments", List.of("spec", "template")),
    REPLICA_SET("apps/v1", "ReplicaSet", "replicasets", List.of("spec", "template")),
    STATEFUL_SET("apps/v1", "StatefulSet", "statefulsets", List.of("spec", "template")),
    DAEMON_SET("apps/v1", "DaemonSet", "daemonsets", List.of("spec", "template")),
    JOB("batch/v1", "Job", "jobs", List.of("spec", "template")),
    CRON_JOB("batch/v1", "CronJob", "cronjobs", List.of("spec", "jobTemplate", "spec", "template"));

    private static final Set<GroupVersionResource> RESOURCES =
            Arrays.stream(values()).map(WorkloadKind::groupVersionResource).collect(Collectors.toUnmodifiableSet());

    @SuppressWarnings("ImmutableEnumChecker") // a record of texts is immutable
    private final GroupVersionResource groupVersionResource;

    private final String kind;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> templatePath;

    WorkloadKind(String apiVersion, String kind, String resource, List<String> templatePath) {
        this.groupVersionResource = GroupVersionResource.of(apiVersion, resource);
        this.kind = kind;
        this.templatePath = templatePath;
    }

    /// The governed kind of that name and version, where there is one. The API server converts to these
    /// versions (`matchPolicy: Equivalent`).
    public static Optional<WorkloadKind> of(String apiVersion, String kind) {
        return Arrays.stream(values())
                .filter(candidate -> candidate.apiVersion().equals(apiVersion) && candidate.kind.equals(kind))
                .findFirst();
    }

    /// The governed kind that is found under that resource, where there is one.
    public static Optional<WorkloadKind> of(GroupVersionResource resource) {
        return Arrays.stream(values())
                .filter(candidate -> candidate.groupVersionResource.equals(resource))
                .findFirst();
    }

    /// The resources of all of them.
    public static Set<GroupVersionResource> resources() {
        return RESOURCES;
    }

    /// As kubectl names it without a version, for example `deployments.apps`.
    public String shortResource() {
        return groupVersionResource.group().isEmpty() ? resource() : resource() + "." + groupVersionResource.group();
    }

    @Override
    public String apiVersion() {
        return groupVersionResource.apiVersion();
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public GroupVersionResource groupVersionResource() {
        return groupVersionResource;
    }

    /// The members that lead from the object to its pod template; none for a Pod.
    public List<String> templatePath() {
        return templatePath;
    }

    /// The members that lead from the object to its pod specification.
    public List<String> podSpecPath() {
        return Stream.concat(templatePath.stream(), Stream.of("spec")).toList();
    }
}
