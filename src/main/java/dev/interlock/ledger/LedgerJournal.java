package dev.interlock.ledger;

import dev.interlock.decision.Entry;
import dev.interlock.decision.Journal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Writes decisions to a [Ledger]. One thread writes; callers only hand in and wait.
///
/// Equal denials are counted for a while after the first durable one instead of being written:
/// [Journaled.Durable] names the first then, and how many there were follows as one row. An id that the
/// ledger has already counts as durable and is not written twice.
public final class LedgerJournal implements Journal, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LedgerJournal.class.getName());
    private static final int OPEN_WINDOWS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String origin;
    private final InstantSource steady;
    private final Inbox inbox;
    private final Thread writer;
    private final ScheduledThreadPoolExecutor deadlines;

    private LedgerJournal(
            Ledger ledger, InstantSource time, InstantSource steady, LongSupplier freeBytes, Link.Connector connector) {
        Ledger.Settings settings = ledger.settings();
        this.origin = ledger.origin();
        this.steady = steady;
        this.inbox = new Inbox(settings.queueCapacity());
        this.deadlines = new ScheduledThreadPoolExecutor(
                1, daemon("interlock-journal-deadlines"), new ThreadPoolExecutor.DiscardPolicy());
        this.deadlines.setRemoveOnCancelPolicy(true);
        this.writer = daemon("interlock-journal")
                .newThread(new JournalWriter(
                        inbox,
                        new Repeats(settings.coalesceFor(), OPEN_WINDOWS),
                        new Room(
                                freeBytes,
                                ledger::inPlace,
                                settings.reserveBytes(),
                                ledger.engine().where()),
                        new Link(ledger.engine(), connector),
                        time));
    }

    private static ThreadFactory daemon(String name) {
        return Thread.ofPlatform().daemon().name(name).factory();
    }

    /// As [#start(Ledger, InstantSource, InstantSource)], where one clock is both.
    public static LedgerJournal start(Ledger ledger, InstantSource time) {
        return start(ledger, time, time);
    }

    /// Starts to write to the ledger, which stays the caller's to close, after the journal.
    ///
    /// @param time   by which entries are counted together
    /// @param steady that deadlines are of
    public static LedgerJournal start(Ledger ledger, InstantSource time, InstantSource steady) {
        return start(ledger, time, steady, ledger::freeBytes, ledger::connect);
    }

    static LedgerJournal start(Ledger ledger, InstantSource time, LongSupplier freeBytes, Link.Connector connector) {
        return start(ledger, time, time, freeBytes, connector);
    }

    private static LedgerJournal start(
            Ledger ledger, InstantSource time, InstantSource steady, LongSupplier freeBytes, Link.Connector connector) {
        LedgerJournal journal = new LedgerJournal(ledger, time, steady, freeBytes, connector);
        journal.writer.start();
        return journal;
    }

    /// The stage completes on a thread of the journal's: whoever has more to do than note the answer goes on
    /// elsewhere, on its event loop.
    @Override
    public CompletionStage<Journaled> append(Entry entry, Instant deadline) {
        long left = TimeUnit.NANOSECONDS.convert(Duration.between(steady.instant(), deadline));
        if (left <= 0) {
            return notDurable(Ticket.TOO_LATE);
        }
        Ticket ticket;
        try {
            ticket = new Ticket(entry, Row.decision(entry, origin));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "an entry cannot be written down", e);
            return notDurable(
                    "the entry cannot be written down: " + e.getClass().getSimpleName());
        }
        Optional<String> refusal = inbox.offer(ticket);
        if (refusal.isPresent()) {
            return notDurable(refusal.get());
        }
        ticket.expiresBy(deadlines.schedule(ticket::expire, left, TimeUnit.NANOSECONDS));
        return ticket.answer();
    }

    private static CompletionStage<Journaled> notDurable(String cause) {
        return CompletableFuture.completedStage(new Journaled.NotDurable(cause));
    }

    /// How many entries the writer has not finished with, those among them that were given up on included.
    public int pending() {
        return inbox.pending();
    }

    /// How long ago the oldest of [#pending] was decided: grows for as long as a disk hangs, whatever the
    /// callers were told meanwhile.
    public Duration oldestPending(Instant now) {
        return inbox.oldest()
                .map(at -> Duration.between(at, now))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }

    /// Writes what is queued and what is counted, and lets go of the connection. What is handed in from now
    /// on is not durable.
    @Override
    public void close() {
        inbox.close();
        try {
            if (!writer.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "the ledger does not answer: {0} entries are given up", pending());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deadlines.shutdownNow();
    }
}
