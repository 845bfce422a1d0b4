package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interlock.testing.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LedgerCopyTest {
    private static final Postgres SERVER = Postgres.shared();
    private static final InstantSource TIME = InstantSource.system();
    private static final int ENTRIES = 2_500;

    @TempDir
    Path directory;

    private Places files;
    private Database database;

    @BeforeEach
    void write() {
        files = Places.in(directory);
        database = SERVER.empty();
        Ledger.Settings settings = new Ledger.Settings(0, ENTRIES, Duration.ofSeconds(60));
        try (Ledger ledger = Ledger.open(files.admissions(), settings);
                LedgerJournal journal = LedgerJournal.start(ledger, TIME)) {
            ledger.belongsTo("cluster-1");
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (int i = 0; i < ENTRIES; i++) {
                answers.add(append(journal, "Ä-%d".formatted(i)));
            }
            answers.forEach(CompletableFuture::join);
        }
        try (OperatorLedger ledger = OperatorLedger.open(files.ledger());
                OperatorState state = OperatorState.open(files.state())) {
            ledger.drifted(Entries.drift("drift-1", "uid-1", Optional.empty(), Instant.EPOCH));
            state.advance("somewhere", 42);
            state.lastLive("uid-1", "content-1");
        }
    }

    private static CompletableFuture<?> append(LedgerJournal journal, String id) {
        return journal.append(
                        Entries.allowed(id, "service-" + id.hashCode() % 7, TIME.instant()),
                        TIME.instant().plusSeconds(30))
                .toCompletableFuture();
    }

    private LedgerCopy.Copied copy() {
        return new LedgerCopy(files, database, _ -> {}).run(SERVER.roles());
    }

    private static List<Stored> rows(Place place) {
        try (LedgerReader reader = LedgerReader.open(place)) {
            return reader.after(0, 10_000);
        }
    }

    @Test
    void everyEntryIsThereWithItsPlaceAndBothGoOnWhereTheFilesEnded() {
        assertThat(copy()).isEqualTo(new LedgerCopy.Copied(ENTRIES, 1));

        Places there = Places.in(database);
        assertThat(rows(there.admissions())).hasSize(ENTRIES).isEqualTo(rows(files.admissions()));
        assertThat(rows(there.ledger())).isEqualTo(rows(files.ledger()));
        Place writable = Places.in(SERVER.as(SERVER.roles().webhook(), name())).admissions();
        try (Ledger ledger = Ledger.open(writable, Ledger.Settings.DEFAULTS);
                LedgerJournal journal = LedgerJournal.start(ledger, TIME);
                LedgerReader file = LedgerReader.open(files.admissions());
                LedgerReader reader = LedgerReader.open(writable)) {
            assertThat(reader.origin()).isEqualTo(file.origin());
            assertThat(reader.mask().of("value")).isEqualTo(file.mask().of("value"));
            append(journal, "next").join();
            assertThat(reader.after(ENTRIES, 10))
                    .singleElement()
                    .satisfies(row -> assertThat(row.sequence()).isEqualTo(ENTRIES + 1));
            assertThatExceptionOfType(LedgerUnavailable.class).isThrownBy(() -> ledger.belongsTo("cluster-2"));
        }
        try (OperatorState state = OperatorState.open(there.state())) {
            assertThat(state.after("somewhere")).isEqualTo(42);
            assertThat(state.lastLive("uid-1")).contains("content-1");
        }
    }

    private String name() {
        return database.url().substring(database.url().lastIndexOf('/') + 1);
    }

    @Test
    void copyingAgainAddsWhatIsMissingAndDoublesNothing() {
        copy();
        try (Ledger ledger = Ledger.open(files.admissions(), Ledger.Settings.DEFAULTS);
                LedgerJournal journal = LedgerJournal.start(ledger, TIME)) {
            append(journal, "later").join();
        }
        assertThat(copy()).isEqualTo(new LedgerCopy.Copied(ENTRIES + 1, 1));
    }

    @Test
    void fileThatIsBeingWrittenIsNotCopied() {
        try (Ledger _ = Ledger.open(files.admissions(), Ledger.Settings.DEFAULTS)) {
            assertThatExceptionOfType(LedgerUnavailable.class)
                    .isThrownBy(this::copy)
                    .withMessage(
                            "the ledger `%s` is being written by another process: stop that one, or name another file",
                            files.admissions());
        }
    }

    @Test
    void databaseThatHasALedgerOfItsOwnGetsNothing() {
        new Provision(database).run(SERVER.roles());
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(this::copy)
                .withMessageEndingWith("has a ledger of its own already: name a database without one");
        assertThat(rows(Places.in(database).admissions())).isEmpty();
    }

    @Test
    void rowThatDiffersIsNamed() {
        copy();
        SERVER.execute(
                Places.in(database).admissions(),
                "alter table entry disable trigger all; update entry set body = '{}' where sequence = 7");
        assertThatExceptionOfType(LedgerDiffers.class)
                .isThrownBy(this::copy)
                .withMessage("row 7 of table entry of `%s` has another body in the database", files.admissions());
    }

    @Test
    void rowThatIsOnlyInTheDatabaseIsFound() {
        copy();
        SERVER.execute(
                Places.in(database).ledger(),
                "insert into entry (id, kind, decision, at, body) values ('forged', 'Gap', 'd', 'now', '{}')");
        assertThatExceptionOfType(LedgerDiffers.class)
                .isThrownBy(this::copy)
                .withMessage("the database has more rows of table entry than `%s`", files.ledger());
    }

    @Test
    void directoryWithoutALedgerIsRefusedAndNothingIsMade(@TempDir Path empty) {
        files = Places.in(empty);
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(this::copy)
                .withMessageStartingWith("there is no ledger `%s` yet".formatted(files.admissions()));
        assertThat(empty).isEmptyDirectory();
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> LedgerReader.open(Places.in(database).admissions()));
    }
}
