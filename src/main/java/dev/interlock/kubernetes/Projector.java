package dev.interlock.kubernetes;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes what a ledger holds visible as objects: in its order, each once however often it is read, at a
/// bounded rate with the backlog in the ledger. What can never become an object (its namespace is gone) is
/// passed by; what cannot become one now is tried again.
public final class Projector implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(200);
    private static final int LONGEST_PAUSE_TICKS = 50;
    private static final int MOST_REFUSALS = 6;
    private static final int PAGE = 50;
    private static final int MOST_PAGES = 20;
    private static final System.Logger LOG = System.getLogger(Projector.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("projector").daemon().factory());
    private final AtomicBoolean started = new AtomicBoolean();
    private final Projection projection;
    private final Place ledger;
    private final OperatorState cursor;
    private final int perTick;
    private final Consumer<Stored> visible;
    private @Nullable LedgerReader reader;
    private int failures;
    private int refusals;
    private int pause;
    private volatile long backlog;

    /// @param ledger    it need not exist yet
    /// @param perSecond how many rows of it are made visible in a second at most
    /// @param visible   told of each row that has become an object
    public Projector(
            Projection projection, Place ledger, OperatorState cursor, int perSecond, Consumer<Stored> visible) {
        this.visible = visible;
        this.projection = projection;
        this.ledger = ledger;
        this.cursor = cursor;
        this.perTick = Math.max(1, Math.ceilDiv(perSecond * (int) TICK.toMillis(), 1000));
    }

    /// Begins, once however often it is called.
    public void start() {
        if (!started.compareAndSet(false, true)) {
            return;
        }
        var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// How many rows of the ledger are not visible yet, as of the last look.
    public long backlog() {
        return backlog;
    }

    private void tick() {
        if (pause > 0) {
            pause--;
            return;
        }
        try {
            if (reader == null) {
                reader = LedgerReader.find(ledger).orElse(null);
                if (reader != null) {
                    rewind(reader);
                }
            }
            if (reader != null) {
                project(reader);
            }
            failures = 0;
        } catch (KubernetesClientException | LedgerUnavailable e) {
            // Each failure doubles the pause: an API server that is down is not helped by many tries.
            failures = Math.min(failures + 1, 10);
            pause = Math.min(1 << failures, LONGEST_PAUSE_TICKS);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "objects are not written now, the next try is in %dms: %s"
                            .formatted(pause * TICK.toMillis(), e.getMessage()));
        } catch (RuntimeException bug) {
            pause = LONGEST_PAUSE_TICKS;
            LOG.log(System.Logger.Level.ERROR, "objects are not written, please report this", bug);
        }
    }

    /// A ledger that ends before the cursor is an older one that was restored: what it will hold next is new.
    private void rewind(LedgerReader reader) {
        long last = reader.last();
        if (cursor.after(place(reader)) > last) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the ledger `%s` was restored: objects go on after its row %d".formatted(ledger, last));
            cursor.rewind(place(reader), last);
        }
        if (!projection.fromTheBeginning() && cursor.after(place(reader)) == 0) {
            cursor.advance(place(reader), last);
        }
    }

    private String place(LedgerReader reader) {
        return reader.origin() + projection.suffix();
    }

    /// Rows of which there is nothing to show are not counted: they hold up nobody.
    private void project(LedgerReader reader) {
        long done = cursor.after(place(reader));
        long before = done;
        int shown = 0;
        try {
            boolean more = true;
            for (int page = 0; more && page < MOST_PAGES; page++) {
                List<Stored> rows = reader.after(done, PAGE, projection.kinds());
                more = rows.size() == PAGE;
                for (Stored row : rows) {
                    if (shown == perTick) {
                        more = false;
                        break;
                    }
                    cursor.keep();
                    shown += attempt(reader, row) ? 1 : 0;
                    done = row.sequence();
                    refusals = 0;
                }
            }
        } finally {
            if (done > before) {
                cursor.advance(place(reader), done);
            }
            backlog = reader.pending(done, projection.kinds());
        }
    }

    /// No row holds up the next for good: what is refused again and again, or cannot be made an object at all, is
    /// passed by.
    ///
    /// @return whether the API server was asked for something
    private boolean attempt(LedgerReader reader, Stored row) {
        try {
            if (row instanceof Stored.Unreadable(long sequence, String cause)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "row %d of the ledger is passed by: %s".formatted(sequence, cause));
                return false;
            }
            boolean shown = projection.project(reader, row);
            if (shown) {
                visible.accept(row);
            }
            return shown;
        } catch (LedgerUnavailable e) {
            throw e;
        } catch (KubernetesClientException e) {
            boolean refused = e.getCode() == 403 && ++refusals >= MOST_REFUSALS;
            if (!refused && !hopeless(e)) {
                throw e;
            }
            LOG.log(
                    refused ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                    "row %d of the ledger stays there only: %s".formatted(row.sequence(), e.getMessage()));
        } catch (RuntimeException bug) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "row %d of the ledger is passed by, please report this".formatted(row.sequence()),
                    bug);
        }
        return true;
    }

    /// Whether trying again can never help: the namespace is gone or going, or with it the record; or the API
    /// server refuses the object as such.
    private static boolean hopeless(KubernetesClientException e) {
        StatusDetails details = e.getStatus() == null ? null : e.getStatus().getDetails();
        String kind = details == null || details.getKind() == null ? "" : details.getKind();
        boolean namespaceGone = e.getCode() == 404
                && Set.of("namespaces", "decisionrecords", "driftevents").contains(kind);
        boolean namespaceGoing = e.getCode() == 403
                && details != null
                && details.getCauses() != null
                && details.getCauses().stream().anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
        return namespaceGone || namespaceGoing || Set.of(400, 413, 422).contains(e.getCode());
    }

    /// Ends after the row that is being written; the rest is for the next start.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException _) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        LedgerReader open = reader;
        if (open != null) {
            open.close();
        }
    }
}
