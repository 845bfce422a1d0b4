package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/// A ledger that the version before wrote, opened by this one.
class MigrationTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

    /// As that version wrote it: without template, service, path, owner and approves.
    private static final String BODY = """
            {"admitted":%s,"at":"2026-11-25T10:00:00.000Z","caller":"unverified","checks":1,"cluster":"c",
            "content":"content","decision":"decision-%s","gate":"Required","id":"%s","operation":"CREATE","origin":"o",
            "outcome":"%s","policies":[{"generation":3,"name":"production","uid":"policy-uid"}],"reasons":[
            {"alreadyPresent":%s,"check":"images-pinned","code":"ImageNotPinned","effect":"Warns","message":"m",
            "mode":"Enforce","ownerTeam":"platform","path":"","policy":"production"}],"requester":"alice","schema":1,
            "stage":"production","subject":{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout",
            "namespace":"payments","uid":"uid-1"},"subresource":"","trigger":"Admission"}""".replace("\n", "");

    @TempDir
    Path directory;

    private Path file;
    private SQLiteDataSource source;

    @BeforeEach
    void write() throws SQLException {
        file = directory.resolve("ledger.db");
        source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        Flyway.configure(MigrationTest.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/sqlite")
                .target("1")
                .placeholders(Map.of("origin", "the-origin", "salt", "00".repeat(32)))
                .load()
                .migrate();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into input (digest, body) values ('content', '{}')");
            decision(connection, "allowed", "Allowed", true);
            decision(connection, "warned", "Warned", true);
            decision(connection, "denied", "Denied", false);
            decision(connection, "let-in", "Undecided", true);
            decision(connection, "kept-out", "Undecided", false);
            row(connection, "denied", "Repeat", "decision-denied", """
                    {"count":4,"decision":"decision-denied","first":"denied","lastAt":"2026-11-25T10:00:30.000Z","schema":1}""");
            row(connection, "warned", "Amendment", "decision-warned", """
                    {"admitted":true,"answered":"Undecided","at":"2026-11-25T10:00:00.000Z","cause":"late",
                    "decision":"decision-warned","entry":"warned","schema":1}""".replace("\n", ""));
            row(connection, "broken", "Decision", "decision-broken", "no json");
            statement.executeUpdate("update sqlite_sequence set seq = 41 where name = 'entry'");
            decision(connection, "relieved", "Warned", true);
            decision(connection, "last", "Allowed", true);
        }
    }

    private static void decision(Connection connection, String id, String outcome, boolean admitted)
            throws SQLException {
        row(
                connection,
                id,
                "Decision",
                "decision-" + id,
                BODY.formatted(admitted, id, id, outcome, id.equals("relieved")));
    }

    private static void row(Connection connection, String id, String kind, String decision, String body)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into entry (id, kind, decision, at, namespace, input, body) values (?, ?, ?, ?, 'payments', ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, kind);
            insert.setString(3, decision);
            insert.setString(4, Body.time(AT));
            insert.setString(5, kind.equals("Decision") ? "content" : null);
            insert.setString(6, body);
            insert.executeUpdate();
        }
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private void migrate() {
        Ledger.open(new Place.File(file), Ledger.Settings.DEFAULTS).close();
    }

    @Test
    void everyRowStaysWhatItWasWhereItWas() throws SQLException {
        String rows = "select sequence || id || kind || decision || at || namespace || coalesce(input, '-') || body"
                + " from entry order by sequence";
        List<String> before = texts(rows);
        assertThat(before).hasSize(10);
        migrate();
        assertThat(texts(rows)).isEqualTo(before);
        assertThat(texts("select value from meta order by key")).containsExactly("the-origin", "00".repeat(32));
        assertThat(texts("pragma foreign_key_check")).isEmpty();
        assertThat(texts("pragma integrity_check")).containsExactly("ok");
    }

    @Test
    void rowsGetTheStandingThatTheyHadWhenEverybodyWasAPromoter() throws SQLException {
        migrate();
        assertThat(texts("select id || ' ' || kind || ' ' || coalesce(uid, '-') || ' ' || coalesce(standing, '-')"
                        + " from entry order by sequence"))
                .containsExactly(
                        "allowed Decision uid-1 Approves",
                        "warned Decision uid-1 Approves",
                        "denied Decision uid-1 Denies",
                        "let-in Decision uid-1 Covers",
                        "kept-out Decision uid-1 -",
                        "denied Repeat - -",
                        "warned Amendment - -",
                        "broken Decision - -",
                        "relieved Decision uid-1 Covers",
                        "last Decision uid-1 Approves");
    }

    @Test
    void rowsThatCameBeforeAreReadByThisVersion() {
        migrate();
        try (LedgerReader reader = LedgerReader.open(new Place.File(file))) {
            assertThat(reader.byEntry("allowed")).get().isInstanceOfSatisfying(Stored.Decided.class, decided -> {
                assertThat(decided.entry().outcome()).isEqualTo("Allowed");
                assertThat(decided.entry().service()).isEmpty();
                assertThat(decided.entry().approves()).isEmpty();
                assertThat(decided.entry().reasons().getFirst().relief()).isEmpty();
                assertThat(decided.entry().reasons().getFirst().alreadyPresent())
                        .isFalse();
            });
            assertThat(reader.of("uid-1"))
                    .as("without the one that was answered otherwise")
                    .extracting(intent -> intent.entry())
                    .containsExactly("allowed", "let-in", "relieved", "last");
            assertThat(reader.denials(AT))
                    .singleElement()
                    .satisfies(denied -> assertThat(denied.id()).isEqualTo("denied"));
            assertThat(reader.tally("decision-denied", 100).map(Tally::occurrences))
                    .contains(5L);
        }
    }

    @Test
    void sequenceGoesOnBehindTheNewestRowThatEverWas() throws SQLException {
        assertThat(texts("select max(sequence) from entry")).containsExactly("43");
        migrate();
        try (Ledger ledger = Ledger.open(new Place.File(file), Ledger.Settings.DEFAULTS);
                LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            journal.append(
                            Entries.allowed("next", "checkout", AT),
                            InstantSource.system().instant().plusSeconds(20))
                    .toCompletableFuture()
                    .join();
        }
        assertThat(texts("select sequence from entry where id = 'next'")).containsExactly("44");
    }

    @Test
    void ledgerStaysAppendOnlyAndOneOccurrenceOneRow() throws SQLException {
        migrate();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String change : List.of(
                    "update entry set body = 'x'",
                    "delete from entry",
                    "update input set body = 'x'",
                    "delete from input",
                    "update meta set value = 'x'",
                    "delete from meta")) {
                assertThatExceptionOfType(SQLException.class)
                        .as(change)
                        .isThrownBy(() -> statement.executeUpdate(change))
                        .withMessageContaining("the ledger is append-only");
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> decision(connection, "allowed", "Allowed", true))
                    .withMessageContaining("UNIQUE");
        }
    }

    @Test
    void migratingOnceIsEnough() throws SQLException {
        migrate();
        Optional<String> before = texts("select group_concat(sequence || body) from entry").stream()
                .findFirst();
        migrate();
        assertThat(texts("select group_concat(sequence || body) from entry").stream()
                        .findFirst())
                .isEqualTo(before);
    }
}
