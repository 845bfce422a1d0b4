package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.ledger.Gap;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What comes in while no webhook answers is found afterwards: all of it, and nothing else.
class GapIT {
    private static final String NAMESPACE = "gapped";
    private static final String STAGE = "gap";
    private static final int EACH = 50;
    private static final int EDITED = 10;
    private static final Duration LONG = Duration.ofSeconds(Boolean.getBoolean("interlock.torture") ? 120 : 40);
    private static final String OTHER_IMAGE = "registry.example.com/shop/app@sha256:" + "b".repeat(64);

    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        admin = ControlPlane.shared().kubectl();
        promoter = ControlPlane.shared().kubectl("promoter");
        admin.apply(Manifests.namespace(NAMESPACE, STAGE, "optional")).ok();
        admin.apply(Manifests.path("gapped", STAGE, NAMESPACE)).ok();
        admin.apply(Manifests.policy("gap", STAGE, "Enforce")).ok();
        admin.letEdit(NAMESPACE, "promoter");
        await("the gate asks")
                .atMost(Duration.ofSeconds(30))
                .until(() -> promoter.apply(
                                Manifests.deployment(NAMESPACE, "probe", Manifests.BAD_IMAGE), "--dry-run=server")
                        .err()
                        .contains("denied by policy gap"));
        interlock.awaitDrift();
    }

    @AfterAll
    static void remove() {
        admin.run("delete", "pp/gap", "dpath/gapped").ok();
        admin.run("delete", "namespace", NAMESPACE, "--wait=false").ok();
        interlock.awaitRecords();
    }

    private static String deployments(String name, int from, int to, String image) {
        return IntStream.range(from, to)
                .mapToObj(i -> Manifests.idle(NAMESPACE, "%s-%02d".formatted(name, i), image))
                .collect(Collectors.joining("---\n"));
    }

    @Test
    void case18_failure23_whatCameInIsBypassedAndEditsOfWhatWasApprovedAreDrift() {
        promoter.apply(deployments("approved", 0, 2 * EDITED, Manifests.GOOD_IMAGE))
                .ok();
        promoter.apply(Manifests.deployment(NAMESPACE, "running", Manifests.GOOD_IMAGE))
                .ok();
        interlock.awaitDrift();

        Progress.say("no webhook for %s".formatted(LONG));
        interlock.kill();
        Instant killed = Instant.now();
        promoter.apply(deployments("bad", 0, EACH / 2, Manifests.BAD_IMAGE)).ok();
        promoter.apply(deployments("good", 0, EACH / 2, Manifests.GOOD_IMAGE)).ok();
        promoter.apply(deployments("approved", 0, EDITED, OTHER_IMAGE)).ok();
        // Controllers go on meanwhile, and what they make is nobody's bypass.
        admin.run("delete", "pod", "-l", "app=running", "-n", NAMESPACE).ok();
        await().pollDelay(LONG.minus(Duration.between(killed, Instant.now())))
                .atMost(LONG.plusMinutes(1))
                .until(() -> true);
        promoter.apply(deployments("bad", EACH / 2, EACH, Manifests.BAD_IMAGE)).ok();
        promoter.apply(deployments("good", EACH / 2, EACH, Manifests.GOOD_IMAGE))
                .ok();
        Instant before = Instant.now();
        interlock.start();

        DriftEvents events = new DriftEvents(admin, NAMESPACE);
        await("%d events".formatted(2 * EACH + EDITED))
                .atMost(Duration.ofMinutes(1))
                .until(() -> events.all().size() >= 2 * EACH + EDITED);
        interlock.awaitDrift();
        List<JsonNode> all = events.all();
        assertThat(names(all, "Bypassed"))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, EACH)
                        .boxed()
                        .flatMap(i -> List.of("bad-%02d".formatted(i), "good-%02d".formatted(i)).stream())
                        .toList());
        assertThat(names(all, "Drifted"))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, EDITED)
                        .mapToObj("approved-%02d"::formatted)
                        .toList());
        assertThat(all).allMatch(event -> event.at("/spec/cause").asText().equals("Gap"));
        Gap gap;
        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
            gap = ledger.notes().reversed().stream()
                    .filter(Stored.GapBegan.class::isInstance)
                    .map(row -> ((Stored.GapBegan) row).gap())
                    .findFirst()
                    .orElseThrow();
            assertThat(ledger.notes())
                    .anyMatch(row -> row instanceof Stored.GapEnded ended
                            && ended.end().id().equals(gap.id())
                            && ended.end().end().isAfter(before));
        }
        assertThat(gap.cause()).isEqualTo("WebhookDown");
        assertThat(gap.start()).isBeforeOrEqualTo(killed);
        assertThat(all).allMatch(event -> event.at("/spec/gap").asText().equals(gap.id()));
    }

    private static List<String> names(List<JsonNode> events, String drift) {
        return events.stream()
                .filter(event -> event.at("/spec/drift").asText().equals(drift))
                .map(event -> event.at("/spec/subject/name").asText())
                .toList();
    }
}
