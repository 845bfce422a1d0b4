package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a reader finds in files that it should not be given, or that were written by another hand.
class LedgerFileReaderTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

    @TempDir
    Path directory;

    @Test
    void aCountThatCannotBeReadIsNotCounted() throws Exception {
        Ledger ledger = Ledger.open(new Place.File(directory.resolve("ledger.db")), Ledger.Settings.DEFAULTS);
        try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            journal.append(
                            Entries.allowed("uid-1", "checkout", AT),
                            InstantSource.system().instant().plusSeconds(20))
                    .toCompletableFuture()
                    .join();
        }
        String decision = Entries.allowed("any", "checkout", AT).decision().id();
        try (Connection connection = ledger.connect(false);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "insert into entry (id, kind, decision, at, body) values ('uid-1', 'Repeat', '%s', '%s', 'no json')"
                            .formatted(decision, Body.time(AT)));
        }
        try (LedgerReader reader = LedgerReader.open(ledger.place())) {
            assertThat(reader.tally(decision, Long.MAX_VALUE)).contains(new Tally(1, AT, "uid-1", "uid-of-checkout"));
        }
        ledger.close();
    }

    @Test
    void whereThereIsNoLedgerYetAReaderSaysSo() {
        Path none = directory.resolve("none.db");
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> LedgerReader.open(new Place.File(none)))
                .withMessage("there is no ledger `%s` yet: start the process that writes it, or name another file"
                        .formatted(none));
        assertThat(none).doesNotExist();
    }

    @Test
    void theOperatorsStateIsNoLedger() {
        Path state = directory.resolve("operator.db");
        OperatorState.open(new Place.File(state)).close();
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> LedgerReader.open(new Place.File(state)))
                .withMessage("the SQLite database `%s` is no ledger: name another file".formatted(state));
    }
}
