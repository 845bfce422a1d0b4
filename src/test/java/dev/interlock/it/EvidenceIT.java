package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.decision.Decision;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import dev.interlock.testing.SmallDisk;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Evidence: durable before the answer, visible afterwards, whatever ends the process.
class EvidenceIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "evidence";
    private static final int ROUNDS = Boolean.getBoolean("interlock.torture") ? 10 : 4;
    private static final int CREATES = 500;

    private static Interlock interlock;
    private static Kubectl kubectl;
    private static KubernetesClient client;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        client = Interlock.client(ControlPlane.shared(), "admin");
        kubectl.apply(Manifests.namespace(NAMESPACE, "evidence", "required")).ok();
        kubectl.apply(Manifests.policy("evidence", "evidence", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/evidence", "--timeout=30s")
                .ok();
    }

    @AfterAll
    static void close() {
        interlock.awaitRecords();
        client.close();
    }

    private static List<DecisionEntry> entries(Place place) {
        try (LedgerReader ledger = LedgerReader.open(place)) {
            return ledger.after(0, 10_000_000).stream()
                    .flatMap(row -> row instanceof Stored.Decided decided ? Stream.of(decided.entry()) : Stream.empty())
                    .filter(entry -> entry.subject().namespace().equals(NAMESPACE))
                    .toList();
        }
    }

    private static Set<String> recordNames() {
        return client
                .genericKubernetesResources("interlock.dev/v1alpha1", "DecisionRecord")
                .inNamespace(NAMESPACE)
                .list()
                .getItems()
                .stream()
                .map(record -> record.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private static void create(String name, String image) {
        try {
            client.resource(new PodBuilder()
                            .withNewMetadata()
                            .withNamespace(NAMESPACE)
                            .withName(name)
                            .endMetadata()
                            .withNewSpec()
                            .addNewContainer()
                            .withName("app")
                            .withImage(image)
                            .endContainer()
                            .endSpec()
                            .build())
                    .create();
        } catch (KubernetesClientException _) {
            // Denied, or not answered because the process was killed: what counts is what the audit log says.
        }
    }

    @Test
    void failure4_everyAnswerBeforeAKillIsInTheLedgerOnceAndBecomesARecord() throws IOException, InterruptedException {
        Random random = new Random(4);
        for (int round = 0; round < ROUNDS; round++) {
            AtomicInteger answered = new AtomicInteger();
            int killAt = 20 + random.nextInt(CREATES - 100);
            ExecutorService threads = Executors.newFixedThreadPool(24);
            for (int i = 0; i < CREATES; i++) {
                String name = "burst-%d-%d".formatted(round, i);
                String image = i % 2 == 0 ? Manifests.GOOD_IMAGE : Manifests.BAD_IMAGE;
                threads.execute(() -> {
                    create(name, image);
                    answered.incrementAndGet();
                });
            }
            await().pollInterval(Duration.ofMillis(2))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> answered.get() >= killAt);
            interlock.kill();
            threads.shutdown();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            interlock.start();
            Progress.say("round %d of %d: killed after %d answers".formatted(round + 1, ROUNDS, killAt));
        }
        List<String> answers = Files.readAllLines(ControlPlane.shared().auditLog()).stream()
                .filter(line -> line.contains("/namespaces/evidence/pods") && line.contains("burst-"))
                .flatMap(line -> entryOf(line).stream())
                .toList();
        List<DecisionEntry> entries = entries(interlock.ledger());
        Map<String, Long> times =
                entries.stream().collect(Collectors.groupingBy(DecisionEntry::id, Collectors.counting()));
        assertThat(answers).hasSizeGreaterThan(ROUNDS * 20).doesNotHaveDuplicates();
        assertThat(times.keySet()).as("every answer that a client got").containsAll(answers);
        Map<String, Long> perSubject = entries.stream()
                .filter(entry -> entry.subject().name().startsWith("burst-"))
                .collect(Collectors.groupingBy(entry -> entry.subject().name(), Collectors.counting()));
        assertThat(Collections.max(times.values())).as("no entry twice").isEqualTo(1);
        assertThat(Collections.max(perSubject.values())).as("no request twice").isEqualTo(1);

        Set<String> expected = entries.stream()
                .map(entry -> Decision.recordName(entry.decision()))
                .collect(Collectors.toSet());
        await("every entry to be visible in a record, %d of them".formatted(expected.size()))
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(recordNames()).containsAll(expected));
        Progress.say("%d answers, %d entries, %d records".formatted(answers.size(), entries.size(), expected.size()));
    }

    private static Optional<String> entryOf(String line) {
        try {
            JsonNode entry = JSON.readTree(line).path("annotations").path("required.gate.interlock.dev/entry");
            return entry.isMissingNode() ? Optional.empty() : Optional.of(entry.asText());
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void equalDenialsShareOneEntryAndAreCounted() {
        for (int i = 0; i < 12; i++) {
            // Not a Pod: its token volume has a random name, so that no two of them are equal.
            kubectl.apply(Manifests.deployment(NAMESPACE, "again", Manifests.BAD_IMAGE))
                    .refused();
        }
        List<DecisionEntry> again = entries(interlock.ledger()).stream()
                .filter(entry -> entry.subject().name().equals("again"))
                .toList();
        assertThat(again).hasSize(1);
        // An end in order closes the window in which they are counted.
        interlock.stop();
        interlock.start();
        String name = Decision.recordName(again.getFirst().decision());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(kubectl.run(
                                        "get", "decrec", name, "-n", NAMESPACE, "-o", "jsonpath={.status.occurrences}")
                                .ok()
                                .out())
                        .isEqualTo("12"));
        await("one Event, which counts")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(kubectl.run(
                                        "get",
                                        "events",
                                        "-n",
                                        NAMESPACE,
                                        "--field-selector=involvedObject.name=again,reason=PromotionDenied",
                                        "-o",
                                        "jsonpath={range .items[*]}{.metadata.name} {.series.count};{end}")
                                .ok()
                                .out())
                        .isEqualTo(name + ".denied 12;"));
    }

    @Test
    void unreadableLedgerStopsTheStartWithASentenceAndIsNotTouched(@TempDir Path data) throws IOException {
        Path ledger = data.resolve("webhook.db");
        byte[] garbage = new byte[8192];
        new Random(1).nextBytes(garbage);
        Files.write(ledger, garbage);
        Interlock broken = Interlock.prepare(ControlPlane.shared(), Optional.of(data));
        broken.launch();
        assertThat(broken.awaitEnd()).isEqualTo(2);
        assertThat(Files.readString(broken.log()))
                .contains("Interlock does not start: ")
                .contains(ledger.toString());
        assertThat(Files.readAllBytes(ledger)).isEqualTo(garbage);
    }

    @Test
    void law5_fullDiskMakesDecisionsUndecidedAndRoomHealsIt(@TempDir Path directory) throws Exception {
        Optional<SmallDisk> small = SmallDisk.mount(directory, "80m");
        Assumptions.assumeTrue(small.isPresent(), "only root can mount a small disk");
        Path disk = small.orElseThrow().path();
        Interlock full = Interlock.prepare(ControlPlane.shared(), Optional.of(disk.resolve("data")));
        Path filler = disk.resolve("filler");
        interlock.stop();
        try {
            full.start();
            DirectCaller direct = new DirectCaller(full);
            String good = DirectCaller.review("full-1", NAMESPACE, "full", Manifests.GOOD_IMAGE, false);
            assertThat(DirectCaller.response(
                                    direct.post("/admit/required", good).orElseThrow())
                            .path("allowed")
                            .asBoolean())
                    .isTrue();
            Files.write(filler, new byte[40 << 20]);
            List<String> messages = new ArrayList<>();
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                JsonNode refused = DirectCaller.response(direct.post(
                                "/admit/required",
                                DirectCaller.review(
                                        "full-" + System.nanoTime(), NAMESPACE, "full", Manifests.GOOD_IMAGE, false))
                        .orElseThrow());
                assertThat(refused.path("allowed").asBoolean()).isFalse();
                messages.add(refused.at("/status/message").asText());
            });
            assertThat(messages.getFirst())
                    .contains("refused, because it could not be decided")
                    .contains("Record: none, ");
            assertThat(messages.getFirst()).contains("free");
            Files.delete(filler);
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(DirectCaller.response(direct.post(
                                                    "/admit/required",
                                                    DirectCaller.review(
                                                            "full-" + System.nanoTime(),
                                                            NAMESPACE,
                                                            "full",
                                                            Manifests.GOOD_IMAGE,
                                                            false))
                                            .orElseThrow())
                                    .path("allowed")
                                    .asBoolean())
                            .isTrue());
        } finally {
            full.kill();
            small.orElseThrow().close();
            interlock.start();
        }
    }
}
