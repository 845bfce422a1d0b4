package dev.interlock.testing;

import dev.interlock.workload.WorkloadKind;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Objects for tests, as YAML. Names are the caller's; everything else is the least that the API server takes.
public final class Manifests {
    /// An image that every policy here lets pass.
    public static final String GOOD_IMAGE = "registry.example.com/shop/app@sha256:" + "a".repeat(64);

    /// An image that [#policy] denies twice: no digest, and from elsewhere.
    public static final String BAD_IMAGE = "nginx:1.27";

    private Manifests() {}

    /// @param gate `required`, `optional`, or empty for a namespace without a gate
    public static String namespace(String name, String stage, String gate) {
        return """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels: {interlock.dev/stage: "%s"%s}
                """.formatted(name, stage, gate.isEmpty() ? "" : ", interlock.dev/gate: \"%s\"".formatted(gate));
    }

    /// A policy of one check `images-pinned` for a stage.
    public static String policy(String name, String stage, String mode) {
        return policy(name, stage, mode, "{digest: Required, registries: [registry.example.com/]}");
    }

    public static String policy(String name, String stage, String mode, String images) {
        return checking(name, stage, mode, "id: images-pinned\n    images: " + images);
    }

    /// A policy of one check for a stage.
    ///
    /// @param check in YAML's flow style, or with its further lines under its first
    public static String checking(String name, String stage, String mode, String check) {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: %s}
                spec:
                  owner: {team: platform, contact: "#platform"}
                  match: {stages: [%s]}
                  mode: %s
                  onUndecided: Deny
                  checks:
                  - %s
                """.formatted(name, stage, mode, check);
    }

    public static String deployment(String namespace, String name, String image) {
        return workload(WorkloadKind.DEPLOYMENT, namespace, name, podSpec(image));
    }

    /// A Deployment without Pods.
    public static String idle(String namespace, String name, String image) {
        return deployment(namespace, name, image).replace("replicas: 1", "replicas: 0");
    }

    /// Deployments without Pods, `name-000` and so on.
    public static String idle(String namespace, String name, int many, String image) {
        return IntStream.range(0, many)
                .mapToObj(i -> idle(namespace, "%s-%03d".formatted(name, i), image))
                .collect(Collectors.joining("---\n"));
    }

    public static String podSpec(String image) {
        return "{containers: [{name: app, image: \"%s\"}]}".formatted(image);
    }

    /// An object of a governed kind.
    ///
    /// @param podSpec in YAML's flow style
    public static String workload(WorkloadKind kind, String namespace, String name, String podSpec) {
        String metadata = "{name: %s, namespace: %s}".formatted(name, namespace);
        String template = "{metadata: {labels: {app: %s}}, spec: %s}".formatted(name, podSpec);
        String once = podSpec.replaceFirst("\\{", "{restartPolicy: Never, ");
        String spec = switch (kind) {
            case POD -> podSpec;
            case REPLICATION_CONTROLLER -> "{replicas: 1, selector: {app: %s}, template: %s}".formatted(name, template);
            case DEPLOYMENT, REPLICA_SET ->
                "{replicas: 1, selector: {matchLabels: {app: %s}}, template: %s}".formatted(name, template);
            case STATEFUL_SET ->
                "{serviceName: %s, selector: {matchLabels: {app: %s}}, template: %s}".formatted(name, name, template);
            case DAEMON_SET -> "{selector: {matchLabels: {app: %s}}, template: %s}".formatted(name, template);
            case JOB -> "{template: {spec: %s}}".formatted(once);
            case CRON_JOB -> "{schedule: \"0 0 1 1 *\", jobTemplate: {spec: {template: {spec: %s}}}}".formatted(once);
        };
        return "apiVersion: %s\nkind: %s\nmetadata: %s\nspec: %s\n"
                .formatted(kind.apiVersion(), kind.kind(), metadata, spec);
    }

    /// As kubectl takes it on the command line.
    public static String resource(WorkloadKind kind) {
        return kind.kind().toLowerCase(Locale.ROOT);
    }

    /// A path of one stage, whose only promoter is the user `promoter`, for every workload in its namespaces.
    public static String path(String service, String stage, String... namespaces) {
        return partialPath(service, stage, "{}", "promoter", namespaces);
    }

    /// @param workloads the selector, in YAML's flow style
    public static String partialPath(
            String service, String stage, String workloads, String promoter, String... namespaces) {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: %s}
                spec:
                  service: %s
                  owner: {team: payments, contact: "#payments-oncall", escalation: "#payments-leads"}
                  workloads: %s
                  stages:
                  - {name: %s, namespaces: [%s], promoters: {users: [%s]}}
                """.formatted(service, service, workloads, stage, String.join(", ", namespaces), promoter);
    }
}
