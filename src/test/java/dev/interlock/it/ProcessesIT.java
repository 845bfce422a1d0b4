package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Webhook and operator as two processes with one data directory, each with exactly its own rights: a fault
/// in one never stops the other.
class ProcessesIT {
    private static final String REQUIRED = "apart";
    private static final String OPTIONAL = "apart-optional";
    private static final String OTHER = Manifests.GOOD_IMAGE.replace("aaaa", "bbbb");
    private static final Duration SOON = Duration.ofSeconds(60);

    private static ControlPlane controlPlane;
    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;

    @BeforeAll
    static void install() {
        controlPlane = ControlPlane.start();
        interlock = Interlock.prepareApart(controlPlane);
        admin = controlPlane.kubectl();
        promoter = controlPlane.kubectl("promoter");
        tenant = controlPlane.kubectl("tenant");
        interlock.applyManifests();
        // Whoever comes first waits for the other and says so.
        interlock.launch(Role.OPERATOR);
        awaitWaiting(Role.OPERATOR, "the webhooks' ledger");
        interlock.start();
        admin.apply(Manifests.namespace(REQUIRED, "apart", "required")).ok();
        admin.apply(Manifests.namespace(OPTIONAL, "apart", "optional")).ok();
        admin.apply(Manifests.policy("apart", "apart", "Enforce")).ok();
        admin.apply("""
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: apart}
                spec:
                  service: apart
                  owner: {team: shop, contact: "#shop"}
                  workloads: {}
                  stages: [{name: apart, namespaces: [%s, %s], promoters: {users: [promoter]}}]
                """.formatted(REQUIRED, OPTIONAL)).ok();
        for (String namespace : List.of(REQUIRED, OPTIONAL)) {
            admin.apply("""
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleBinding
                    metadata: {name: developers, namespace: %s}
                    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                    subjects: [{kind: User, name: promoter}, {kind: User, name: tenant}]
                    """.formatted(namespace)).ok();
        }
    }

    @AfterAll
    static void remove() {
        interlock.close();
        controlPlane.close();
    }

    @BeforeEach
    void both() {
        interlock.start();
        admin.run("wait", "--for=condition=Ready", "pp/apart", "--timeout=60s").ok();
    }

    private static void awaitWaiting(Role role, String what) {
        await(role + " to wait for " + what)
                .atMost(SOON)
                .until(() -> interlock
                        .get(role, "/health/ready")
                        .filter(ready ->
                                ready.statusCode() == 503 && ready.body().contains(what))
                        .isPresent());
    }

    private static String drift(String namespace, String name) {
        return admin.run(
                        "get",
                        "drift",
                        "-n",
                        namespace,
                        "--field-selector=spec.subject.name=" + name,
                        "-o",
                        "jsonpath={range .items[*]}{.spec.drift} {.status.state} {.spec.requester};{end}")
                .out();
    }

    @Test
    void eachHalfHasItsOwnRightsAndBothTogetherDoWhatOneProcessDoes() throws IOException {
        promoter.apply(Manifests.deployment(REQUIRED, "shared", Manifests.GOOD_IMAGE))
                .ok();
        promoter.apply(Manifests.deployment(REQUIRED, "refused", Manifests.BAD_IMAGE))
                .refused();
        tenant.run("set", "image", "deployment/shared", "app=" + OTHER, "-n", REQUIRED)
                .ok();
        await("drift from what only the webhook's ledger has")
                .atMost(SOON)
                .until(() -> drift(REQUIRED, "shared").equals("Drifted Open tenant;"));
        promoter.apply(Manifests.deployment(REQUIRED, "shared", Manifests.GOOD_IMAGE))
                .ok();
        await("it is restored")
                .atMost(SOON)
                .until(() -> drift(REQUIRED, "shared").equals("Drifted Resolved tenant;"));
        await("records of all four")
                .atMost(SOON)
                .until(() -> admin.run("get", "decrec", "-n", REQUIRED, "-o", "jsonpath={.items[*].spec.decision}")
                                .out()
                                .split(" ")
                                .length
                        >= 4);

        assertMayNot("interlock-webhook", "create", "decisionrecords.interlock.dev");
        assertMayNot("interlock-webhook", "patch", "promotionpolicies.interlock.dev/status");
        assertMayNot("interlock-webhook", "patch", "validatingwebhookconfigurations/interlock");
        assertMayNot("interlock-webhook", "get", "secrets/interlock-ca");
        assertMayNot("interlock-webhook", "list", "deployments.apps");
        assertMayNot("interlock-operator", "patch", "leases.coordination.k8s.io");
        assertMayNot("interlock-operator", "patch", "promotionpolicies.interlock.dev");
        assertMayNot("interlock-operator", "patch", "deployments.apps");
        assertThat(Files.readAllLines(interlock.log()))
                .as("neither process asks for what it may not")
                .noneMatch(line -> line.contains("orbidden"));
    }

    private static void assertMayNot(String account, String verb, String resource) {
        Kubectl.Result answer = admin.run(
                "auth",
                "can-i",
                verb,
                resource,
                "-n",
                "interlock-system",
                "--as=system:serviceaccount:interlock-system:" + account);
        assertThat(answer.out().strip())
                .as("%s may %s %s", account, verb, resource)
                .isEqualTo("no");
    }

    /// A stopped process is what an endless garbage collection looks like from outside; the last one does
    /// collect without an end, until it runs out of memory. `make torture` stops it for a minute.
    @Test
    void operatorThatIsKilledStoppedOrStarvedChangesNoAnswer() {
        AtomicInteger denials = new AtomicInteger();
        try (KubernetesClient client = Interlock.client(controlPlane, "promoter")) {
            answers(client, "with the operator", 5, denials);
            interlock.kill(Role.OPERATOR);
            answers(client, "operator killed", 5, denials);
            interlock.launch(Role.OPERATOR);
            await("it runs again").atMost(SOON).until(() -> interlock.ready(Role.OPERATOR));
            interlock.signal(Role.OPERATOR, "STOP");
            answers(client, "operator stopped", Boolean.getBoolean("interlock.torture") ? 60 : 10, denials);
            interlock.signal(Role.OPERATOR, "CONT");
            answers(client, "operator awake", 2, denials);
            interlock.kill(Role.OPERATOR);
            interlock.heap(Role.OPERATOR, "24m");
            interlock.launch(Role.OPERATOR);
            answers(client, "operator without memory", 8, denials);
        } finally {
            interlock.kill(Role.OPERATOR);
            interlock.heap(Role.OPERATOR, "192m");
        }
        interlock.start();
        await("every denial to be a record")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(admin.run(
                                        "get",
                                        "decrec",
                                        "-n",
                                        REQUIRED,
                                        "--field-selector=spec.decision=Denied",
                                        "-o",
                                        "jsonpath={.items[*].spec.subject.name}")
                                .ok()
                                .out()
                                .lines()
                                .flatMap(line -> Arrays.stream(line.split(" ")))
                                .filter(name -> name.startsWith("denied-"))
                                .distinct())
                        .hasSize(denials.get()));
    }

    /// Asks for what is allowed and for what is denied, for a while; says how long the answers took.
    private static void answers(KubernetesClient client, String when, int seconds, AtomicInteger denials) {
        Deployment good = read(client, Manifests.deployment(REQUIRED, "asked", Manifests.GOOD_IMAGE));
        List<Long> micros = Collections.synchronizedList(new ArrayList<>());
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        try (Load _ = new Load(2, i -> {
            long from = System.nanoTime();
            // Each hundredth for real, so that there is evidence.
            boolean real = i % 100 == 1;
            String name = real ? "denied-" + denials.getAndIncrement() : "asked";
            String answer = i % 2 == 0
                    ? ask(client, good, true)
                    : ask(client, read(client, Manifests.deployment(REQUIRED, name, Manifests.BAD_IMAGE)), !real);
            micros.add((System.nanoTime() - from) / 1_000);
            if (!(i % 2 == 0 ? answer.equals("let in") : answer.contains("denied by policy apart"))) {
                wrong.add(answer);
            }
        })) {
            await(when)
                    .atMost(Duration.ofSeconds(seconds + 10L))
                    .pollDelay(Duration.ofSeconds(seconds))
                    .until(() -> true);
        }
        List<Long> sorted = micros.stream().sorted().toList();
        Progress.say("%s: %d answers, p50 %.1f ms, p99 %.1f ms, longest %.1f ms"
                .formatted(
                        when,
                        sorted.size(),
                        sorted.get(sorted.size() / 2) / 1e3,
                        sorted.get(sorted.size() * 99 / 100) / 1e3,
                        sorted.getLast() / 1e3));
        assertThat(wrong).as(when).isEmpty();
        assertThat(sorted).as(when).hasSizeGreaterThan(10 * seconds);
    }

    private static Deployment read(KubernetesClient client, String manifest) {
        return client.getKubernetesSerialization().unmarshal(manifest, Deployment.class);
    }

    private static String ask(KubernetesClient client, Deployment deployment, boolean dryRun) {
        try {
            if (dryRun) {
                client.resource(deployment).dryRun().create();
            } else {
                client.resource(deployment).create();
            }
            return "let in";
        } catch (KubernetesClientException refusal) {
            return String.valueOf(refusal.getMessage());
        }
    }

    private static List<Stored> notes() {
        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
            return ledger.notes();
        }
    }

    @Test
    void webhookThatIsGoneChangesNothingForTheOperatorButItsView() {
        promoter.apply(Manifests.deployment(OPTIONAL, "before", Manifests.GOOD_IMAGE))
                .ok();
        await("it is looked at").atMost(SOON).until(() -> interlock.metric("interlock_drift_behind_seconds") == 0);
        int known = notes().size();
        interlock.kill(Role.WEBHOOK);
        tenant.apply(Manifests.deployment(OPTIONAL, "unseen", Manifests.GOOD_IMAGE))
                .ok();
        await("it came in unseen")
                .atMost(SOON)
                .until(() -> drift(OPTIONAL, "unseen").equals("Bypassed Open ;"));
        admin.run("wait", "--for=condition=Ready=False", "pp/apart", "--timeout=60s")
                .ok();
        assertThat(interlock.ready(Role.OPERATOR)).isTrue();
        interlock.launch(Role.WEBHOOK);
        admin.run("wait", "--for=condition=Ready", "pp/apart", "--timeout=60s").ok();
        await("the gap has an end").atMost(SOON).untilAsserted(() -> {
            List<Stored> since = notes().subList(known, notes().size());
            assertThat(since)
                    .filteredOn(Stored.GapBegan.class::isInstance)
                    .singleElement()
                    .satisfies(row ->
                            assertThat(((Stored.GapBegan) row).gap().cause()).isEqualTo("WebhookDown"));
            assertThat(since).filteredOn(Stored.GapEnded.class::isInstance).hasSize(1);
        });
        assertThat(drift(OPTIONAL, "before")).isEmpty();
    }

    private static String witness() {
        return admin.run(
                        "get",
                        "configmap",
                        "interlock-witness",
                        "-n",
                        "interlock-system",
                        "-o",
                        "jsonpath={.data.admissions}")
                .ok()
                .out();
    }

    /// All of it is restored, the operator's memory too: only the cluster knows that there was more.
    @Test
    void failure7_restoreOfYesterdaysCopyIsNoticedSaidAndWrittenDown(@TempDir Path yesterday) throws IOException {
        interlock.stop();
        Interlock.copyData(interlock.data(), yesterday);
        interlock.start();
        String before = witness();
        promoter.apply(Manifests.deployment(REQUIRED, "forgotten", Manifests.BAD_IMAGE))
                .refused();
        await("the cluster knows of it").atMost(SOON).until(() -> !witness().equals(before));
        interlock.stop();
        Interlock.copyData(yesterday, interlock.data());
        interlock.start();
        await("it is noticed").atMost(SOON).until(() -> interlock.metric("interlock_ledger_rollbacks_total") >= 1);
        assertThat(Files.readString(interlock.log())).contains("the ledger of the webhooks went back: of its rows ");
        assertThat(notes()).anyMatch(Stored.WentBack.class::isInstance);
        promoter.apply(Manifests.deployment(REQUIRED, "afterwards", Manifests.BAD_IMAGE))
                .refused();
        await("what comes next becomes visible")
                .atMost(SOON)
                .until(() -> admin.run("get", "decrec", "-n", REQUIRED, "-o", "jsonpath={.items[*].spec.subject.name}")
                        .out()
                        .contains("afterwards"));
    }
}
