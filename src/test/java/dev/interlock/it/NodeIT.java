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
import dev.interlock.testing.RealNode;
import dev.interlock.testing.Relay;
import dev.interlock.testing.Release;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The chart and the image on a real node: what a stand-in cannot show. Only `make verify-node` runs it.
class NodeIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    private static RealNode node;
    private static Kubectl kubectl;
    private static Release release;

    @BeforeAll
    static void start() {
        node = RealNode.start();
        kubectl = node.kubectl();
        release = new Release(Helm.with(node.kubeconfig()), kubectl, "--set", "image.pullPolicy=Never");
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
        release.clear();
    }

    private static void ready() {
        kubectl.run("wait", "--for=condition=Ready", "pod/interlock-0", "-n", Helm.NAMESPACE, "--timeout=90s")
                .ok();
        await().atMost(SOON).untilAsserted(release::denies);
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
        release.helm("install", "{}", "--create-namespace").ok();
        assertThat(release.get("pod/interlock-0", ".status.containerStatuses[*].ready"))
                .isEqualTo("true true");
        assertThat(release.get("pod/interlock-0", ".status.containerStatuses[*].restartCount"))
                .isEqualTo("0 0");
        assertThat(release.get("validatingwebhookconfiguration/interlock", ".webhooks[*].clientConfig.service.name")
                        .split(" "))
                .as("each entry asks the Service")
                .containsOnly("interlock-webhook");
        assertThat(kubectl.run("logs", "interlock-0", "-c", "webhook", "-n", Helm.NAMESPACE)
                        .ok()
                        .out())
                .as("the cache of classes is of these")
                .doesNotContain("[aot]", "[cds]");
        release.test();
        kubectl.apply(Manifests.path("shop", "production", "shop")).ok();
        release.govern();
        release.denies();

        kubectl.run(
                        Manifests.idle("shop", "good", Manifests.GOOD_IMAGE),
                        List.of("apply", "--as=promoter", "--as-group=system:masters", "-f", "-"))
                .ok();
        await("a record of each")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(release.records()).hasSize(2));
        kubectl.run("set", "env", "deployment/good", "-n", "shop", "DEBUG=1").ok();
        DriftEvents drift = new DriftEvents(kubectl, "shop");
        await("the edit by hand is found")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(drift.open()).hasSize(1));
        assertThat(kubectl.run("get", "events", "-n", "shop").ok().out()).contains("PromotionDenied");

        // Killed, it comes back with what it knew: nothing is found or decided anew.
        List<String> before = release.records();
        kubectl.run("delete", "pod", "interlock-0", "-n", Helm.NAMESPACE, "--force", "--grace-period=0")
                .ok();
        ready();
        assertThat(ledger.resolve("webhook.db")).isNotEmptyFile();
        assertThat(release.records()).isEqualTo(before);
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

        release.uninstall();
        kubectl.run("get", "validatingwebhookconfiguration", "interlock").refused();
        kubectl.apply(Manifests.idle("shop", "bad", Manifests.BAD_IMAGE)).ok();
        assertThat(release.records()).isEqualTo(before);
        kubectl.run("get", "pvc", "data-interlock-0", "-n", Helm.NAMESPACE).ok();
    }

    @Test
    void withADatabaseItIsUpgradedUnderLoadAndADrainedNodeLeavesOneWebhook() throws IOException {
        Places places = Postgres.shared().fresh();
        try (Relay relay = new Relay(InetAddress.getByName(RealNode.OUTSIDE), port(places.ledger()))) {
            kubectl.run("create", "namespace", Helm.NAMESPACE).ok();
            release.secret("webhook-role", outside(places.admissions(), relay.port()));
            release.secret("operator-role", outside(places.ledger(), relay.port()));
            String values = """
                    ledger: {engine: postgresql, postgresql: {webhook: {existingSecret: webhook-role}, operator: {existingSecret: operator-role}}}
                    """;
            release.helm("install", values).ok();
            assertThat(release.get("deploy/interlock-webhook", ".status.readyReplicas"))
                    .isEqualTo("2");
            assertThat(release.get("deploy/interlock-operator", ".status.readyReplicas"))
                    .isEqualTo("2");
            kubectl.apply(Manifests.path("shop", "production", "shop")).ok();
            release.govern();
            release.denies();
            try (Load load = release.promotions()) {
                release.helm("upgrade", values + "webhook: {rollbackWindow: 7d}\n")
                        .ok();
                assertThat(load.done()).isGreaterThan(20);
            }
            release.denies();
            assertThat(kubectl.run("drain", "node-1", "--delete-emptydir-data", "--force", "--timeout=20s")
                            .refused()
                            .err())
                    .contains("violate the pod's disruption budget");
            release.denies();
            kubectl.run("uncordon", "node-1").ok();
            release.uninstall();
            kubectl.run("get", "validatingwebhookconfiguration", "interlock").refused();
        }
    }

    private static int port(Place place) {
        String url = ((Place.Schema) place).database().url();
        return Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    }

    /// A role as Pods reach its database.
    private static Database outside(Place place, int port) {
        Database database = ((Place.Schema) place).database();
        return new Database(
                database.url().replaceAll("//.*/", "//%s:%d/".formatted(RealNode.OUTSIDE, port)),
                database.user(),
                database.password());
    }
}
