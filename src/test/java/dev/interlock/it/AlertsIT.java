package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Processes;
import dev.interlock.testing.Progress;
import dev.interlock.testing.Prometheus;
import dev.interlock.testing.SmallDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The alerts that are shipped, in a real Prometheus with a real Alertmanager, each provoked by what it is about. Their
/// windows are as short as a test's; as they are in `deploy/monitoring` they are tried by promtool (AlertsTest). What
/// takes
/// minutes is in `make torture`.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUIRED = "alerts-required";
    private static final String OPTIONAL = "alerts-optional";
    private static final int DRIFTS = 200;
    private static final String OTHER_IMAGE = Manifests.GOOD_IMAGE.replace("aaaa", "bbbb");
    private static final Duration SOON = Duration.ofSeconds(90);

    /// What a window is here. None of these is one that another becomes.
    private static final Map<String, String> SHORTER = Map.of(
            "[7d]",
            "[3m]",
            "[1d]",
            "[1m]",
            "[1h]",
            "[20s]",
            "[15m]",
            "[40s]",
            "[10m]",
            "[15s]",
            "[5m]",
            "[15s]",
            "[2m]",
            "[10s]",
            "offset 2m",
            "offset 10s",
            "offset 10m",
            "offset 15s",
            "offset 1h",
            "offset 20s");

    private static ControlPlane controlPlane;
    private static Optional<SmallDisk> disk;
    private static Interlock interlock;
    private static Prometheus prometheus;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;

    private static String rules() throws IOException {
        String rules = Files.readString(Path.of("deploy/monitoring/interlock.rules.yaml"));
        for (Map.Entry<String, String> window : SHORTER.entrySet()) {
            rules = rules.replace(window.getKey(), window.getValue());
        }
        return rules.replaceAll("for: [0-9]+m", "for: 4s").replaceAll("interval: [0-9]+[sm]", "interval: 1s");
    }

    @BeforeAll
    static void install() throws IOException {
        controlPlane = ControlPlane.start();
        disk = SmallDisk.mount(Files.createTempDirectory(controlPlane.directory(), "disk-"), "400m");
        interlock = Interlock.prepareApart(controlPlane, disk.map(SmallDisk::path));
        // Ends within the week that the alert is about.
        interlock.set("INTERLOCK_CERTIFICATES_SERVING_VALIDITY", "6d");
        // So that 200 decisions are late for longer than the window.
        interlock.set("INTERLOCK_RECORDS_PER_SECOND", "5");
        prometheus = Prometheus.start(controlPlane, rules(), interlock.managementPorts());
        interlock.applyManifests();
        interlock.start();
        admin = controlPlane.kubectl();
        promoter = controlPlane.kubectl("promoter");
        tenant = controlPlane.kubectl("tenant");
        admin.apply(Manifests.namespace(REQUIRED, "alerts", "required")).ok();
        admin.apply(Manifests.namespace(OPTIONAL, "alerts", "optional")).ok();
        admin.apply(Manifests.path("alerts", "alerts", REQUIRED, OPTIONAL)).ok();
        admin.apply(Manifests.policy("alerts", "alerts", "Enforce", "{digest: Required}"))
                .ok();
        admin.letEdit(REQUIRED, "promoter", "tenant");
        admin.letEdit(OPTIONAL, "promoter", "tenant");
        admin.run("wait", "--for=condition=Ready", "pp/alerts", "--timeout=60s").ok();
    }

    @AfterAll
    static void remove() {
        if (prometheus != null) {
            prometheus.close();
        }
        interlock.close();
        disk.ifPresent(SmallDisk::close);
        controlPlane.close();
    }

    private static void awaitFiring(String... alerts) {
        for (String alert : alerts) {
            await(alert + " to fire").atMost(SOON).until(() -> prometheus.fired(alert));
            Progress.say(alert + " fires");
        }
    }

    private static void awaitResolved(String... alerts) {
        for (String alert : alerts) {
            await(alert + " to end").atMost(SOON).until(() -> !prometheus.fires(alert));
        }
    }

    private static void awaitValue(String series, double value) {
        await(series)
                .atMost(SOON)
                .untilAsserted(() -> assertThat(prometheus.query(series))
                        .singleElement()
                        .satisfies(sample -> assertThat(sample.at("/value/1").asDouble())
                                .as(series)
                                .isEqualTo(value)));
    }

    private static String deployments(String image) {
        return IntStream.range(0, DRIFTS)
                .mapToObj(i -> Manifests.idle(REQUIRED, "drifts-%03d".formatted(i), image))
                .collect(Collectors.joining("---\n"));
    }

    private static void create(String namespace, String name) {
        promoter.apply(Manifests.idle(namespace, name, Manifests.GOOD_IMAGE));
    }

    @Test
    @Order(1)
    void twoHundredDriftsRaiseOneAlertOnceAndItResolves() {
        promoter.apply(deployments(Manifests.GOOD_IMAGE)).ok();
        interlock.awaitDrift();
        assertThat(prometheus.fires("InterlockDriftFrequencyHigh")).isFalse();
        // It is not for a stage that is younger than its window, and would end before Alertmanager tells.
        await("a stage that is old enough")
                .atMost(SOON)
                .until(() -> !prometheus
                        .query("stage:interlock_governed_objects{stage=\"alerts\"} " + SHORTER.get("offset 1h"))
                        .isEmpty());
        tenant.apply(deployments(OTHER_IMAGE)).ok();
        awaitFiring("InterlockDriftFrequencyHigh");
        await("all of it")
                .atMost(SOON)
                .until(() -> new DriftEvents(admin, REQUIRED).open().size() == DRIFTS);
        await("Alertmanager to tell")
                .atMost(SOON)
                .until(() -> !prometheus
                        .sent("InterlockDriftFrequencyHigh", "firing")
                        .isEmpty());
        awaitValue("interlock_drift_open{stage=\"alerts\",class=\"Drifted\"}", DRIFTS);
        awaitValue("interlock_drift_onsets_total{stage=\"alerts\",class=\"Drifted\"}", DRIFTS);
        awaitValue("interlock_drift_onsets_total{stage=\"alerts\",class=\"Bypassed\"}", 0);
        awaitValue("interlock_governed_objects{stage=\"alerts\"}", DRIFTS);
        awaitValue("interlock_namespaces{gate=\"required\"}", 1);
        awaitValue("interlock_policy_ready{policy=\"alerts\"}", 1);
        awaitValue("interlock_evidence_latency_seconds_count{step=\"drift\"}", DRIFTS);
        awaitResolved("InterlockDriftFrequencyHigh");
        await("Alertmanager to tell that it is over")
                .atMost(SOON)
                .until(() -> !prometheus
                        .sent("InterlockDriftFrequencyHigh", "resolved")
                        .isEmpty());
        List<JsonNode> firing = prometheus.sent("InterlockDriftFrequencyHigh", "firing");
        assertThat(firing).as("one notification, of one stage").hasSize(1);
        assertThat(firing.getFirst().path("alerts")).hasSize(1);
        assertThat(firing.getFirst().at("/alerts/0/labels/stage").asText()).isEqualTo("alerts");
        assertThat(prometheus.sent("InterlockDriftFrequencyHigh", "resolved")).hasSize(1);
    }

    @Test
    @Order(2)
    @EnabledIfSystemProperty(named = "interlock.torture", matches = "true")
    void decisionsThatBecomeVisibleLateRaiseEvidenceLag() {
        promoter.apply(deployments(Manifests.GOOD_IMAGE)).ok();
        awaitFiring("InterlockEvidenceLag");
        awaitResolved("InterlockEvidenceLag");
    }

    @Test
    @Order(3)
    void aCertificateThatEndsWithinTheWeekIsSaid() {
        awaitFiring("InterlockCertificateExpiring");
    }

    @Test
    @Order(4)
    void aWebhookThatIsGoneIsSaidByWhatItDoesToTheCluster() {
        assertThat(prometheus.fires("InterlockWebhookDown")).isFalse();
        assertThat(prometheus.fires("InterlockFailOpen")).isFalse();
        interlock.kill(Role.WEBHOOK);
        create(OPTIONAL, "slipped-in");
        for (String alert : List.of("InterlockWebhookDown", "InterlockFailOpen", "InterlockWebhookAbsent")) {
            await(alert).atMost(SOON).until(() -> {
                create(REQUIRED, "refused");
                return prometheus.fired(alert);
            });
            Progress.say(alert + " fires");
        }
        awaitFiring("InterlockGateGap", "InterlockPolicyNotReady");
        interlock.start();
        awaitFiring("InterlockBypassDetected");
        awaitResolved(
                "InterlockWebhookDown",
                "InterlockFailOpen",
                "InterlockWebhookAbsent",
                "InterlockGateGap",
                "InterlockPolicyNotReady");
    }

    @Test
    @Order(5)
    @EnabledIfSystemProperty(named = "interlock.torture", matches = "true")
    void aWebhookThatHangsIsSaidByItsLatency() {
        await("InterlockDecisionLatencyHigh").atMost(SOON).until(() -> {
            interlock.signal(Role.WEBHOOK, "STOP");
            try (var executor = Executors.newSingleThreadExecutor()) {
                var waiting = executor.submit(() -> create(REQUIRED, "hangs"));
                await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
                interlock.signal(Role.WEBHOOK, "CONT");
                waiting.get();
            }
            return prometheus.fired("InterlockDecisionLatencyHigh");
        });
        awaitResolved("InterlockDecisionLatencyHigh");
    }

    @Test
    @Order(6)
    @EnabledIfSystemProperty(named = "interlock.torture", matches = "true")
    void anOperatorThatIsGoneIsSaid() {
        interlock.kill(Role.OPERATOR);
        awaitFiring("InterlockOperatorAbsent");
        interlock.start();
        awaitResolved("InterlockOperatorAbsent");
    }

    @Test
    @Order(7)
    @EnabledIfSystemProperty(named = "interlock.torture", matches = "true")
    void anApiServerThatDoesNotTellIsSaid() {
        controlPlane.kill("kube-apiserver");
        awaitFiring("InterlockWatchStale", "InterlockDriftUnknown");
        controlPlane.startRole("kube-apiserver");
        awaitResolved("InterlockWatchStale", "InterlockDriftUnknown");
    }

    @Test
    @Order(8)
    @EnabledIfSystemProperty(named = "interlock.torture", matches = "true")
    void aLedgerThatWentBackIsSaid(@TempDir Path yesterday) throws IOException {
        interlock.awaitRecords();
        interlock.stop();
        Interlock.copyData(interlock.data(), yesterday);
        interlock.start();
        String before = witness();
        create(REQUIRED, "forgotten");
        await("the cluster knows of it").atMost(SOON).until(() -> !witness().equals(before));
        interlock.stop();
        Interlock.copyData(yesterday, interlock.data());
        interlock.start();
        awaitFiring("InterlockLedgerWentBack");
    }

    private static String witness() {
        return admin.run("get", "configmap", "interlock-witness", "-n", "interlock-system", "-o", "jsonpath={.data}")
                .ok()
                .out();
    }

    @Test
    @Order(9)
    @EnabledIfSystemProperty(named = "interlock.torture", matches = "true")
    void aDiskThatFillsIsSaidAndSoIsWhatIsLetInWithoutEvidence() throws IOException {
        assumeThat(disk).as("only root can mount a small disk").isPresent();
        awaitFiring("InterlockDiskNearlyFull");
        assertThat(prometheus.fires("InterlockEvidenceNotDurable")).isFalse();
        admin.apply(Manifests.policy("alerts", "alerts", "Enforce", "{digest: Required}")
                        .replace("onUndecided: Deny", "onUndecided: Allow"))
                .ok();
        Path ballast = disk.orElseThrow().path().resolve("ballast");
        try (OutputStream file = Files.newOutputStream(ballast)) {
            byte[] block = new byte[1 << 20];
            assertThatThrownBy(() -> {
                        while (true) {
                            file.write(block);
                        }
                    })
                    .hasMessageContaining("No space left");
        }
        await("something to be let in without evidence").atMost(SOON).until(() -> {
            create(REQUIRED, "unproven-" + System.nanoTime());
            return prometheus.fired("InterlockEvidenceNotDurable");
        });
        Files.delete(ballast);
    }

    @Test
    void kustomizeMakesARuleAndADashboardOfEachFile() {
        assertThat(admin.run("kustomize", "deploy/monitoring").ok().out())
                .contains("kind: PrometheusRule", "alert: InterlockGateGap", "namespace: interlock-system")
                .contains(
                        "name: interlock-dashboard-gate", "name: interlock-dashboard-team", "grafana_dashboard: \"1\"");
    }

    /// After all that came before, there is something of everything.
    @Test
    @Order(10)
    void everyQueryOfTheDashboardsHasAnAnswer() throws IOException {
        interlock.start();
        promoter.apply(Manifests.idle(REQUIRED, "bad", Manifests.BAD_IMAGE)).refused();
        try (Stream<Path> files = Files.list(Path.of("deploy/monitoring/dashboards"))) {
            for (Path file : files.toList()) {
                JsonNode dashboard = JSON.readTree(file.toFile());
                List<JsonNode> targets = dashboard.findParents("expr");
                assertThat(targets).hasSizeGreaterThanOrEqualTo(10);
                for (JsonNode target : targets) {
                    String expression = target.path("expr").asText().replace("$stage", ".*");
                    await(file.getFileName() + ": " + expression)
                            .atMost(SOON)
                            .until(() -> !prometheus.query(expression).isEmpty());
                }
            }
        }
    }

    /// Writes the pictures of `docs/observability.md`: each panel by Grafana's own components in a real browser, with
    /// what this Prometheus answers.
    @Test
    @Order(11)
    @EnabledIfSystemProperty(named = "interlock.pictures", matches = "true")
    void dashboardsAsPictures() throws IOException {
        Path tool = Path.of("src/test/dashboards");
        List<Path> pictures =
                List.of(Path.of("docs/pictures/interlock-gate.png"), Path.of("docs/pictures/interlock-team.png"));
        for (Path picture : pictures) {
            Files.deleteIfExists(picture);
        }
        run("npm", "install", "--prefix", tool.toString());
        run("node", tool.resolve("draw.mjs").toString(), prometheus.url(), "5", "docs/pictures");
        assertThat(pictures).allSatisfy(picture -> assertThat(picture).isNotEmptyFile());
    }

    private static void run(String... command) {
        Processes.run(new ProcessBuilder(command), "", Duration.ofMinutes(10), Progress::say)
                .ok();
    }
}
