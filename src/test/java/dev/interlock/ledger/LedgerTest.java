package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final String RESTORE = "restore it, or move it away to begin a new one; it was left as it is";

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("ledger.db");
    }

    @Test
    void aLedgerKeepsItsOriginAndItsSalt() {
        String origin;
        String masked;
        try (Ledger ledger = open()) {
            origin = ledger.origin();
            masked = ledger.mask().of("value");
        }
        try (Ledger ledger = open()) {
            assertThat(ledger.origin()).isEqualTo(origin);
            assertThat(ledger.mask().of("value")).isEqualTo(masked);
        }
        try (Ledger other = Ledger.open(new Place.File(directory.resolve("other.db")), Ledger.Settings.DEFAULTS)) {
            assertThat(other.origin()).isNotEqualTo(origin);
            assertThat(other.mask().of("value")).isNotEqualTo(masked);
        }
    }

    @Test
    void onlyItsOwnerMayReadIt() throws Exception {
        Path made = directory.resolve("made/here");
        try (Ledger ledger = Ledger.open(new Place.File(made.resolve("ledger.db")), Ledger.Settings.DEFAULTS);
                LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            append(journal, "uid-1");
            assertThat(mode(made)).isEqualTo("rwx------");
            try (var files = Files.list(made)) {
                assertThat(files)
                        .hasSize(4)
                        .allSatisfy(beside -> assertThat(mode(beside)).isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void aModeThatAVolumeWidenedIsNarrowedAgain() throws Exception {
        open().close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        open().close();
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update entry set body = '{}'",
                "delete from entry",
                "update input set body = '{}'",
                "delete from input",
                "update meta set value = ''",
                "delete from meta",
                "insert or replace into input (digest, body) select digest, '{}' from input",
                "insert or replace into entry (sequence, id, kind, decision, at, body)"
                        + " select sequence, id, kind, decision, at, '{}' from entry"
            })
    void rowsAreAddedAndNeverChanged(String change) throws Exception {
        try (Ledger ledger = open()) {
            try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
                append(journal, "uid-1");
            }
            try (Connection connection = ledger.connect(false);
                    Statement statement = connection.createStatement()) {
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> statement.executeUpdate(change))
                        .withMessageContaining("append-only");
            }
        }
    }

    @Test
    void aCommitReturnsWhenTheDiskHasIt() throws Exception {
        try (Ledger ledger = open();
                Connection connection = ledger.connect(false)) {
            assertThat(Sqlite.text(connection, "pragma journal_mode")).isEqualTo("wal");
            assertThat(Sqlite.number(connection, "pragma synchronous")).isEqualTo(2);
            assertThat(Sqlite.number(connection, "pragma foreign_keys")).isOne();
        }
    }

    @Test
    void twoWritersOfOneFileRefuse() {
        try (Ledger _ = open()) {
            refused("the ledger `%s` is being written by another process: stop that one, or name another file");
        }
        open().close();
    }

    @Test
    void aDirectoryIsNoLedger() throws Exception {
        Files.createDirectory(file);
        refused("the ledger `%s` is a directory: name a file in it");
    }

    @Test
    void randomBytesAreNoLedgerAndStayAsTheyAre() throws Exception {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        Files.write(file, bytes);
        refusedUnchanged("the ledger `%s` is not a SQLite database: " + RESTORE);
    }

    @Test
    void anEmptyFileIsNotBegunAnew() throws Exception {
        Files.createFile(file);
        refusedUnchanged("the ledger `%s` is empty: " + RESTORE);
    }

    @Test
    void aTruncatedLedgerIsDamagedAndStaysAsItIs() throws Exception {
        byte[] whole = filled();
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        refusedUnchanged("the ledger `%s` is damaged (SQLITE_CORRUPT): " + RESTORE);
    }

    @Test
    void aLedgerWithAPageOfZerosIsDamagedAndStaysAsItIs() throws Exception {
        byte[] bytes = filled();
        Arrays.fill(bytes, 4096 * 5, 4096 * 6, (byte) 0);
        Files.write(file, bytes);
        byte[] before = Files.readAllBytes(file);
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(this::open)
                .withMessageStartingWith("the ledger `%s` is damaged (".formatted(file))
                .withMessageEndingWith("): " + RESTORE);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void aDatabaseOfSomethingElseIsNoLedger() throws Exception {
        execute("create table something (other text)");
        refusedUnchanged("the SQLite database `%s` is no ledger: name another file");
    }

    @Test
    void aReadOnlyLedgerIsRefusedAlsoForRoot() throws Exception {
        filled();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        refusedUnchanged("the ledger `%s` is read-only: let the user that Interlock runs as write it");
    }

    @Test
    void aLedgerOfANewerVersionIsRefusedAndStaysAsItIs() throws Exception {
        filled();
        execute("insert into flyway_schema_history"
                + " values (9, '7', 'later', 'SQL', 'V7__later.sql', 1, 'x', '2030-01-01 00:00:00.000', 1, 1)");
        refusedUnchanged("the ledger `%s` has schema version 7, and this version of Interlock knows 3:"
                + " run the version that wrote it, or a newer one");
    }

    @Test
    void aLedgerWhoseSchemaThisVersionDidNotMakeIsRefused() throws Exception {
        filled();
        execute("update flyway_schema_history set checksum = 1");
        refusedUnchanged("the schema of the ledger `%s` is not one that this version of Interlock made:"
                + " run the version that wrote it");
    }

    @Test
    void aPathThroughAFileIsRefused() throws Exception {
        Files.writeString(directory.resolve("file"), "");
        file = directory.resolve("file/ledger.db");
        refused("the ledger `%s` cannot be used (Not a directory):"
                + " let the user that Interlock runs as write there, or name another file");
    }

    @Test
    void aLedgerThatIsGoneButForItsLogIsNotBegunAnew() throws Exception {
        Files.writeString(directory.resolve("ledger.db-wal"), "evidence");
        refused("the ledger `%s` is gone but its write-ahead log `%<s-wal` is not: " + RESTORE);
        assertThat(file).doesNotExist();
        assertThat(directory.resolve("ledger.db-wal")).hasContent("evidence");
    }

    @Test
    void whatIsLeftOfAnInterruptedBeginningIsBegunAgain() throws Exception {
        Files.writeString(directory.resolve("ledger.db.new"), "half a ledger");
        open().close();
        assertThat(directory.resolve("ledger.db.new")).doesNotExist();
    }

    @Test
    void theRefusalOfAFileLeavesItFreeForOthers() throws Exception {
        Files.createFile(file);
        refused("the ledger `%s` is empty: " + RESTORE);
        Files.delete(file);
        open().close();
    }

    private Ledger open() {
        return Ledger.open(new Place.File(file), Ledger.Settings.DEFAULTS);
    }

    private byte[] filled() throws IOException {
        try (Ledger ledger = open();
                LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            for (int i = 0; i < 100; i++) {
                append(journal, "uid-" + i);
            }
        }
        return Files.readAllBytes(file);
    }

    private static void append(LedgerJournal journal, String id) {
        Instant now = InstantSource.system().instant();
        journal.append(Entries.allowed(id, "checkout", now), now.plusSeconds(20))
                .toCompletableFuture()
                .join();
    }

    private void execute(String change) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(change);
        }
    }

    private void refused(String sentence) {
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(this::open)
                .withMessage(sentence.formatted(file));
    }

    private void refusedUnchanged(String sentence) throws IOException {
        byte[] before = Files.readAllBytes(file);
        refused(sentence);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
