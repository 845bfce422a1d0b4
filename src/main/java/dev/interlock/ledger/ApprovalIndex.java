package dev.interlock.ledger;

import dev.interlock.decision.ApprovalHistory;
import dev.interlock.decision.Approvals;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What was approved, by object: read from the ledgers at the start and followed in the background, so that
/// no request reads a ledger.
public final class ApprovalIndex implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ApprovalIndex.class.getName());
    private static final Duration TICK = Duration.ofMillis(50);
    private static final int BATCH = 5_000;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("approvals").daemon().factory());
    private final Map<String, ApprovalHistory> approved = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> recalled = new ConcurrentHashMap<>();
    private final Duration rollbackWindow;
    private final Followed decisions;
    private final Followed reassessments;
    private volatile boolean loaded;
    private int failures;
    private int pause;

    private ApprovalIndex(Place decisions, Place reassessments, Duration rollbackWindow) {
        this.decisions = new Followed(decisions);
        this.reassessments = new Followed(reassessments);
        this.rollbackWindow = rollbackWindow;
    }

    /// @param decisions      the ledger of admissions
    /// @param reassessments  the ledger of what the operator looked at again; it need not exist yet
    /// @param rollbackWindow how long after it was superseded a template may be gone back to
    public static ApprovalIndex follow(Place decisions, Place reassessments, Duration rollbackWindow) {
        ApprovalIndex index = new ApprovalIndex(decisions, reassessments, rollbackWindow);
        var _ = index.thread.scheduleWithFixedDelay(index::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        return index;
    }

    /// Whether everything that was in the ledgers at the start is known.
    public boolean loaded() {
        return loaded;
    }

    /// The approvals of an object as they are at a time.
    public Approvals of(String uid, Instant now) {
        return approved.getOrDefault(uid, ApprovalHistory.NONE)
                .at(recalled.getOrDefault(uid, Set.of()), now, rollbackWindow);
    }

    private void tick() {
        if (pause > 0) {
            pause--;
            return;
        }
        try {
            catchUp(decisions, this::approvals, approved::clear);
            try {
                catchUp(reassessments, this::recalls, recalled::clear);
            } finally {
                // What the operator wrote is not waited for: a fault there does not stop admissions.
                loaded = true;
            }
            failures = 0;
        } catch (LedgerUnavailable e) {
            if (failures == 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "what was approved or recalled lately is not known to admissions: {0}",
                        e.getMessage());
            }
            decisions.doubted = true;
            reassessments.doubted = true;
            // Each failure doubles the pause, up to some seconds: a database that is down is not helped by many tries.
            failures = Math.min(failures + 1, 7);
            pause = 1 << failures;
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "approvals are not followed, please report this", bug);
        }
    }

    private interface Reading {
        /// @param anew whether more has changed than what was added
        void read(LedgerReader reader, String uid, boolean anew);
    }

    private static void catchUp(Followed ledger, Reading reading, Runnable restored) {
        Optional<LedgerReader> reader = ledger.reader();
        if (reader.isEmpty()) {
            return;
        }
        long last = reader.get().last(); // read first: what comes after it is for the next time
        if (last < ledger.after || (ledger.doubted && !ledger.stands(reader.get()))) {
            // Another one was restored in its place, and what only the old one had was never approved.
            ledger.after = 0;
            restored.run();
        }
        ledger.doubted = false;
        if (last == ledger.after) {
            return;
        }
        List<LedgerReader.Changed> changes;
        do {
            changes = reader.get().changed(ledger.after, BATCH);
            Map<String, Boolean> uids = new HashMap<>();
            changes.forEach(
                    change -> change.uid().ifPresent(uid -> uids.merge(uid, change.amended(), Boolean::logicalOr)));
            uids.forEach((uid, anew) -> reading.read(reader.get(), uid, anew));
            if (!changes.isEmpty()) {
                ledger.after = changes.getLast().sequence();
            }
        } while (changes.size() == BATCH);
        ledger.after = Math.max(ledger.after, last);
        ledger.mark = reader.get().mark(ledger.after);
    }

    private void approvals(LedgerReader reader, String uid, boolean anew) {
        ApprovalHistory known = anew ? ApprovalHistory.NONE : approved.getOrDefault(uid, ApprovalHistory.NONE);
        approved.put(uid, known.with(reader.approved(uid, known.last())));
    }

    private void recalls(LedgerReader reader, String uid, boolean anew) {
        Set<String> contents = reader.recalled(uid);
        if (contents.isEmpty()) {
            recalled.remove(uid);
        } else {
            recalled.put(uid, contents);
        }
    }

    /// A ledger, and how far it is read.
    private static final class Followed {
        private final Place place;
        private @Nullable LedgerReader reader;
        private long after;
        private Optional<Mark> mark = Optional.empty();
        /// Whether it may be another one than before, restored while it was away.
        private boolean doubted;

        boolean stands(LedgerReader reader) {
            return reader.mark(after).equals(mark);
        }

        Followed(Place place) {
            this.place = place;
        }

        Optional<LedgerReader> reader() {
            if (reader == null) {
                reader = LedgerReader.find(place).orElse(null);
            }
            return Optional.ofNullable(reader);
        }

        void close() {
            if (reader != null) {
                reader.close();
            }
        }
    }

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
        decisions.close();
        reassessments.close();
    }
}
