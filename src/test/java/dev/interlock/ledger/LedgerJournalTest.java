package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.decision.Entry;
import dev.interlock.decision.Journal.Journaled;
import dev.interlock.decision.Journal.Journaled.Durable;
import dev.interlock.decision.Journal.Journaled.NotDurable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
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
class LedgerJournalTest {
    private static final long PLENTY = 1L << 40;
    private static final InstantSource TIME = InstantSource.system();

    private final Keeping keeping;

    @TempDir
    Path directory;

    private final AtomicLong free = new AtomicLong(PLENTY);
    private Ledger ledger;
    private Tap tap;
    private LedgerJournal journal;
    private LedgerReader reader;

    LedgerJournalTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void open() {
        ledger = Ledger.open(
                keeping.places(directory).admissions(), new Ledger.Settings(64L << 20, 500, Duration.ofSeconds(60)));
        tap = new Tap(ledger);
        journal = LedgerJournal.start(ledger, TIME, free::get, tap);
        reader = LedgerReader.open(ledger.place());
    }

    @AfterEach
    void close() {
        tap.mend();
        reader.close();
        journal.close();
        ledger.close();
    }

    @Test
    void whatIsDurableIsInTheLedgerWhenTheAnswerComes() {
        Entry entry = Entries.warned("uid-1", "checkout", Instant.parse("2026-11-25T10:00:00.123456Z"));

        assertThat(append(entry).join()).isEqualTo(new Durable("uid-1"));

        assertThat(reader.byEntry("uid-1")).contains(new Stored.Decided(1, DecisionEntry.of(entry, ledger.origin())));
    }

    @Test
    void entriesStandInTheOrderInWhichTheyWereHandedIn() {
        List<CompletableFuture<Journaled>> answers = IntStream.range(0, 200)
                .mapToObj(i -> append(allowed("uid-" + i)))
                .toList();
        answers.forEach(CompletableFuture::join);

        assertThat(ids())
                .isEqualTo(IntStream.range(0, 200).mapToObj(i -> "uid-" + i).toList());
    }

    @Test
    void whatQueuesWhileOneCommitRunsIsOneCommit() throws Exception {
        CountDownLatch release = holdNextCommit();
        var first = append(allowed("first"));
        await().until(() -> journal.pending() == 1);
        Queue<CompletableFuture<Journaled>> others = new ConcurrentLinkedQueue<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(20)) {
            IntStream.range(0, 200).forEach(i -> callers.execute(() -> others.add(append(allowed("uid-" + i)))));
        }
        assertThat(journal.pending()).isEqualTo(201);
        release.countDown();
        others.forEach(answer -> assertThat(answer.join()).isInstanceOf(Durable.class));
        assertThat(first.join()).isEqualTo(new Durable("first"));
        assertThat(tap.commits).hasValue(2);
        assertThat(journal.pending()).isZero();
    }

    @Test
    void anEntryWhoseDeadlineComesWhileItWaitsIsWithdrawnAndNeverWritten() throws Exception {
        CountDownLatch release = holdNextCommit();
        var first = append(allowed("first"));
        await().until(() -> journal.pending() == 1 && tap.opened.get() == 1);
        var withdrawn = append(allowed("withdrawn"), Duration.ofMillis(50));

        assertThat(withdrawn.join()).isEqualTo(new NotDurable("not durable within the deadline"));

        release.countDown();
        assertThat(first.join()).isEqualTo(new Durable("first"));
        assertThat(append(allowed("last")).join()).isEqualTo(new Durable("last"));
        assertThat(ids()).containsExactly("first", "last");
    }

    @Test
    void anEntryWhoseDeadlineHasPassedIsNotTakenUp() {
        assertThat(append(allowed("late"), Duration.ofMillis(-1)).join()).isInstanceOf(NotDurable.class);
        append(allowed("other")).join();
        assertThat(ids()).containsExactly("other");
    }

    @Test
    void anEntryThatBecomesDurableAfterItsAnswerIsAmended() throws Exception {
        CountDownLatch release = holdNextCommit();
        var late = append(allowed("late"), Duration.ofMillis(100));

        assertThat(late.join()).isEqualTo(new NotDurable("not durable within the deadline"));
        assertThat(reader.after(0, 10)).isEmpty();

        release.countDown();
        await().until(() -> reader.after(0, 10).size() == 2);
        assertThat(reader.after(0, 10).getLast()).isInstanceOfSatisfying(Stored.Amended.class, amended -> {
            assertThat(amended.amendment().entry()).isEqualTo("late");
            assertThat(amended.amendment().answered()).isEqualTo("Undecided");
            assertThat(amended.amendment().admitted()).isFalse();
            assertThat(amended.amendment().cause()).isNotEmpty();
        });
    }

    @Test
    void theAnswerInPlaceOfALateDenialWasADenialToo() throws Exception {
        CountDownLatch release = holdNextCommit();
        append(Entries.denied("late", "checkout", TIME.instant()), Duration.ofMillis(100))
                .join();
        release.countDown();
        await().until(() -> reader.after(0, 10).size() == 2);
        assertThat(((Stored.Amended) reader.after(0, 10).getLast()).amendment().answered())
                .isEqualTo("Denied");
    }

    @Test
    void anIdThatTheLedgerHasCountsAsDurableAndIsNotWrittenTwice() {
        append(allowed("same")).join();
        assertThat(append(allowed("same")).join()).isEqualTo(new Durable("same"));
        assertThat(ids()).containsExactly("same");
    }

    @Test
    void aFullQueueRefusesAtOnce() throws Exception {
        CountDownLatch release = holdNextCommit();
        var _ = append(allowed("first"));
        await().until(() -> journal.pending() == 1 && tap.opened.get() == 1);
        var waiting = IntStream.range(0, 500)
                .mapToObj(i -> append(allowed("uid-" + i)))
                .toList();

        assertThat(append(allowed("one-too-many")).join())
                .isEqualTo(new NotDurable("the journal's queue is full (500 entries wait for the disk)"));

        release.countDown();
        waiting.forEach(answer -> assertThat(answer.join()).isInstanceOf(Durable.class));
    }

    @Test
    void theOldestPendingEntryAgesForAsLongAsTheDiskHangs() throws Exception {
        assertThat(journal.oldestPending(TIME.instant())).isZero();
        CountDownLatch release = holdNextCommit();
        Instant at = TIME.instant();
        append(Entries.allowed("first", "checkout", at), Duration.ofMillis(10)).join();

        assertThat(journal.pending()).isOne();
        assertThat(journal.oldestPending(at.plusSeconds(90))).isEqualTo(Duration.ofSeconds(90));

        release.countDown();
        await().untilAsserted(() -> assertThat(journal.pending()).isZero());
    }

    @Test
    void nothingIsWrittenIntoTheReserve() {
        free.set((64L << 20) - 1);
        assertThat(append(allowed("no-room")).join())
                .isEqualTo(new NotDurable("less than 64 MiB free on the disk with `%s`, a reserve is kept for recovery"
                        .formatted(ledger.place())));
        assertThat(reader.after(0, 10)).isEmpty();

        free.set(PLENTY);
        await().untilAsserted(() -> assertThat(append(allowed("room")).join()).isEqualTo(new Durable("room")));
    }

    @Test
    void aFullDatabaseIsSaidToBeFullAndRecoversByItself() throws Exception {
        assumeThat(keeping).isEqualTo(Keeping.SQLITE);
        append(allowed("before")).join();
        tap.pragma = "pragma max_page_count = " + pages();
        breakNextCommit(new SQLiteException("for the sake of a new connection", SQLiteErrorCode.SQLITE_IOERR_FSYNC));
        append(allowed("broken")).join();

        NotDurable full = new NotDurable("the disk with `%s` is full".formatted(ledger.place()));
        List<Journaled> answers = new ArrayList<>();
        await().until(() -> {
            answers.add(append(allowed("full-" + answers.size())).join());
            return answers.contains(full);
        });

        tap.mend();
        assertThat(append(allowed("after")).join()).isEqualTo(new Durable("after"));
        assertThat(ids()).doesNotContain("full-" + answers.indexOf(full)).contains("before", "after");
        try (Connection connection = ledger.engine().reading()) {
            assertThat(Sqlite.damage(connection)).isEmpty();
        }
    }

    @Test
    void aFailedCommitIsOfAllItsEntriesAndTheFileIsOpenedAnew() throws Exception {
        CountDownLatch release = holdNextCommit();
        var _ = append(allowed("before"));
        await().until(() -> journal.pending() == 1 && tap.opened.get() == 1);
        var batch = IntStream.range(0, 5)
                .mapToObj(i -> append(allowed("lost-" + i)))
                .toList();
        SQLException injected = new SQLiteException("injected", SQLiteErrorCode.SQLITE_IOERR_FSYNC);
        tap.beforeCommit = () -> {
            tap.mend();
            throw injected;
        };
        release.countDown();

        NotDurable failed = new NotDurable(ledger.engine().clause(injected));
        batch.forEach(answer -> assertThat(answer.join()).isEqualTo(failed));

        assertThat(append(allowed("after")).join()).isEqualTo(new Durable("after"));
        assertThat(tap.opened).hasValue(2);
        assertThat(ids()).containsExactly("before", "after");
    }

    @Test
    void anEntryThatIsThereThoughItsCommitWasReportedAsFailedIsAmended() {
        tap.afterCommit = () -> {
            tap.mend();
            throw new SQLiteException("injected", SQLiteErrorCode.SQLITE_IOERR_FSYNC);
        };
        assertThat(append(allowed("doubtful")).join()).isInstanceOf(NotDurable.class);

        await().until(() -> reader.after(0, 10).size() == 2);
        assertThat(reader.after(0, 10).getLast())
                .isInstanceOfSatisfying(
                        Stored.Amended.class,
                        amended -> assertThat(amended.amendment().entry()).isEqualTo("doubtful"));
    }

    @Test
    void aBugInTheWriterFailsItsBatchAndNotTheJournal() {
        tap.beforeCommit = () -> {
            tap.mend();
            throw new IllegalStateException("injected");
        };
        assertThat(append(allowed("unlucky")).join())
                .isEqualTo(new NotDurable("the journal failed: IllegalStateException"));
        assertThat(append(allowed("after")).join()).isEqualTo(new Durable("after"));
        assertThat(ids()).containsExactly("after");
    }

    @Test
    void aFileThatWasMovedAwayIsNotWrittenAnyMore() throws Exception {
        assumeThat(keeping).isEqualTo(Keeping.SQLITE);
        append(allowed("before")).join();
        Files.move(Path.of(ledger.place().toString()), directory.resolve("moved.db"));
        await().untilAsserted(() -> assertThat(
                        append(allowed(UUID.randomUUID().toString())).join())
                .isEqualTo(
                        new NotDurable("`%s` is no longer the file that was opened, restart the process that writes it"
                                .formatted(ledger.place()))));
    }

    @Test
    void closingWritesWhatIsQueuedAndRefusesWhatComesAfter() throws Exception {
        CountDownLatch release = holdNextCommit();
        var _ = append(allowed("first"));
        await().until(() -> journal.pending() == 1 && tap.opened.get() == 1);
        var queued = IntStream.range(0, 50)
                .mapToObj(i -> append(allowed("uid-" + i)))
                .toList();
        Thread closing = Thread.ofPlatform().start(journal::close);
        await().until(() -> append(allowed("after")).join().equals(new NotDurable("the journal is closed")));
        release.countDown();
        closing.join();

        queued.forEach(answer -> assertThat(answer.join()).isInstanceOf(Durable.class));
        assertThat(ids()).hasSize(51);
        if (ledger.place() instanceof Place.File(Path file)) {
            assertThat(file.resolveSibling(file.getFileName() + "-wal")).isEmptyFile();
        }
    }

    private CountDownLatch holdNextCommit() {
        CountDownLatch release = new CountDownLatch(1);
        tap.beforeCommit = () -> {
            tap.beforeCommit = () -> {};
            release.await();
        };
        return release;
    }

    private void breakNextCommit(SQLException failure) {
        tap.beforeCommit = () -> {
            tap.beforeCommit = () -> {};
            throw failure;
        };
    }

    private int pages() throws SQLException {
        try (Connection connection = ledger.engine().reading();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("pragma page_count")) {
            return rows.getInt(1);
        }
    }

    private CompletableFuture<Journaled> append(Entry entry) {
        return append(entry, Duration.ofSeconds(20));
    }

    private CompletableFuture<Journaled> append(Entry entry, Duration deadline) {
        return journal.append(entry, TIME.instant().plus(deadline)).toCompletableFuture();
    }

    private static Entry allowed(String id) {
        return Entries.allowed(id, "checkout", TIME.instant());
    }

    private List<String> ids() {
        return reader.after(0, 1_000).stream()
                .filter(Stored.Decided.class::isInstance)
                .map(stored -> ((Stored.Decided) stored).entry().id())
                .toList();
    }
}
