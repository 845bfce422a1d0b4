package dev.interlock.workload;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The governed kinds, in one table: where each keeps its pod template. [#POD] is its own template; the
/// gate's rules in `deploy/` name exactly these (a test compares).
public enum WorkloadKind {
    POD("v1", "Pod", "pods", List.of()),
    REPLICATION_CONTROLLER("v1", "ReplicationController", "replicationcontrollers", List.of("spec", "template")),
    DEPLOYMENT("apps/v1", "Deployment", "deployments", List.of("spec", "template")),
    REPLICA_SET("apps/v1", "ReplicaSet", "replicasets", List.of("spec", "template")),
    STATEFUL_SET("apps/v1", "StatefulSet", "statefulsets", List.of("spec", "template")),
    DAEMON_SET("apps/v1", "DaemonSet", "daemonsets", List.of("spec", "template")),
    JOB("batch/v1", "Job", "jobs", List.of("spec", "template")),
    CRON_JOB("batch/v1", "CronJob", "cronjobs", List.of("spec", "jobTemplate", "spec", "template"));

    private final String apiVersion;
    private final String kind;
    private final String resource;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> templatePath;

    WorkloadKind(String apiVersion, String kind, String resource, List<String> templatePath) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.resource = resource;
        this.templatePath = templatePath;
    }

    /// The governed kind of that name and version, where there is one. The API server converts to these versions
    /// (`matchPolicy: Equivalent`).
    public static Optional<WorkloadKind> of(String apiVersion, String kind) {
        return Arrays.stream(values())
                .filter(candidate -> candidate.apiVersion.equals(apiVersion) && candidate.kind.equals(kind))
                .findFirst();
    }

    public String apiVersion() {
        return apiVersion;
    }

    public String kind() {
        return kind;
    }

    /// The plural name in URLs and webhook rules.
    public String resource() {
        return resource;
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
