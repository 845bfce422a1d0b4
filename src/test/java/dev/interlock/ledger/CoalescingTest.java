package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.decision.Entry;
import dev.interlock.decision.Journal.Journaled;
import dev.interlock.decision.Journal.Journaled.Durable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@ParameterizedClass
@EnumSource(Keeping.class)
@Timeout(30)
class CoalescingTest {
    private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");

    private final Keeping keeping;

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private Ledger ledger;
    private Tap tap;
    private LedgerJournal journal;
    private LedgerReader reader;

    CoalescingTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void open() {
        ledger = Ledger.open(keeping.places(directory).admissions(), Ledger.Settings.DEFAULTS);
        tap = new Tap(ledger);
        journal = LedgerJournal.start(ledger, now::get, () -> Long.MAX_VALUE, tap);
        reader = LedgerReader.open(ledger.place());
    }

    @AfterEach
    void close() {
        reader.close();
        journal.close();
        ledger.close();
    }

    @Test
    void anEqualDenialWithinAMinuteOfTheFirstInsertsNothingAndNamesTheFirst() {
        assertThat(denied("a-1", "a", 0)).isEqualTo(new Durable("a-1"));
        assertThat(denied("a-2", "a", 1)).isEqualTo(new Durable("a-1"));
        assertThat(denied("a-3", "a", 59)).isEqualTo(new Durable("a-1"));

        assertThat(rows()).containsExactly("Decision a-1");
    }

    @Test
    void whenTheMinuteEndsOneRepeatSaysHowOftenAndWhenLast() {
        denied("a-1", "a", 0);
        denied("a-2", "a", 59);
        denied("a-3", "a", 30);
        now.set(START.plusMillis(59_999));
        append(Entries.allowed("other", "x", START)).join(); // the writer looks at the time
        assertThat(rows()).containsExactly("Decision a-1", "Decision other");

        now.set(START.plusSeconds(61));

        await().untilAsserted(() -> assertThat(rows()).containsExactly("Decision a-1", "Decision other", "Repeat a-1"));
        assertThat(repeat()).isEqualTo(new Repeat(1, "a-1", decision("a"), 2, START.plusSeconds(59)));
    }

    @Test
    void theMinuteIsTheEntriesOwnAndTheNextDenialAfterItBeginsAnother() {
        denied("a-1", "a", 0);
        denied("a-2", "a", 10);
        assertThat(denied("a-3", "a", 60)).isEqualTo(new Durable("a-3"));
        assertThat(denied("a-4", "a", 61)).isEqualTo(new Durable("a-3"));

        assertThat(rows()).containsExactly("Decision a-1", "Repeat a-1", "Decision a-3");
    }

    @Test
    void aDenialThatNeverCameAgainHasNoRepeat() {
        denied("a-1", "a", 0);
        now.set(START.plusSeconds(3_600));
        denied("b-1", "b", 3_600);
        journal.close();

        assertThat(rows()).containsExactly("Decision a-1", "Decision b-1");
    }

    @Test
    void otherDenialsAreKeptApart() {
        denied("a-1", "a", 0);
        assertThat(denied("b-1", "b", 0)).isEqualTo(new Durable("b-1"));
        assertThat(denied("b-2", "b", 1)).isEqualTo(new Durable("b-1"));
    }

    @Test
    void onlyDenialsAreCounted() {
        append(Entries.allowed("uid-1", "a", START)).join();
        append(Entries.allowed("uid-2", "a", START)).join();
        append(Entries.warned("uid-3", "a", START)).join();
        append(Entries.warned("uid-4", "a", START)).join();

        assertThat(rows()).hasSize(4);
    }

    @Test
    void theSameOccurrenceHandedInAgainIsNotCounted() {
        denied("a-1", "a", 0);
        assertThat(denied("a-1", "a", 0)).isEqualTo(new Durable("a-1"));
        journal.close();

        assertThat(rows()).containsExactly("Decision a-1");
    }

    @Test
    void equalDenialsOfOneCommitAreOneRow() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        tap.beforeCommit = () -> {
            tap.mend();
            release.await();
        };
        var _ = append(Entries.allowed("held", "x", START));
        await().until(() -> journal.pending() == 1 && tap.opened.get() == 1);
        var storm = IntStream.range(0, 100)
                .mapToObj(i -> append(Entries.denied("a-" + i, "a", START)))
                .toList();
        release.countDown();

        storm.forEach(answer -> assertThat(answer.join()).isEqualTo(new Durable("a-0")));
        assertThat(rows()).containsExactly("Decision held", "Decision a-0");
    }

    @Test
    void aDenialWhoseCommitFailedStandsForNoOther() {
        tap.beforeCommit = () -> {
            tap.mend();
            throw new SQLiteException("injected", SQLiteErrorCode.SQLITE_IOERR_FSYNC);
        };
        assertThat(denied("a-1", "a", 0)).isInstanceOf(Journaled.NotDurable.class);
        assertThat(denied("a-2", "a", 1)).isEqualTo(new Durable("a-2"));
    }

    @Test
    void aCountThatCouldNotBeWrittenIsWrittenLater() {
        denied("a-1", "a", 0);
        denied("a-2", "a", 1);
        tap.beforeCommit = () -> {
            tap.mend();
            throw new SQLiteException("injected", SQLiteErrorCode.SQLITE_FULL);
        };
        now.set(START.plusSeconds(60));
        await().until(() -> !tap.broken());
        now.set(START.plusSeconds(62));

        await().untilAsserted(() -> assertThat(rows()).containsExactly("Decision a-1", "Repeat a-1"));
    }

    @Test
    void closingWritesTheCountsOfMinutesThatHaveNotEnded() {
        denied("a-1", "a", 0);
        denied("a-2", "a", 1);
        denied("b-1", "b", 2);
        denied("b-2", "b", 3);
        denied("b-3", "b", 4);
        journal.close();

        assertThat(rows())
                .startsWith("Decision a-1", "Decision b-1")
                .contains("Repeat a-1", "Repeat b-1")
                .hasSize(4);
        assertThat(reader.tally(decision("b"), Long.MAX_VALUE))
                .contains(new Tally(3, START.plusSeconds(4), "b-1", "uid-of-b"));
        assertThat(reader.tally(decision("b"), 2)).contains(new Tally(1, START.plusSeconds(2), "b-1", "uid-of-b"));
        assertThat(reader.tally(decision("b"), 1)).isEmpty();
    }

    @Test
    void whereTooManyMinutesAreOpenDenialsAreWritten() {
        Repeats repeats = new Repeats(Duration.ofSeconds(60), 1);
        Ticket first = ticket("a-1", "a");
        Ticket other = ticket("b-1", "b");
        repeats.open(first);
        repeats.open(other);

        assertThat(repeats.count(ticket("a-2", "a"))).contains("a-1");
        assertThat(repeats.count(ticket("b-2", "b"))).isEqualTo(Optional.empty());
    }

    private static Ticket ticket(String id, String name) {
        Entry entry = Entries.denied(id, name, START);
        return new Ticket(entry, Row.decision(entry, "origin"));
    }

    private Journaled denied(String id, String name, long seconds) {
        return append(Entries.denied(id, name, START.plusSeconds(seconds))).join();
    }

    private CompletableFuture<Journaled> append(Entry entry) {
        return journal.append(entry, now.get().plusSeconds(20)).toCompletableFuture();
    }

    private static String decision(String name) {
        return Entries.denied("any", name, START).decision().id();
    }

    private Repeat repeat() {
        return ((Stored.Repeated) reader.after(0, 10).getLast()).repeat();
    }

    private List<String> rows() {
        return reader.after(0, 1_000).stream()
                .map(stored -> switch (stored) {
                    case Stored.Decided decided -> "Decision " + decided.entry().id();
                    case Stored.Repeated repeated ->
                        "Repeat " + repeated.repeat().first();
                    case Stored.Amended amended ->
                        "Amendment " + amended.amendment().entry();
                    case Stored.Unreadable unreadable -> unreadable.cause();
                    case Stored.Drifted _,
                            Stored.DriftEnded _,
                            Stored.GapBegan _,
                            Stored.GapEnded _,
                            Stored.WentBack _ -> throw new AssertionError(stored);
                    case Stored.Scoped _, Stored.Released _, Stored.Tightened _, Stored.Applied _ ->
                        throw new AssertionError(stored);
                })
                .toList();
    }
}
