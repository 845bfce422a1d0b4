package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// Tells when Interlock has looked at everything that was done in a namespace, and what it found. That nothing was
/// found proves nothing by itself: so the last thing done there is an edit of a sentinel of each kind that is drift.
/// Changes of a kind are looked at in their order; when the sentinels' events are there, everything before was looked
/// at.
final class Lookout {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SENTINEL = "sentinel";

    private final String namespace;
    private final Kubectl admin = ControlPlane.shared().kubectl();
    private final Interlock interlock = Interlock.shared();
    private int watches;

    Lookout(String namespace) {
        this.namespace = namespace;
    }

    /// A drift event.
    ///
    /// @param subject `Kind/name`
    record Found(
            String subject,
            String drift,
            String cause,
            String state,
            String requester,
            String paths,
            String name,
            String continues) {}

    /// Makes a gated namespace of that stage in which `promoter` promotes and `tenant` may do all that developers do.
    static void prepare(String stage, String gate, String... namespaces) {
        Kubectl admin = ControlPlane.shared().kubectl();
        for (String namespace : namespaces) {
            admin.apply(Manifests.namespace(namespace, stage, gate)).ok();
        }
        admin.apply(Manifests.policy(stage, stage, "Audit")).ok();
        admin.apply("""
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: %1$s}
                spec:
                  service: %1$s
                  owner: {team: shop, contact: "#shop"}
                  workloads: {}
                  stages: [{name: %1$s, namespaces: [%2$s], promoters: {users: [promoter]}}]
                """.formatted(stage, String.join(", ", namespaces))).ok();
        for (String namespace : namespaces) {
            admin.apply("""
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleBinding
                    metadata: {name: developers, namespace: %1$s}
                    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                    subjects:
                    - {kind: User, name: promoter}
                    - {kind: User, name: tenant}
                    ---
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: Role
                    metadata: {name: debuggers, namespace: %1$s}
                    rules:
                    - {apiGroups: [""], resources: [pods/ephemeralcontainers, pods/resize], verbs: [get, patch, update]}
                    ---
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleBinding
                    metadata: {name: debuggers, namespace: %1$s}
                    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: debuggers}
                    subjects:
                    - {kind: User, name: tenant}
                    """.formatted(namespace)).ok();
        }
        admin.run("wait", "--for=condition=Ready", "pp/" + stage, "--timeout=30s")
                .ok();
        admin.run("wait", "--for=jsonpath={.status.observedGeneration}=1", "dpath/" + stage, "--timeout=30s")
                .ok();
        for (String namespace : namespaces) {
            for (String user : List.of("promoter", "tenant")) {
                Kubectl kubectl = ControlPlane.shared().kubectl(user);
                await("the rights of " + user)
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> kubectl.run("auth", "can-i", "create", "cronjobs", "-n", namespace)
                                        .exit()
                                == 0);
            }
            admin.run("wait", "--for=create", "serviceaccount/default", "-n", namespace, "--timeout=30s")
                    .ok();
            admin.run("wait", "--for=create", "configmap/kube-root-ca.crt", "-n", namespace, "--timeout=30s")
                    .ok();
        }
    }

    static void remove(String stage, String... namespaces) {
        Kubectl admin = ControlPlane.shared().kubectl();
        for (String namespace : namespaces) {
            admin.run("delete", "namespace", namespace, "--wait=false").ok();
        }
        admin.run("delete", "pp/" + stage, "dpath/" + stage, "--ignore-not-found")
                .ok();
    }

    /// All drift events of the namespace once everything that was done before is looked at, without the sentinels'.
    List<Found> everythingBefore() {
        settled();
        if (watches++ == 0) {
            String sentinels = Arrays.stream(WorkloadKind.values())
                    .map(kind -> Manifests.workload(kind, namespace, SENTINEL, Manifests.podSpec(Manifests.GOOD_IMAGE)))
                    .collect(Collectors.joining("---\n"));
            ControlPlane.shared().kubectl("promoter").apply(sentinels).ok();
        }
        List<String> edit = new ArrayList<>(List.of("label", "-n", namespace, "--overwrite"));
        for (WorkloadKind kind : WorkloadKind.values()) {
            edit.add(Manifests.resource(kind) + "/" + SENTINEL);
        }
        edit.add("watch=" + watches);
        ControlPlane.shared().kubectl("tenant").run(edit.toArray(String[]::new)).ok();
        await("the events of the sentinels")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> assertThat(events().stream()
                                .filter(event -> event.subject().endsWith("/" + SENTINEL)))
                        .hasSize(watches * WorkloadKind.values().length));
        await("nothing to look at")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    assertThat(interlock.metric("interlock_drift_behind_seconds"))
                            .isZero();
                    assertThat(interlock.metric("interlock_drift_unknown")).isZero();
                    assertThat(interlock.metric("interlock_drift_backlog")).isZero();
                });
        return events().stream()
                .filter(event -> !event.subject().contains("/" + SENTINEL))
                .toList();
    }

    /// Waits until the controllers have done what there is to do.
    void settled() {
        await("the controllers to have made what there is to make")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> objects(
                                "deployments,replicasets,statefulsets,daemonsets,replicationcontrollers,jobs")
                        .forEach(object -> {
                            String name = object.at("/kind").asText() + "/"
                                    + object.at("/metadata/name").asText();
                            if (!object.at("/kind").asText().equals("Job")) {
                                assertThat(object.at("/status/observedGeneration")
                                                .asLong())
                                        .as(name)
                                        .isGreaterThanOrEqualTo(object.at("/metadata/generation")
                                                .asLong());
                            }
                            if (Set.of("ReplicaSet", "ReplicationController")
                                    .contains(object.at("/kind").asText())) {
                                assertThat(object.at("/status/replicas").asInt())
                                        .as(name)
                                        .isEqualTo(object.at("/spec/replicas").asInt(1));
                            }
                        }));
    }

    List<Found> events() {
        return objects("driftevents").stream()
                .map(event -> new Found(
                        event.at("/spec/subject/kind").asText() + "/"
                                + event.at("/spec/subject/name").asText(),
                        event.at("/spec/drift").asText(),
                        event.at("/spec/cause").asText(),
                        event.at("/status/state").asText(),
                        event.at("/spec/requester").asText(),
                        event.at("/spec/paths").asText(),
                        event.at("/metadata/name").asText(),
                        event.at("/spec/continues").asText()))
                .toList();
    }

    /// The objects of those kinds.
    List<JsonNode> objects(String kinds, String... more) {
        List<String> words = new ArrayList<>(List.of("get", kinds, "-n", namespace, "-o", "json"));
        words.addAll(List.of(more));
        JsonNode list = parse(admin.run(words.toArray(String[]::new)).ok().out());
        return StreamSupport.stream(list.path("items").spliterator(), false).toList();
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }
}
