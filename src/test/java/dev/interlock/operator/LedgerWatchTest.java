package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.interlock.ledger.Gap;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Mark;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.Rollback;
import dev.interlock.ledger.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ledger that goes back is noticed, also where it has grown past its old end in the meantime. The ledger of the
/// webhooks is stood in for by another one of the operator's kind: rows are rows.
class LedgerWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @TempDir
    Path directory;

    private final Map<String, String> witness = new HashMap<>();
    private int writes;
    private long counted;

    private Path admissions() {
        return directory.resolve("admissions.db");
    }

    /// Adds rows `from` to `to`, so that the file has all of them when it is copied.
    private void rows(Path file, String what, int from, int to) {
        try (OperatorLedger ledger = OperatorLedger.open(new Place.File(file))) {
            for (int i = from; i <= to; i++) {
                ledger.began(new Gap(1, what + i, NOW, "GateMissing", "x"));
            }
        }
    }

    /// One run of the operator.
    ///
    /// @param cursor that the operator had before, of the webhooks' ledger
    /// @return what it wrote down, and where the cursor is after that
    private Run run(long cursor) {
        try (OperatorLedger ledger = OperatorLedger.open(new Place.File(directory.resolve("own.db")));
                LedgerReader own = LedgerReader.open(new Place.File(directory.resolve("own.db")));
                LedgerReader reader = LedgerReader.open(new Place.File(admissions()));
                OperatorState state = OperatorState.open(new Place.File(directory.resolve("state.db")))) {
            state.advance(reader.origin(), cursor);
            state.advance(reader.origin() + "#applied", cursor);
            state.advance("another", cursor);
            counted = 0;
            LedgerWatch watch = new LedgerWatch(
                    reader,
                    own,
                    ledger,
                    state,
                    () -> Map.copyOf(witness),
                    now -> {
                        witness.putAll(now);
                        writes++;
                    },
                    () -> {},
                    () -> counted++,
                    () -> NOW);
            watch.look();
            watch.look();
            assertThat(state.after("another"))
                    .as("of a ledger that did not go back")
                    .isGreaterThanOrEqualTo(cursor);
            assertThat(state.after(reader.origin() + "#applied")).isEqualTo(state.after(reader.origin()));
            return new Run(
                    own.notes().stream()
                            .flatMap(row -> row instanceof Stored.WentBack(long _, Rollback rollback)
                                    ? Stream.of(rollback)
                                    : Stream.of())
                            .toList(),
                    state.after(reader.origin()),
                    counted);
        }
    }

    private record Run(List<Rollback> rollbacks, long cursor, long counted) {}

    private void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(to.resolveSibling(to.getFileName() + "-wal"));
        Files.deleteIfExists(to.resolveSibling(to.getFileName() + "-shm"));
    }

    @Test
    void ledgerThatOnlyGrowsNeverWentBackAndIsMarkedOnlyWhenItHasGrown() {
        rows(admissions(), "a", 1, 3);
        assertThat(run(3)).isEqualTo(new Run(List.of(), 3, 0));
        assertThat(writes).isEqualTo(1);
        assertThat(run(3)).isEqualTo(new Run(List.of(), 3, 0));
        assertThat(writes).isEqualTo(1);
        rows(admissions(), "a", 4, 5_000);
        assertThat(run(5_000)).isEqualTo(new Run(List.of(), 5_000, 0));
        assertThat(writes).isEqualTo(2);
    }

    @Test
    void failure7_yesterdaysCopyIsNoticedAndWrittenDownOnceAndItsRowsAreReadAnew() throws IOException {
        rows(admissions(), "a", 1, 2_500);
        copy(admissions(), directory.resolve("yesterday.db"));
        rows(admissions(), "a", 2_501, 4_000);
        run(4_000);
        copy(directory.resolve("yesterday.db"), admissions());
        // It is written to before anybody looks, past where it had been.
        rows(admissions(), "b", 1, 2_000);
        Run noticed = run(4_000);
        assertThat(noticed.rollbacks()).singleElement().satisfies(rollback -> {
            assertThat(rollback.kept()).as("not far before the copy's end").isEqualTo(2_000);
            assertThat(rollback.last()).isEqualTo(4_000);
            assertThat(rollback.at()).isEqualTo(NOW);
        });
        assertThat(noticed.cursor()).isEqualTo(2_000);
        assertThat(noticed.counted()).isEqualTo(1);
        assertThat(run(4_500).rollbacks()).as("it is said once").hasSize(1);
    }

    @Test
    void operatorsOwnLedgerIsMarkedTooAndALedgerInPlaceOfAnotherIsNoticed() throws IOException {
        rows(admissions(), "a", 1, 10);
        rows(directory.resolve("own.db"), "own", 1, 10);
        copy(directory.resolve("own.db"), directory.resolve("yesterday.db"));
        rows(directory.resolve("own.db"), "own", 11, 20);
        run(10);
        copy(directory.resolve("yesterday.db"), directory.resolve("own.db"));
        assertThat(run(10).rollbacks()).extracting(Rollback::last).containsExactly(20L);

        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(directory.resolve("admissions.db" + suffix));
        }
        rows(admissions(), "new", 1, 1);
        assertThat(run(0).rollbacks())
                .extracting(Rollback::kept, Rollback::last)
                .contains(tuple(0L, 10L));
    }

    @Test
    void marksAreReadAsTheyAreWrittenAndGarbageIsLeftOut() {
        List<Mark> marks = new ArrayList<>();
        marks.add(new Mark(4_711, "0123456789abcdef".repeat(2)));
        marks.add(new Mark(4_096, "f".repeat(32)));
        assertThat(Mark.read(Mark.text(marks))).isEqualTo(marks);
        assertThat(Mark.read("")).isEmpty();
        assertThat(Mark.read("1: :a 1:xyz -1:" + "f".repeat(32) + " 9".repeat(40)))
                .isEmpty();
    }
}
