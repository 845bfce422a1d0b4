package dev.interlock.kubernetes;

import dev.interlock.api.v1alpha1.DecisionRecord;
import dev.interlock.ledger.Amendment;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.ledger.ProjectionCursor;
import dev.interlock.ledger.Repeat;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Makes DecisionRecords visible from the ledger: in its order, each decision once however often it is read,
/// at a bounded rate with the backlog in the ledger. What can never become an object (its namespace is gone)
/// is passed by; what cannot become one now is tried again.
public final class RecordProjector implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(200);
    private static final int LONGEST_PAUSE_TICKS = 50;
    private static final int MOST_REFUSALS = 6;
    private static final System.Logger LOG = System.getLogger(RecordProjector.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("records").daemon().factory());
    private final AtomicBoolean started = new AtomicBoolean();
    private final KubernetesClient client;
    private final Path ledger;
    private final ProjectionCursor cursor;
    private final int perTick;
    private @Nullable LedgerReader reader;
    private int failures;
    private int refusals;
    private int pause;
    private volatile long backlog;

    /// @param ledger    the webhook's file; it need not exist yet
    /// @param perSecond how many rows of it are made visible in a second at most
    public RecordProjector(KubernetesClient client, Path ledger, ProjectionCursor cursor, int perSecond) {
        this.client = client;
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
            if (reader == null && Files.exists(ledger)) {
                reader = LedgerReader.open(ledger);
                rewind(reader);
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
                    "records are not written now, the next try is in %dms: %s"
                            .formatted(pause * TICK.toMillis(), e.getMessage()));
        } catch (RuntimeException bug) {
            pause = LONGEST_PAUSE_TICKS;
            LOG.log(System.Logger.Level.ERROR, "records are not written, please report this", bug);
        }
    }

    /// A ledger that ends before the cursor is an older one that was restored: what it will hold next is new.
    private void rewind(LedgerReader reader) {
        long last = reader.last();
        if (cursor.after(reader.origin()) > last) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the ledger `%s` was restored: records go on after its row %d".formatted(ledger, last));
            cursor.rewind(reader.origin(), last);
        }
    }

    private void project(LedgerReader reader) {
        long done = cursor.after(reader.origin());
        List<Stored> rows = reader.after(done, perTick);
        try {
            for (Stored row : rows) {
                attempt(reader, row);
                done = row.sequence();
                refusals = 0;
            }
        } finally {
            if (!rows.isEmpty()) {
                cursor.advance(reader.origin(), done);
            }
            backlog = Math.max(0, reader.last() - done);
        }
    }

    /// No row holds up the next for good: what is refused again and again, or cannot be made an object at all, is
    /// passed by.
    private void attempt(LedgerReader reader, Stored row) {
        try {
            project(reader, row);
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
    }

    private void project(LedgerReader reader, Stored row) {
        switch (row) {
            case Stored.Decided(long sequence, DecisionEntry entry) -> write(reader, entry, sequence);
            case Stored.Repeated(long sequence, Repeat repeat) ->
                entry(reader, repeat.first()).ifPresent(first -> write(reader, first, sequence));
            case Stored.Amended(long sequence, Amendment amendment) ->
                entry(reader, amendment.entry()).ifPresent(amended -> write(reader, amended, sequence));
            case Stored.Unreadable(long sequence, String cause) ->
                LOG.log(
                        System.Logger.Level.WARNING,
                        "row %d of the ledger is passed by: %s".formatted(sequence, cause));
        }
    }

    private static Optional<DecisionEntry> entry(LedgerReader reader, String id) {
        return reader.byEntry(id)
                .flatMap(
                        row -> row instanceof Stored.Decided decided ? Optional.of(decided.entry()) : Optional.empty());
    }

    private void write(LedgerReader reader, DecisionEntry entry, long upTo) {
        Optional<Amendment> amendment = reader.amendment(entry.decision(), upTo);
        create(RecordMapping.record(entry));
        reader.tally(entry.decision(), upTo)
                .ifPresent(tally -> client.resource(RecordMapping.status(entry, tally, amendment))
                        .subresource("status")
                        .patch(new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager("interlock-operator")
                                .withForce(true)
                                .build()));
    }

    private void create(DecisionRecord record) {
        try {
            client.resource(record).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }

    /// Whether trying again can never help: the namespace is gone or going, or with it the record; or the API server
    /// refuses the object as such.
    private static boolean hopeless(KubernetesClientException e) {
        StatusDetails details = e.getStatus() == null ? null : e.getStatus().getDetails();
        String kind = details == null || details.getKind() == null ? "" : details.getKind();
        boolean namespaceGone = e.getCode() == 404 && (kind.equals("namespaces") || kind.equals("decisionrecords"));
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
