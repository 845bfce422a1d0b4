package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.interlock.decision.Journal.Journaled;
import dev.interlock.decision.Trigger;
import dev.interlock.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a ledger in PostgreSQL promises beyond what the suite for both databases says: several processes
/// write it, each by a role that can change nothing.
@Timeout(60)
class PostgresqlTest {
    private static final InstantSource TIME = InstantSource.system();
    private static final Postgres SERVER = Postgres.shared();

    private static CompletableFuture<Journaled> append(LedgerJournal journal, String id) {
        return journal.append(
                        Entries.allowed(id, id, TIME.instant()), TIME.instant().plusSeconds(20))
                .toCompletableFuture();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update entry set body = '{}'",
                "delete from entry",
                "truncate entry, input",
                "update meta set value = 'x'",
                "delete from input",
                "drop table entry",
                "alter table entry disable trigger all",
                "create table other (x int)",
                "insert into interlock_operator.entry (id, kind, decision, at, body) values ('x', 'x', 'x', 'x', '{}')",
                "select * from interlock_state.memory",
                "insert into entry (sequence, id, kind, decision, at, body) values (9223372036854775807, 'x', 'x', 'x', 'x', 'x')"
            })
    void theRoleOfAWebhookAddsAndReadsAndNothingElse(String forbidden) throws SQLException {
        Ledger ledger = Ledger.open(SERVER.fresh().admissions(), Ledger.Settings.DEFAULTS);
        try (Connection connection = ledger.connect(false);
                Statement statement = connection.createStatement()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.execute(forbidden))
                    .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"update entry set body = '{}'", "delete from entry", "truncate entry", "delete from meta"})
    void evenTheOwnerCannotChangeARowByMistake(String mistake) {
        Places places = SERVER.fresh();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SERVER.execute(places.admissions(), mistake))
                .withStackTraceContaining("the ledger is append-only");
    }

    @Test
    void rowsOfSeveralWritersAreReadInTheOrderInWhichTheyWereCommittedAndNoneIsMissed() {
        Places places = SERVER.fresh();
        int writers = 4;
        int each = 250;
        List<Long> seen = new ArrayList<>();
        List<Ledger> ledgers = new ArrayList<>();
        List<LedgerJournal> journals = new ArrayList<>();
        try (LedgerReader reader = LedgerReader.open(places.admissions())) {
            for (int i = 0; i < writers; i++) {
                ledgers.add(Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS));
                journals.add(LedgerJournal.start(ledgers.getLast(), TIME));
            }
            List<CompletableFuture<Journaled>> answers = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                for (int writer = 0; writer < writers; writer++) {
                    answers.add(append(journals.get(writer), "%d-%d".formatted(writer, i)));
                }
            }
            while (seen.size() < writers * each) {
                reader.after(seen.isEmpty() ? 0 : seen.getLast(), 50).forEach(row -> seen.add(row.sequence()));
            }
            answers.forEach(answer -> assertThat(answer.join()).isInstanceOf(Journaled.Durable.class));
            assertThat(reader.after(0, 10_000)).hasSize(writers * each);
        } finally {
            journals.forEach(LedgerJournal::close);
            ledgers.forEach(Ledger::close);
        }
    }

    @Test
    void oneOccurrenceThatTwoWritersHandInIsOneRow() {
        Places places = SERVER.fresh();
        try (Ledger one = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
                Ledger two = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
                LedgerJournal first = LedgerJournal.start(one, TIME);
                LedgerJournal second = LedgerJournal.start(two, TIME);
                LedgerReader reader = LedgerReader.open(places.admissions())) {
            assertThat(append(first, "same").join()).isEqualTo(new Journaled.Durable("same"));
            assertThat(append(second, "same").join()).isEqualTo(new Journaled.Durable("same"));
            assertThat(reader.after(0, 10)).hasSize(1);
            assertThat(one.origin()).isEqualTo(two.origin());
        }
    }

    @Test
    void writerThatStopsInTheMiddleOfATransactionHoldsUpTheOthersForSecondsOnly() throws SQLException {
        Places places = SERVER.fresh();
        try (Ledger ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
                LedgerJournal journal = LedgerJournal.start(ledger, TIME);
                Connection stopped = ledger.connect(false)) {
            stopped.setAutoCommit(false);
            ledger.engine().begin(stopped);
            assertThat(append(journal, "a").join()).isEqualTo(new Journaled.Durable("a"));
            assertThatExceptionOfType(SQLException.class).isThrownBy(stopped::commit);
        }
    }

    /// The long form: 20 times in 5,000 decisions.
    @Test
    @Timeout(240)
    void case21_serverKilledAgainAndAgainLosesNothingThatWasAcknowledgedAndDoublesNothing() {
        int kills = Boolean.getBoolean("interlock.torture") ? 20 : 5;
        try (Postgres own = Postgres.start()) {
            Places places = own.fresh();
            List<String> acknowledged = new ArrayList<>();
            int refused = 0;
            try (Ledger ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
                    LedgerJournal journal = LedgerJournal.start(ledger, TIME)) {
                for (int kill = 0; kill < kills; kill++) {
                    List<CompletableFuture<Journaled>> answers = new ArrayList<>();
                    for (int i = 0; i < 250; i++) {
                        answers.add(append(journal, "%d-%d".formatted(kill, i)));
                        if (i == 12 * kill) {
                            own.crash();
                        }
                    }
                    for (int i = 0; i < answers.size(); i++) {
                        if (answers.get(i).join() instanceof Journaled.Durable(String entry)) {
                            acknowledged.add(entry);
                        } else {
                            refused++;
                        }
                    }
                    own.recover();
                    String probe = "probe-" + kill;
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> append(journal, probe).join() instanceof Journaled.Durable);
                    acknowledged.add(probe);
                }
            }
            try (LedgerReader reader = LedgerReader.open(places.admissions())) {
                List<String> rows = reader.after(0, 100_000).stream()
                        .flatMap(row -> row instanceof Stored.Decided decided
                                ? Stream.of(decided.entry().id())
                                : Stream.empty())
                        .toList();
                Set<String> amended = reader.after(0, 100_000, Set.of("Amendment")).stream()
                        .map(row -> ((Stored.Amended) row).amendment().entry())
                        .collect(Collectors.toSet());
                assertThat(rows).doesNotHaveDuplicates().containsAll(acknowledged);
                assertThat(rows.stream()
                                .filter(id -> !acknowledged.contains(id))
                                .toList())
                        .as("what is there though it was answered otherwise is amended")
                        .allMatch(amended::contains);
                assertThat(refused).isPositive();
            }
        }
    }

    @Test
    void serverWithNoConnectionsLeftIsSaidAndHealsByItself() {
        Places places = SERVER.fresh();
        Place.Schema admissions = (Place.Schema) places.admissions();
        String role = admissions.database().user().orElseThrow();
        try (Ledger ledger = Ledger.open(admissions, Ledger.Settings.DEFAULTS)) {
            SERVER.execute("postgres", "alter role %s connection limit 0".formatted(role));
            try (LedgerJournal journal = LedgerJournal.start(ledger, TIME)) {
                assertThat(append(journal, "a").join())
                        .isInstanceOfSatisfying(
                                Journaled.NotDurable.class,
                                no -> assertThat(no.cause()).contains("has no room or no connections left"));
                SERVER.execute("postgres", "alter role %s connection limit -1".formatted(role));
                await().until(() -> append(journal, "b").join() instanceof Journaled.Durable);
            } finally {
                SERVER.execute("postgres", "alter role %s connection limit -1".formatted(role));
            }
        }
    }

    @Test
    void ofTwoOperatorsOneWritesAndTheOtherTakesOverOnceItsConnectionEnds() {
        Places places = SERVER.fresh();
        OperatorLedger first = OperatorLedger.open(places.ledger());
        OperatorState state = OperatorState.open(places.state());
        assertThatExceptionOfType(AnotherLeads.class).isThrownBy(() -> OperatorLedger.open(places.ledger()));
        assertThatExceptionOfType(AnotherLeads.class).isThrownBy(() -> OperatorState.open(places.state()));
        first.began(new Gap(1, "gap-1", Instant.EPOCH, "WebhookDown", ""));

        SERVER.execute(
                places.ledger(),
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

        await().until(() -> sessions(places) == 0);
        try (OperatorLedger second = OperatorLedger.open(places.ledger());
                OperatorState taken = OperatorState.open(places.state());
                LedgerReader reader = LedgerReader.open(places.ledger())) {
            second.began(new Gap(1, "gap-1", Instant.EPOCH, "WebhookDown", ""));
            second.ended(new GapEnd(1, "gap-1", Instant.EPOCH.plusSeconds(1)));
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThatExceptionOfType(LedgerUnavailable.class)
                        .as("who has lost it writes nothing more, however often it tries")
                        .isThrownBy(() -> first.began(new Gap(1, "gap-2", Instant.EPOCH, "WebhookDown", "")));
                assertThatExceptionOfType(LedgerUnavailable.class).isThrownBy(first::keep);
                assertThatExceptionOfType(LedgerUnavailable.class).isThrownBy(state::keep);
            }
            taken.keep();
            assertThat(reader.notes()).hasSize(2);
        }
        first.close();
        try (OperatorLedger _ = OperatorLedger.open(places.ledger())) {
            assertThatExceptionOfType(AnotherLeads.class).isThrownBy(() -> OperatorLedger.open(places.ledger()));
        }
    }

    /// Of operators, in the database of these places.
    private static int sessions(Places places) {
        Place.Schema schema = (Place.Schema) places.ledger();
        String name = schema.database().url().substring(schema.database().url().lastIndexOf('/') + 1);
        return SERVER.number("select count(*) from pg_stat_activity where datname = '%s' and usename = '%s'"
                .formatted(name, schema.database().user().orElseThrow()));
    }

    @Test
    void readerConnectsAnewAfterItsConnectionWasLost() {
        Places places = SERVER.fresh();
        try (LedgerReader reader = LedgerReader.open(places.admissions())) {
            SERVER.execute(
                    places.admissions(),
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            assertThatExceptionOfType(LedgerUnavailable.class).isThrownBy(reader::last);
            assertThat(reader.last()).isZero();
        }
    }

    @Test
    void case25_oneDatabaseIsOfOneCluster() {
        Places places = SERVER.fresh();
        try (Ledger ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS)) {
            ledger.belongsTo("cluster-1");
            ledger.belongsTo("cluster-1");
        }
        try (Ledger ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS)) {
            assertThatExceptionOfType(LedgerUnavailable.class)
                    .isThrownBy(() -> ledger.belongsTo("cluster-2"))
                    .withMessage(
                            "the ledger `%s` is that of cluster cluster-1, and this is cluster cluster-2: name another database or file",
                            places.admissions())
                    .matches(LedgerUnavailable::lasting);
        }
    }

    @Test
    void roleThatWasGivenNothingDoesNotGetIn() {
        Places places = SERVER.fresh();
        Place.Schema schema = (Place.Schema) places.admissions();
        String database =
                schema.database().url().substring(schema.database().url().lastIndexOf('/') + 1);
        new Provision(SERVER.owner(database)).run(SERVER.roles());
        SERVER.execute(
                "postgres", "drop role if exists stranger; create role stranger login password 'secret-of-a-test'");
        Place place = Places.in(SERVER.as("stranger", database)).admissions();
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(place, Ledger.Settings.DEFAULTS))
                .withMessageContaining("gives this user too few rights");
    }

    @Test
    void roleThatDoesNotExistIsNamedByWhatToDo() {
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> new Provision(SERVER.empty()).run(new Provision.Roles("nobody", "nobody")))
                .withMessageContaining("has not the role that is named: create it (42704)");
    }

    @Test
    void textThatOnlySqliteWouldTakeIsKeptInTheBodyToo() {
        Places places = SERVER.fresh();
        try (Ledger ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
                LedgerJournal journal = LedgerJournal.start(ledger, TIME);
                LedgerReader reader = LedgerReader.open(places.admissions())) {
            String awkward = "a\u0000b\uD800c";
            assertThat(journal.append(
                                    Entries.of(
                                            Trigger.ADMISSION,
                                            "id",
                                            "checkout",
                                            awkward,
                                            "Allowed",
                                            true,
                                            TIME.instant()),
                                    TIME.instant().plusSeconds(20))
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(new Journaled.Durable("id"));
            assertThat(reader.of("uid-of-checkout")).hasSize(1);
        }
    }

    @Test
    void databaseWithoutTablesSaysWhatMakesThem() {
        Place place = Places.in(SERVER.empty()).admissions();
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(place, Ledger.Settings.DEFAULTS))
                .withMessage("there is no ledger `%s` that this user may read: run `interlock ledger migrate`", place)
                .matches(e -> !e.lasting());
    }

    @Test
    void tablesOfANewerVersionAreRefused() {
        Places places = SERVER.fresh();
        SERVER.execute(
                places.admissions(),
                "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)"
                        + " values (9, '9', 'later', 'SQL', 'V9__later.sql', 1, 'x', 1, true)");
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS))
                .withMessage(
                        "the ledger `%s` has schema version 9, and this version of Interlock knows 1: run the version that wrote it, or a newer one",
                        places.admissions())
                .matches(LedgerUnavailable::lasting);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            nobody, wrong,  postgres, does not accept this user and password
            postgres, postgres, none, does not exist
            """)
    void wrongUserOrDatabaseIsSaidOnceAndForAll(String user, String password, String database, String clause) {
        Database wrong = new Database(SERVER.url(database), Optional.of(user), Optional.of(password));
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(Places.in(wrong).admissions(), Ledger.Settings.DEFAULTS))
                .withMessageContaining(clause)
                .matches(LedgerUnavailable::lasting)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wrong"));
    }

    @Test
    void serverThatCannotBeReachedIsWaitedFor() {
        Database away = new Database("jdbc:postgresql://localhost:1/interlock", Optional.of("a"), Optional.of("b"));
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(Places.in(away).admissions(), Ledger.Settings.DEFAULTS))
                .withMessageContaining(
                        "`jdbc:postgresql://localhost:1/interlock, schema interlock_webhook` cannot be reached")
                .matches(e -> !e.lasting());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql:///interlock",
                "jdbc:postgresql:interlock",
                "jdbc:postgresql://db",
                "jdbc:postgresql://db/",
                "jdbc:postgresql://user:secret@db/interlock",
                "postgresql://db/interlock",
                "jdbc:mysql://db/interlock",
                "jdbc:postgresql://db:port/interlock?password=hidden",
                "jdbc:postgresql://db/interlock?password=100%",
                ""
            })
    void urlThatNamesNoHostOrNoDatabaseIsRefusedWithoutRepeatingIt(String url) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Database(url, Optional.empty(), Optional.empty()))
                .withMessage(
                        "it is not of the form `jdbc:postgresql://host:5432/database`, with the user and the password apart from it");
    }

    @Test
    void noSecretIsInWhatIsSaidOfADatabase() {
        Database database = new Database(
                "jdbc:postgresql://db:5432/interlock?sslmode=require&password=hidden",
                Optional.of("ann"),
                Optional.of("hidden"));
        assertThat(database).hasToString("jdbc:postgresql://db:5432/interlock");
        assertThat(Places.in(database).toString()).doesNotContain("hidden");
    }
}
