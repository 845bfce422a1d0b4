package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.ledger.Database;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.Places;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Helm;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Postgres;
import dev.interlock.testing.Progress;
import dev.interlock.testing.RealNode;
import dev.interlock.testing.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The chart and the image on a real node: what a stand-in cannot show. Only `make verify-node` runs it.
class NodeIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    private static RealNode node;
    private static Helm helm;
    private static Kubectl kubectl;

    @BeforeAll
    static void start() {
        node = RealNode.start();
        helm = Helm.with(node.kubeconfig());
        kubectl = node.kubectl();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @AfterEach
    void clear() {
        kubectl.run("uncordon", "node-1").ok();
        helm.run("uninstall", "interlock", "-n", Helm.NAMESPACE, "--no-hooks", "--wait");
        kubectl.run("delete", "validatingwebhookconfiguration", "interlock", "--ignore-not-found")
                .ok();
        kubectl.run("delete", "ns", Helm.NAMESPACE, "shop", "--ignore-not-found", "--wait")
                .ok();
    }

    private static Kubectl.Result helm(String command, String values, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of(command, "interlock", Helm.CHART.toString(), "-n", Helm.NAMESPACE, "-f", "-"));
        arguments.addAll(List.of("--set", "image.pullPolicy=Never", "--wait", "--timeout", "150s"));
        arguments.addAll(List.of(more));
        Progress.say("helm " + command);
        return helm.run(values, arguments);
    }

    private static void govern() {
        kubectl.apply(Manifests.namespace("shop", "production", "required")).ok();
        kubectl.apply(Manifests.path("shop", "production", "shop")).ok();
        kubectl.apply(Manifests.policy("production", "production", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/production", "--timeout=60s")
                .ok();
    }

    private static void denies() {
        assertThat(kubectl.apply(Manifests.idle("shop", "bad", Manifests.BAD_IMAGE))
                        .refused()
                        .err())
                .contains("denied by policy production");
    }

    private static String get(String object, String path) {
        return kubectl.run("get", object, "-n", Helm.NAMESPACE, "-o", "jsonpath={%s}".formatted(path))
                .ok()
                .out();
    }

    private static void ready() {
        kubectl.run("wait", "--for=condition=Ready", "pod/interlock-0", "-n", Helm.NAMESPACE, "--timeout=90s")
                .ok();
        await().atMost(SOON).untilAsserted(NodeIT::denies);
    }

    private static void volume(Path directory) {
        kubectl.apply("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: ledger}
                spec:
                  capacity: {storage: 10Gi}
                  accessModes: [ReadWriteOnce]
                  persistentVolumeReclaimPolicy: Retain
                  local: {path: "%s"}
                  nodeAffinity:
                    required:
                      nodeSelectorTerms:
                      - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1]}]
                """.formatted(directory)).ok();
    }

    @Test
    void withFilesItDeniesThroughTheServiceFindsDriftAndSurvivesItsPodAndItsNode() {
        Path ledger = node.volume("ledger");
        volume(ledger);
        helm("install", "{}", "--create-namespace").ok();
        assertThat(get("pod/interlock-0", ".status.containerStatuses[*].ready")).isEqualTo("true true");
        assertThat(get("pod/interlock-0", ".status.containerStatuses[*].restartCount"))
                .isEqualTo("0 0");
        assertThat(get("validatingwebhookconfiguration/interlock", ".webhooks[*].clientConfig.service.name"))
                .isEqualTo("interlock-webhook interlock-webhook");
        assertThat(kubectl.run("logs", "interlock-0", "-c", "webhook", "-n", Helm.NAMESPACE)
                        .ok()
                        .out())
                .as("the cache of classes is of these")
                .doesNotContain("[aot]", "[cds]");
        helm.run("test", "interlock", "-n", Helm.NAMESPACE).ok();
        govern();
        denies();

        kubectl.run(
                        Manifests.idle("shop", "good", Manifests.GOOD_IMAGE),
                        List.of("apply", "--as=promoter", "--as-group=system:masters", "-f", "-"))
                .ok();
        await("a record of each")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(records()).hasSize(2));
        kubectl.run("set", "env", "deployment/good", "-n", "shop", "DEBUG=1").ok();
        DriftEvents drift = new DriftEvents(kubectl, "shop");
        await("the edit by hand is found")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(drift.open()).hasSize(1));
        assertThat(kubectl.run("get", "events", "-n", "shop").ok().out()).contains("PromotionDenied");

        // Killed, it comes back with what it knew: nothing is found or decided anew.
        List<String> before = records();
        kubectl.run("delete", "pod", "interlock-0", "-n", Helm.NAMESPACE, "--force", "--grace-period=0")
                .ok();
        ready();
        assertThat(ledger.resolve("webhook.db")).isNotEmptyFile();
        assertThat(records()).isEqualTo(before);
        assertThat(drift.all()).hasSize(1);

        kubectl.run("drain", "node-1", "--delete-emptydir-data", "--force", "--timeout=60s")
                .ok();
        assertThat(kubectl.apply(Manifests.idle("shop", "bad", Manifests.BAD_IMAGE))
                        .refused()
                        .err())
                .as("required: no change without a decision")
                .contains("failed calling webhook");
        kubectl.run("uncordon", "node-1").ok();
        ready();
        assertThat(drift.open()).hasSize(1);

        helm.run("uninstall", "interlock", "-n", Helm.NAMESPACE, "--wait").ok();
        kubectl.run("get", "validatingwebhookconfiguration", "interlock").refused();
        kubectl.apply(Manifests.idle("shop", "bad", Manifests.BAD_IMAGE)).ok();
        assertThat(records()).isEqualTo(before);
        kubectl.run("get", "pvc", "data-interlock-0", "-n", Helm.NAMESPACE).ok();
    }

    private static List<String> records() {
        return kubectl.run("get", "decrec", "-n", "shop", "-o", "name")
                .ok()
                .out()
                .lines()
                .toList();
    }

    @Test
    void withADatabaseItIsUpgradedUnderLoadAndADrainedNodeLeavesOneWebhook() throws IOException {
        Places places = Postgres.shared().fresh();
        try (Relay relay = new Relay(InetAddress.getByName(RealNode.OUTSIDE), port(places.ledger()))) {
            kubectl.run("create", "namespace", Helm.NAMESPACE).ok();
            secret("webhook-role", places.admissions(), relay.port());
            secret("operator-role", places.ledger(), relay.port());
            String values = """
                    ledger: {engine: postgresql, postgresql: {webhook: {existingSecret: webhook-role}, operator: {existingSecret: operator-role}}}
                    """;
            helm("install", values).ok();
            assertThat(get("deploy/interlock-webhook", ".status.readyReplicas")).isEqualTo("2");
            assertThat(get("deploy/interlock-operator", ".status.readyReplicas"))
                    .isEqualTo("2");
            govern();
            denies();
            try (Load load = new Load(
                    2,
                    Duration.ofMillis(100),
                    i -> kubectl.apply(Manifests.idle("shop", "load-" + i, Manifests.GOOD_IMAGE))
                            .ok())) {
                helm("upgrade", values + "webhook: {rollbackWindow: 7d}\n").ok();
                assertThat(load.done()).isGreaterThan(20);
            }
            denies();
            assertThat(kubectl.run("drain", "node-1", "--delete-emptydir-data", "--force", "--timeout=20s")
                            .refused()
                            .err())
                    .contains("violate the pod's disruption budget");
            denies();
            kubectl.run("uncordon", "node-1").ok();
            helm.run("uninstall", "interlock", "-n", Helm.NAMESPACE, "--wait").ok();
            kubectl.run("get", "validatingwebhookconfiguration", "interlock").refused();
        }
    }

    private static int port(Place place) {
        String url = ((Place.Schema) place).database().url();
        return Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    }

    private static void secret(String name, Place place, int port) {
        Database database = ((Place.Schema) place).database();
        kubectl.run(
                        "create",
                        "secret",
                        "generic",
                        name,
                        "-n",
                        Helm.NAMESPACE,
                        "--from-literal=url="
                                + database.url().replaceAll("//.*/", "//%s:%d/".formatted(RealNode.OUTSIDE, port)),
                        "--from-literal=user=" + database.user().orElseThrow(),
                        "--from-literal=password=" + database.password().orElseThrow())
                .ok();
    }
}
