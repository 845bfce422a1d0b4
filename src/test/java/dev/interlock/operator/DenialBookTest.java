package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Entry;
import dev.interlock.ledger.Entries;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerJournal;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Places;
import dev.interlock.testing.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// How often a policy denied within the last day.
@ParameterizedClass
@EnumSource(DenialBookTest.Kept.class)
@Timeout(60)
class DenialBookTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:30Z");
    private static final String A = "uid-of-a";
    private static final String B = "uid-of-b";

    enum Kept {
        SQLITE,
        POSTGRESQL
    }

    @Parameter
    private Kept kept = Kept.SQLITE;

    @TempDir
    private Path directory;

    private Ledger ledger;
    private LedgerReader reader;
    private DenialBook book;

    @BeforeEach
    void open() {
        Places places =
                kept == Kept.SQLITE ? Places.in(directory) : Postgres.shared().fresh();
        ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
        reader = LedgerReader.open(ledger.place());
        book = new DenialBook(reader);
    }

    @AfterEach
    void close() {
        reader.close();
        ledger.close();
    }

    /// Durable when it returns, what was counted among it.
    private void write(Entry... entries) {
        try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.fixed(NOW))) {
            for (Entry entry : entries) {
                journal.append(entry, NOW.plusSeconds(20)).toCompletableFuture().join();
            }
        }
    }

    private void execute(String sql) {
        if (kept == Kept.POSTGRESQL) {
            Postgres.shared().execute(ledger.place(), sql);
            return;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger.place());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Test
    void denialCountsForEachPolicyThatDeniesAndForNoneThatOnlyMatches() {
        assertThat(book.lastDay(A, NOW)).contains(0L);
        write(
                Entries.deniedBy("1", "one", NOW, "a"),
                Entries.deniedBy("2", "two", NOW, "a", "b"),
                Entries.admission("3", "three", "v", "Warned", NOW),
                Entries.admission("4", "four", "v", "Undecided", NOW),
                Entries.allowed("5", "five", NOW),
                Entries.deniedForAStranger("6", "six", NOW, "a"),
                Entries.deniedForAStranger("7", "six", NOW, "a"));
        Instant later = NOW.plusSeconds(5);
        assertThat(book.lastDay(A, later)).contains(2L);
        assertThat(book.lastDay(B, later)).contains(1L);
        assertThat(book.lastDay("uid-of-bystander", later)).contains(0L);
        assertThat(book.lastDay("a", later)).as("a name is no uid").contains(0L);
    }

    @Test
    void denialThatComesAgainCountsAsOftenAsItCame() {
        write(
                Entries.deniedBy("1", "one", NOW, "a", "b"),
                Entries.deniedBy("2", "one", NOW.plusSeconds(1), "a", "b"),
                Entries.deniedBy("3", "one", NOW.plusSeconds(2), "a", "b"),
                Entries.deniedBy("3", "one", NOW.plusSeconds(2), "a", "b"));
        assertThat(reader.after(0, 10))
                .as("the denial, and how often it came again")
                .hasSize(2);
        assertThat(book.lastDay(A, NOW.plusSeconds(5))).contains(4L);
        assertThat(book.lastDay(B, NOW.plusSeconds(5))).contains(4L);
    }

    /// Nothing else has to happen for it.
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "86340, 1", "86399, 1", "86400, 1", "86460, 0", "172800, 0", "-61, 0"})
    void denialCountsForADayToTheMinute(long age, long count) {
        write(Entries.deniedBy("1", "one", NOW.minusSeconds(age), "a"));
        assertThat(book.lastDay(A, NOW)).contains(count);
        assertThat(book.lastDay(A, NOW.plus(2, ChronoUnit.DAYS))).contains(0L);
    }

    /// Whatever happens, and whenever a process begins, also where the clock is set: what it says follows from the
    /// ledger and the time.
    @Test
    void oneThatFollowsOneThatBeginsAndTheLedgerAgree() {
        record Denied(Instant at, boolean byA) {}
        Random random = new Random(7);
        List<Denied> denied = new ArrayList<>();
        Instant now = NOW;
        for (int step = 0; step < 150; step++) {
            now = now.plusSeconds(random.nextInt(4) == 0 ? -1 - random.nextInt(3_600) : 5 + random.nextInt(7_200));
            if (random.nextBoolean()) {
                boolean byA = random.nextBoolean();
                String name = "n" + random.nextInt(1_000);
                Instant at = now.minusSeconds(random.nextInt(120)).truncatedTo(ChronoUnit.MILLIS);
                write(Entries.deniedBy("" + step, name, at, byA ? "a" : "b"), Entries.allowed("x" + step, name, at));
                denied.add(new Denied(at, byA));
            }
            Instant from = now.minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.MINUTES);
            Instant until = now;
            long expected = denied.stream()
                    .filter(each -> each.byA()
                            && !each.at().isBefore(from)
                            && !each.at().truncatedTo(ChronoUnit.MINUTES).isAfter(until))
                    .count();
            assertThat(book.lastDay(A, now)).as("step %d", step).contains(expected);
            assertThat(new DenialBook(reader).lastDay(A, now))
                    .as("step %d", step)
                    .contains(expected);
        }
    }

    @Test
    void untilAllOfThemAreReadNothingIsSaid() {
        write(IntStream.range(0, 55)
                .mapToObj(i -> Entries.deniedBy("" + i, "n" + i, NOW, "a"))
                .toArray(Entry[]::new));
        DenialBook slow = new DenialBook(reader, 2);
        assertThat(slow.lastDay(A, NOW)).isEmpty();
        assertThat(slow.behind()).isTrue();
        assertThat(slow.lastDay(A, NOW)).isEmpty();
        assertThat(slow.lastDay(A, NOW)).contains(55L);
        assertThat(slow.behind()).isFalse();
    }

    @Test
    void nothingIsSaidOfADayInWhichADenialCannotBeRead() {
        write(Entries.deniedBy("1", "one", NOW, "a"));
        assertThat(book.lastDay(A, NOW)).contains(1L);
        execute("insert into entry (id, kind, decision, at, standing, body) values"
                + " ('2', 'Decision', 'd', '2026-11-25T10:00:31.000Z', 'Denies', '{}')");
        assertThat(book.lastDay(A, NOW.plusSeconds(5))).isEmpty();
        assertThat(book.behind()).as("looking again at once does not help").isFalse();
        assertThat(book.lastDay(A, NOW.plus(25, ChronoUnit.HOURS))).contains(0L);
    }

    @Test
    void denialOfNoTimeIsOfNoDay() {
        execute("insert into entry (id, kind, decision, at, standing, body) values"
                + " ('1', 'Decision', 'd', 'soon', 'Denies', '{}')");
        assertThat(book.lastDay(A, NOW)).contains(0L);
        assertThat(book.lastDay(A, NOW.plus(400, ChronoUnit.DAYS))).contains(0L);
    }

    @Test
    void nothingIsSaidWhileTheLedgerCannotBeRead() {
        assertThat(book.lastDay(A, NOW)).contains(0L);
        reader.close();
        assertThat(book.lastDay(A, NOW.plusSeconds(5))).isEmpty();
        assertThat(book.behind()).isFalse();
        assertThat(new DenialBook(reader).lastDay(A, NOW)).isEmpty();
    }
}
