package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.PolicyRef;
import dev.interlock.drift.Transition.Resolution;
import dev.interlock.ledger.DriftEntry;
import dev.interlock.ledger.Entries;
import dev.interlock.ledger.Gap;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.ReleaseEntry;
import dev.interlock.ledger.Scope;
import dev.interlock.ledger.TighteningEntry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in memory is what the ledger says, also after a restart at any point.
class DriftBookTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final PolicyRef POLICY = new PolicyRef("production", "policy-uid", 3);

    @TempDir
    Path directory;

    private static DriftEntry drift(String name, String uid, Optional<String> continues, int second) {
        return Entries.drift(name, uid, continues, AT.plusSeconds(second));
    }

    private static TighteningEntry.Effective effective(Instant until) {
        return new TighteningEntry.Effective(
                "images-pinned",
                Optional.of("checkout"),
                Optional.of("Enforce"),
                Map.of(),
                "3 drifts in 1h",
                List.of("drift-1"),
                AT,
                until);
    }

    /// The life of a few drifts and gaps, step by step.
    private static final List<Consumer<DriftBook>> LIFE = List.of(
            book -> book.scoped(new Scope(1, "payments", "namespace-uid", AT, 0)),
            book -> book.began(new Gap(1, "gap-1", AT, "WebhookDown", "")),
            book -> book.began(drift("drift-1", "uid-1", Optional.empty(), 1)),
            book -> book.began(drift("drift-a", "uid-2", Optional.empty(), 2)),
            book -> book.ended("gap-1", AT.plusSeconds(3)),
            book -> book.superseded(
                    drift("drift-1", "uid-1", Optional.empty(), 1),
                    drift("drift-2", "uid-1", Optional.of("drift-1"), 4),
                    AT.plusSeconds(4)),
            book -> book.tightened(POLICY, List.of(effective(AT.plusSeconds(60))), AT),
            book -> book.resolved(
                    drift("drift-2", "uid-1", Optional.of("drift-1"), 4), Resolution.RESTORED, AT.plusSeconds(5)),
            book -> book.released(new ReleaseEntry(
                    1, "release-1", "enough", "production", "images-pinned", Optional.empty(), "ann", "mended", AT)),
            book -> book.tightened(POLICY, List.of(), AT.plusSeconds(6)),
            book -> book.began(drift("drift-3", "uid-1", Optional.empty(), 7)),
            book -> book.began(new Gap(1, "gap-2", AT.plusSeconds(8), "GateMissing", "")));

    private static String state(DriftBook book) {
        return Stream.of("uid-1", "uid-2", "uid-3")
                        .map(uid -> uid + " " + book.entry(uid).map(DriftEntry::name) + " " + book.open(uid) + " "
                                + book.earlier(uid))
                        .toList()
                + " " + book.open().stream().map(DriftEntry::name).sorted().toList()
                + " " + book.onsets()
                + " " + book.releases()
                + " " + book.inScope("namespace-uid") + book.inScope("other")
                + " " + book.gap()
                + " " + book.gapAt(AT.plusSeconds(2));
    }

    @Test
    void stateAfterARestartAtAnyPointIsTheStateBefore() {
        for (int steps = 0; steps <= LIFE.size(); steps++) {
            Path file = directory.resolve("operator-" + steps + ".db");
            String before;
            try (OperatorLedger ledger = OperatorLedger.open(new Place.File(file));
                    LedgerReader reader = LedgerReader.open(new Place.File(file))) {
                DriftBook book = new DriftBook(ledger, reader);
                LIFE.subList(0, steps).forEach(step -> step.accept(book));
                before = state(book);
            }
            try (OperatorLedger ledger = OperatorLedger.open(new Place.File(file));
                    LedgerReader reader = LedgerReader.open(new Place.File(file))) {
                DriftBook book = new DriftBook(ledger, reader);
                assertThat(state(book)).as("after %d steps", steps).isEqualTo(before);
                LIFE.subList(steps, LIFE.size()).forEach(step -> step.accept(book));
                assertThat(state(book)).isEqualTo(stateOfALifeWithoutRestart());
            }
        }
    }

    private String stateOfALifeWithoutRestart() {
        Path file = directory.resolve("whole.db");
        try (OperatorLedger ledger = OperatorLedger.open(new Place.File(file));
                LedgerReader reader = LedgerReader.open(new Place.File(file))) {
            DriftBook book = new DriftBook(ledger, reader);
            if (reader.last() == 0) {
                LIFE.forEach(step -> step.accept(book));
            }
            return state(book);
        }
    }

    private void with(Consumer<DriftBook> test) {
        Path file = directory.resolve("operator.db");
        try (OperatorLedger ledger = OperatorLedger.open(new Place.File(file));
                LedgerReader reader = LedgerReader.open(new Place.File(file))) {
            test.accept(new DriftBook(ledger, reader));
        }
    }

    @Test
    void driftsOfAnObjectAreCountedAndOnlyThoseThatContinueNoneAreOnsets() {
        with(book -> {
            LIFE.forEach(step -> step.accept(book));
            assertThat(book.earlier("uid-1")).isEqualTo(3);
            assertThat(book.earlier("uid-2")).isEqualTo(1);
            assertThat(book.onsets())
                    .extracting(DriftBook.Onset::name)
                    .containsExactly("drift-1", "drift-a", "drift-3");
            assertThat(book.open()).extracting(DriftEntry::name).containsExactlyInAnyOrder("drift-a", "drift-3");
        });
    }

    @Test
    void endOfAnEarlierDriftEndsNoLaterOne() {
        with(book -> {
            DriftEntry first = drift("drift-1", "uid-1", Optional.empty(), 1);
            book.began(first);
            book.resolved(first, Resolution.GONE, AT.plusSeconds(2));
            book.began(drift("drift-2", "uid-1", Optional.empty(), 3));
            book.resolved(first, Resolution.GONE, AT.plusSeconds(4));
            assertThat(book.entry("uid-1").map(DriftEntry::name)).contains("drift-2");
        });
    }

    @Test
    void changeIsInTheGapByTheApiServersClockOfWholeSeconds() {
        with(book -> {
            book.began(new Gap(1, "gap-1", AT.plusSeconds(10), "WebhookDown", ""));
            book.ended("gap-1", AT.plusSeconds(20));
            book.began(new Gap(1, "gap-2", AT.plusSeconds(60), "WebhookDown", ""));
            assertThat(gapAt(book, 8)).isEmpty();
            assertThat(gapAt(book, 9)).contains("gap-1");
            assertThat(gapAt(book, 21)).contains("gap-1");
            assertThat(gapAt(book, 22)).isEmpty();
            assertThat(gapAt(book, 59)).contains("gap-2");
            assertThat(gapAt(book, 9_999)).as("it lasts").contains("gap-2");
        });
    }

    private static Optional<String> gapAt(DriftBook book, int second) {
        return book.gapAt(AT.plusSeconds(second)).map(DriftBook.Interval::id);
    }

    @Test
    void everyChangeOfWhatIsTightenedIsARevisionAndNothingElseIs() {
        Path file = directory.resolve("operator.db");
        List<Integer> sizes = new ArrayList<>();
        with(book -> {
            try (LedgerReader reader = LedgerReader.open(new Place.File(file))) {
                for (List<TighteningEntry.Effective> effective : List.of(
                        List.<TighteningEntry.Effective>of(),
                        List.of(effective(AT.plusSeconds(60))),
                        List.of(effective(AT.plusSeconds(60))),
                        List.of(effective(AT.plusSeconds(90))),
                        List.<TighteningEntry.Effective>of(),
                        List.of(effective(AT.plusSeconds(60))))) {
                    book.tightened(POLICY, effective, AT);
                    sizes.add((int) reader.last());
                }
            }
        });
        assertThat(sizes).containsExactly(0, 1, 1, 2, 3, 4);
        with(book -> {
            book.tightened(POLICY, List.of(effective(AT.plusSeconds(60))), AT.plusSeconds(1));
            try (LedgerReader reader = LedgerReader.open(new Place.File(file))) {
                assertThat(reader.last()).as("it is known after a restart").isEqualTo(4);
            }
        });
    }
}
