package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interlock.decision.Entry;
import dev.interlock.decision.Trigger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What the operator writes is written once, and what belongs together all or not at all.
@ParameterizedClass
@EnumSource(Keeping.class)
class OperatorLedgerTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

    private final Keeping keeping;

    @TempDir
    Path directory;

    private Place place;

    OperatorLedgerTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void name() {
        place = keeping.places(directory).ledger();
    }

    /// Everything that it can write, once.
    private static void writeAll(OperatorLedger ledger) {
        ledger.scoped(
                new Scope(1, "payments", "namespace-uid", AT, 2),
                List.of(baseline("baseline-1", "checkout"), baseline("baseline-2", "cart")));
        ledger.decided(List.of(Entries.of(Trigger.REASSESSMENT, "again-1", "checkout", "v1", "Denied", false, AT)));
        ledger.drifted(Entries.drift("drift-1", "uid-1", Optional.empty(), AT));
        ledger.superseded(
                new DriftEnd(1, "drift-1", "uid-1", "Superseded", AT),
                Entries.drift("drift-2", "uid-1", Optional.of("drift-1"), AT));
        ledger.ended(new DriftEnd(1, "drift-2", "uid-1", "Restored", AT), "payments");
        ledger.began(new Gap(1, "gap-1", AT, "WebhookDown", "no webhook answers"));
        ledger.ended(new GapEnd(1, "gap-1", AT.plusSeconds(120)));
        ledger.released(new ReleaseEntry(
                1, "release-1", "enough", "production", "images-pinned", Optional.of("checkout"), "ann", "mended", AT));
        ledger.tightened(new TighteningEntry(
                1,
                "tightening-1",
                "production",
                "policy-uid",
                3,
                AT,
                List.of(new TighteningEntry.Effective(
                        "stable",
                        Optional.of("checkout"),
                        Optional.empty(),
                        Map.of("maxOpenDrift", 0L),
                        "3 drifts in 1h",
                        List.of("drift-1", "drift-2"),
                        AT,
                        AT.plusSeconds(3_600)))));
    }

    private static Entry baseline(String id, String name) {
        return Entries.of(Trigger.BASELINE, id, name, "v1", "Allowed", false, AT);
    }

    private List<Stored> rows() {
        try (LedgerReader reader = LedgerReader.open(place)) {
            return reader.after(0, 1_000);
        }
    }

    @Test
    void everyKindOfRowReadsBackAsItWasWritten() {
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            writeAll(ledger);
        }
        assertThat(rows())
                .extracting(row -> row.getClass().getSimpleName())
                .containsExactly(
                        "Decided",
                        "Decided",
                        "Scoped",
                        "Decided",
                        "Drifted",
                        "DriftEnded",
                        "Drifted",
                        "DriftEnded",
                        "GapBegan",
                        "GapEnded",
                        "Released",
                        "Tightened");
        try (LedgerReader reader = LedgerReader.open(place)) {
            assertThat(reader.drift("drift-2")).contains(Entries.drift("drift-2", "uid-1", Optional.of("drift-1"), AT));
            assertThat(reader.drift("drift-3")).isEmpty();
            assertThat(reader.notes()).hasSize(9);
            assertThat(reader.has("Gap", "gap-1")).isTrue();
            assertThat(reader.has("Gap", "gap-2")).isFalse();
            assertThat(((Stored.Tightened) rows().getLast()).tightening().effective())
                    .singleElement()
                    .satisfies(effective -> assertThat(effective.thresholds()).isEqualTo(Map.of("maxOpenDrift", 0L)));
        }
    }

    @Test
    void writingAllOfItAgainAfterACrashChangesNothing() {
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            writeAll(ledger);
            writeAll(ledger);
        }
        List<Stored> once = rows();
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            writeAll(ledger);
        }
        assertThat(rows()).hasSize(12).isEqualTo(once);
    }

    @Test
    void nothingToWriteIsNothingWritten() {
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            ledger.decided(List.of());
        }
        assertThat(rows()).isEmpty();
    }

    @Test
    void scopeAndItsBaselinesAreWrittenAllOrNotAtAll() throws Exception {
        OperatorLedger.open(place).close();
        // Refuses the 31st of 41 rows.
        keeping.execute(place, keeping.refusing("baseline-30"));
        Scope scope = new Scope(1, "payments", "namespace-uid", AT, 40);
        List<Entry> baselines = IntStream.range(0, 40)
                .mapToObj(i -> baseline("baseline-" + i, "service-" + i))
                .toList();
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            assertThatExceptionOfType(LedgerUnavailable.class)
                    .isThrownBy(() -> ledger.scoped(scope, baselines))
                    .withMessageStartingWith("the operator's ledger cannot be written: ");
            assertThat(rows()).isEmpty();
            if (keeping == Keeping.SQLITE) {
                ledger.began(new Gap(1, "gap-1", AT, "WebhookDown", ""));
                assertThat(rows()).as("nothing of it comes along later").hasSize(1);
            }
        }
        keeping.execute(place, keeping.refusingNoMore());
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            ledger.began(new Gap(1, "gap-1", AT, "WebhookDown", ""));
            ledger.scoped(scope, baselines);
            assertThat(rows()).hasSize(42);
        }
    }

    @Test
    void driftGoesOnAsAnotherInOneStep() throws Exception {
        OperatorLedger.open(place).close();
        keeping.execute(place, keeping.refusing("drift-2"));
        try (OperatorLedger ledger = OperatorLedger.open(place)) {
            ledger.drifted(Entries.drift("drift-1", "uid-1", Optional.empty(), AT));
            assertThatExceptionOfType(LedgerUnavailable.class)
                    .isThrownBy(() -> ledger.superseded(
                            new DriftEnd(1, "drift-1", "uid-1", "Superseded", AT),
                            Entries.drift("drift-2", "uid-1", Optional.of("drift-1"), AT)));
            assertThat(rows()).as("it is still open").hasSize(1);
        }
    }
}
