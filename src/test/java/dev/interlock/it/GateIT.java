package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the gate holds and what it never holds, with Interlock there and with Interlock gone.
class GateIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Interlock interlock;
    private static Kubectl kubectl;
    private static Kubectl tenant;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        tenant = ControlPlane.shared().kubectl("tenant");
        for (String gate : List.of("required", "optional")) {
            kubectl.apply(Manifests.namespace("gate-" + gate, "gate", gate)).ok();
        }
        kubectl.apply(Manifests.policy("gate", "gate", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/gate", "--timeout=30s").ok();
        kubectl.run("create", "rolebinding", "tenant", "--clusterrole=admin", "--user=tenant", "-n", "gate-required")
                .ok();
    }

    @AfterEach
    void bringBack() {
        Interlock.shared();
    }

    private static String pods(String app) {
        return kubectl.run("get", "pods", "-n", "gate-required", "-l", "app=" + app, "-o", "name")
                .ok()
                .out();
    }

    /// Who may make an account of a name that has rights already would have them.
    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/host", "overlays/postgresql"})
    void rightsAreGivenOnlyToAccountsThatAreThere(String installation) {
        List<HasMetadata> objects = Arrays.stream(kubectl.run("kustomize", "deploy/" + installation)
                        .ok()
                        .out()
                        .split("(?m)^---$"))
                .map(document -> new KubernetesSerialization().<HasMetadata>unmarshal(document))
                .toList();
        assertThat(objects).hasSizeGreaterThan(10);
        Set<String> accounts = objects.stream()
                .filter(ServiceAccount.class::isInstance)
                .map(account -> account.getMetadata().getName())
                .collect(Collectors.toSet());
        Stream<Subject> subjects = objects.stream().flatMap(object -> switch (object) {
            case RoleBinding binding -> binding.getSubjects().stream();
            case ClusterRoleBinding binding -> binding.getSubjects().stream();
            default -> Stream.empty();
        });
        assertThat(subjects.filter(subject -> subject.getKind().equals("ServiceAccount")))
                .isNotEmpty()
                .allSatisfy(subject -> assertThat(accounts).contains(subject.getName()));
    }

    @Test
    void runningWorkloadsSurviveAnOutageAndNewOnesWaitOrGoOnByTheGate() {
        kubectl.apply(Manifests.deployment("gate-required", "running", Manifests.GOOD_IMAGE))
                .ok();
        await().atMost(SOON).until(() -> pods("running").lines().count() == 1);
        String before = pods("running");
        interlock.kill();

        kubectl.run("delete", "pods", "-n", "gate-required", "-l", "app=running", "--force", "--grace-period=0")
                .ok();
        await("the Pod comes back").atMost(SOON).until(() -> {
            String now = pods("running");
            return now.lines().count() == 1 && !now.equals(before);
        });
        kubectl.run("scale", "deployment/running", "--replicas=3", "-n", "gate-required")
                .ok();
        await("the scale-up rolls out")
                .atMost(SOON)
                .until(() -> pods("running").lines().count() == 3);

        assertThat(kubectl.apply(Manifests.deployment("gate-required", "fresh", Manifests.GOOD_IMAGE))
                        .refused()
                        .err())
                .contains("failed calling webhook \"required.gate.interlock.dev\"");
        kubectl.apply(Manifests.deployment("gate-optional", "fresh", Manifests.BAD_IMAGE))
                .ok();
        assertThat(kubectl.run("rollout", "restart", "deployment/running", "-n", "gate-required")
                        .refused()
                        .err())
                .contains("failed calling webhook");

        kubectl.run("delete", "deployment", "running", "-n", "gate-required").ok();
        await("its Pods go with it").atMost(SOON).until(() -> pods("running").isEmpty());
    }

    @Test
    void law12_finalizerOfAnObjectBeingDeletedCanBeRemovedDuringAnOutageAndItsSpecCannotBeChanged() {
        kubectl.apply(Manifests.deployment("gate-required", "going", Manifests.GOOD_IMAGE)
                        .replace(
                                "namespace: gate-required}",
                                "namespace: gate-required, finalizers: [example.com/hold]}"))
                .ok();
        interlock.kill();
        kubectl.run("delete", "deployment", "going", "-n", "gate-required", "--wait=false")
                .ok();
        assertThat(kubectl.run("set", "image", "deployment/going", "app=nginx", "-n", "gate-required")
                        .refused()
                        .err())
                .contains("failed calling webhook");
        kubectl.run(
                        "patch",
                        "deployment",
                        "going",
                        "-n",
                        "gate-required",
                        "--type=merge",
                        "-p",
                        "{\"metadata\":{\"finalizers\":null}}")
                .ok();
        await().atMost(SOON)
                .until(() -> kubectl.run(
                                "get", "deployment", "going", "-n", "gate-required", "--ignore-not-found", "-o", "name")
                        .ok()
                        .out()
                        .isEmpty());
    }

    @Test
    void case7_objectBeingDeletedIsStillJudgedWhenItsSpecChanges() {
        kubectl.apply(Manifests.deployment("gate-required", "deleted", Manifests.GOOD_IMAGE)
                        .replace(
                                "namespace: gate-required}",
                                "namespace: gate-required, finalizers: [example.com/hold]}"))
                .ok();
        kubectl.run("delete", "deployment", "deleted", "-n", "gate-required", "--wait=false")
                .ok();
        assertThat(kubectl.run("set", "image", "deployment/deleted", "app=nginx:1", "-n", "gate-required")
                        .refused()
                        .err())
                .contains("denied by policy gate");
        kubectl.run(
                        "patch",
                        "deployment",
                        "deleted",
                        "-n",
                        "gate-required",
                        "--type=merge",
                        "-p",
                        "{\"metadata\":{\"finalizers\":null}}")
                .ok();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "interlock.dev/gate-",
                "interlock.dev/stage-",
                "interlock.dev/gate=optional",
                "interlock.dev/stage=dev",
                "interlock.dev/other=x"
            })
    void tenantCannotChangeInterlocksLabelsOnANamespace(String label) {
        kubectl.run(
                "create",
                "clusterrole",
                "namespaces-editor",
                "--verb=get,list,update,patch,create",
                "--resource=namespaces");
        kubectl.run(
                "create",
                "clusterrolebinding",
                "namespaces-editor",
                "--clusterrole=namespaces-editor",
                "--user=tenant");
        await("the API server to know the tenant's rights")
                .atMost(SOON)
                .until(() -> tenant.run("auth", "can-i", "patch", "namespaces").exit() == 0);
        assertThat(tenant.run("label", "namespace", "gate-required", "--overwrite", label)
                        .refused()
                        .err())
                .contains("only who may `gate` namespaces changes interlock.dev/ labels of namespace gate-required");
        tenant.run("label", "namespace", "gate-required", "--overwrite", "team=shop")
                .ok();
    }

    @Test
    void whoMayGateNamespacesChangesTheirLabels() {
        kubectl.run(
                "create",
                "clusterrolebinding",
                "platform-gate",
                "--clusterrole=interlock-gate-admin",
                "--user=platform");
        kubectl.run(
                "create",
                "clusterrole",
                "namespaces-labeller",
                "--verb=get,list,update,patch,create",
                "--resource=namespaces");
        kubectl.run(
                "create",
                "clusterrolebinding",
                "platform-namespaces",
                "--clusterrole=namespaces-labeller",
                "--user=platform");
        Kubectl platform = ControlPlane.shared().kubectl("platform");
        kubectl.apply(Manifests.namespace("gate-label", "gate", "")).ok();
        await().atMost(SOON)
                .untilAsserted(() -> platform.run(
                                "label", "namespace", "gate-label", "interlock.dev/gate=optional", "--overwrite")
                        .ok());
    }

    @Test
    void nobodyButTheOperatorWritesRecords() {
        kubectl.apply(Manifests.deployment("gate-required", "evidence", Manifests.BAD_IMAGE))
                .refused();
        await().atMost(SOON).until(() -> !record("evidence").isEmpty());
        String name = record("evidence");
        // Every right in the namespace, on Interlock's kinds too; then cluster-admin.
        kubectl.run("create", "role", "everything", "--verb=*", "--resource=*.*", "-n", "gate-required");
        kubectl.run("create", "rolebinding", "everything", "--role=everything", "--user=tenant", "-n", "gate-required");
        await().atMost(SOON)
                .until(() ->
                        tenant.run("auth", "can-i", "delete", "decisionrecords.interlock.dev", "-n", "gate-required")
                                        .exit()
                                == 0);
        String forged = kubectl.run("get", "decrec", name, "-n", "gate-required", "-o", "json")
                .ok()
                .out()
                .replace("\"name\": \"" + name + "\"", "\"name\": \"" + "0".repeat(32) + "\"")
                .replaceAll("\"resourceVersion\": \"[^\"]*\",?", "")
                .replaceAll(",(\\s*})", "$1");
        for (Kubectl user : List.of(tenant, kubectl)) {
            for (List<String> command : List.of(
                    List.of("label", "decrec", name, "-n", "gate-required", "a=b", "--overwrite"),
                    List.of(
                            "patch",
                            "decrec",
                            name,
                            "-n",
                            "gate-required",
                            "--type=merge",
                            "-p",
                            "{\"spec\":{\"decision\":\"Allowed\"}}"),
                    List.of(
                            "patch",
                            "decrec",
                            name,
                            "-n",
                            "gate-required",
                            "--subresource=status",
                            "--type=merge",
                            "-p",
                            "{\"status\":{\"occurrences\":0}}"),
                    List.of("delete", "decrec", name, "-n", "gate-required"),
                    List.of("delete", "decrec", "--all", "-n", "gate-required"))) {
                assertThat(user.run(command.toArray(String[]::new)).refused().err())
                        .as("%s", command)
                        .contains("evidence");
            }
            assertThat(user.run(forged, List.of("create", "-n", "gate-required", "-f", "-"))
                            .refused()
                            .err())
                    .contains("evidence");
        }
        assertThat(record("evidence")).isEqualTo(name);
    }

    @Test
    void nobodyButTheOperatorWritesAPolicysStatus() {
        assertThat(kubectl.run(
                                "patch",
                                "pp",
                                "gate",
                                "--subresource=status",
                                "--type=merge",
                                "-p",
                                "{\"status\":{\"ready\":\"False\"}}")
                        .refused()
                        .err())
                .contains("only the operator of Interlock writes promotionpolicies/status");
    }

    @Test
    void namespaceGoesWithItsRecordsAndTheLedgerKeepsThem() {
        kubectl.apply(Manifests.namespace("gate-going", "gate", "required")).ok();
        kubectl.apply(Manifests.deployment("gate-going", "last-words", Manifests.BAD_IMAGE))
                .refused();
        await().atMost(SOON)
                .until(() -> !kubectl.run("get", "decrec", "-n", "gate-going", "-o", "name")
                        .ok()
                        .out()
                        .isEmpty());
        kubectl.run("delete", "namespace", "gate-going", "--timeout=60s").ok();
        try (LedgerReader ledger = LedgerReader.open(interlock.ledger())) {
            assertThat(ledger.after(0, 100_000))
                    .anySatisfy(row -> assertThat(row)
                            .isInstanceOfSatisfying(
                                    Stored.Decided.class,
                                    decided -> assertThat(
                                                    decided.entry().subject().name())
                                            .isEqualTo("last-words")));
        }
        // What has no namespace any more does not hold up what comes after it.
        kubectl.apply(Manifests.deployment("gate-required", "after-it", Manifests.BAD_IMAGE))
                .refused();
        await().atMost(SOON).until(() -> !record("after-it").isEmpty());
    }

    @Test
    void case11_podWithAForgedOwnerIsDecidedLikeAnyOther() {
        kubectl.apply(Manifests.deployment("gate-required", "owner", Manifests.GOOD_IMAGE))
                .ok();
        String uid = kubectl.run("get", "deployment", "owner", "-n", "gate-required", "-o", "jsonpath={.metadata.uid}")
                .ok()
                .out();
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: forged
                  namespace: gate-required
                  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: owner, uid: %s, controller: true}]
                spec: {containers: [{name: app, image: "nginx:1"}]}
                """.formatted(uid);
        assertThat(tenant.apply(pod).refused().err()).contains("denied by policy gate");
        kubectl.run("delete", "deployment", "owner", "-n", "gate-required").ok();
    }

    @Test
    void nodesAreNeverHeld() {
        interlock.kill();
        String mirror = Manifests.workload(
                dev.interlock.workload.WorkloadKind.POD, "gate-required", "mirror", Manifests.podSpec("nginx:1"));
        assertThat(kubectl.apply(mirror, "--dry-run=server").refused().err()).contains("failed calling webhook");
        kubectl.apply(
                        mirror,
                        "--dry-run=server",
                        "--as=system:node:n",
                        "--as-group=system:nodes",
                        "--as-group=system:masters")
                .ok();
    }

    @Test
    void baseAndSamplesAreTakenByTheApiServer() {
        kubectl.run("apply", "-k", "deploy/base", "--dry-run=server", "--force-conflicts", "--server-side")
                .ok();
        for (String policy : List.of("policy-production", "policy-staging")) {
            kubectl.run("apply", "-f", "deploy/samples/%s.yaml".formatted(policy), "--dry-run=server")
                    .ok();
        }
    }

    @Test
    void case14_kubeSystemIsNeverHeldEvenWhereItIsLabelledByMistake() {
        kubectl.run("label", "namespace", "kube-system", "interlock.dev/gate=required", "interlock.dev/stage=gate")
                .ok();
        interlock.kill();
        try {
            kubectl.apply(Manifests.deployment("kube-system", "network", "nginx:1"))
                    .ok();
            kubectl.run("delete", "deployment", "network", "-n", "kube-system").ok();
        } finally {
            kubectl.run("label", "namespace", "kube-system", "interlock.dev/gate-", "interlock.dev/stage-")
                    .ok();
        }
    }

    private static String record(String subject) {
        return kubectl.run(
                        "get",
                        "decrec",
                        "-n",
                        "gate-required",
                        "--field-selector",
                        "spec.subject.name=" + subject,
                        "-o",
                        "jsonpath={.items[*].metadata.name}")
                .ok()
                .out();
    }
}
