package dev.interlock.operator;

import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.ledger.AppliedEntry;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Stored;
import dev.interlock.workload.Newest;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Allowed is not applied (law 7): writes down what became of each change that was let in, by the uid and the
/// content that were seen live. What cannot be known, because nobody watched at that time, is not said.
final class AppliedWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AppliedWatch.class.getName());
    private static final int SCHEMA = 1;
    private static final Duration TICK = Duration.ofMillis(500);

    /// The API server asks all webhooks at once and waits 30 s for the slowest; then it stores, and the watch tells.
    static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final int BATCH = 1_000;
    private static final long NOT_BEGUN = -1;
    private static final int MOST_PENDING = 10_000;
    private static final int MOST_SEEN = 20_000;
    private static final int MOST_ASKED = 50;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("applied").daemon().factory());
    private final Live live;
    private final LedgerReader admissions;
    private final OperatorLedger ledger;
    private final OperatorState state;
    private final InstantSource clock;
    private final InstantSource steady;
    private final Map<Version, Boolean> seen = new Newest<>(MOST_SEEN);
    private final Map<Asked, Long> persisted = new Newest<>(MOST_SEEN);
    private final Map<Long, Allow> pending = new LinkedHashMap<>();

    /// The overdue ones whose object the watch was up to date with when they were.
    private final Set<Long> proven = new HashSet<>();

    private Optional<Instant> watchedSince = Optional.empty();
    private long read = NOT_BEGUN;

    /// The live objects, as far as this needs to know them.
    interface Live {
        boolean synced();

        Optional<LiveObject> find(ObjectKey key);

        boolean watched(WorkloadKind kind);

        /// Whether the API server has the object in the version that [#find] gives, or has none where that gives
        /// none; false where it does not answer. A watch that fell silent is found out by this.
        boolean current(ObjectKey key);
    }

    private record Version(String uid, String content) {}

    /// Who asked for which object: another request of the same is a retry.
    private record Asked(ObjectKey key, String requester) {}

    /// @param since when it was read, by the clock that nobody sets
    private record Allow(long sequence, DecisionEntry entry, ObjectKey key, Instant since) {
        Asked asked() {
            return new Asked(key, entry.requester());
        }

        Version version() {
            return new Version(entry.subject().uid(), entry.content());
        }
    }

    AppliedWatch(
            Live live,
            LedgerReader admissions,
            OperatorLedger ledger,
            OperatorState state,
            InstantSource clock,
            InstantSource steady) {
        this.live = live;
        this.admissions = admissions;
        this.ledger = ledger;
        this.state = state;
        this.clock = clock;
        this.steady = steady;
    }

    private String place() {
        return admissions.origin() + "#applied";
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// A version of an object came in.
    synchronized void arrived(LiveObject object) {
        object.digest().ifPresent(digest -> seen.put(new Version(object.ref().uid(), digest), true));
    }

    private void tick() {
        try {
            look();
            prove();
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what became of what was let in is not followed now: {0}",
                    e.getMessage());
        }
    }

    /// Reads what was let in since the last time, and settles what can be settled.
    synchronized void look() {
        if (!live.synced()) {
            return;
        }
        if (read == NOT_BEGUN) { // not before: where the ledger went back, the cursor did so since this was made
            state.rewind(place(), admissions.last());
            read = state.after(place());
        }
        Instant now = clock.instant();
        watchedSince = watchedSince.or(() -> Optional.of(now));
        boolean more = true;
        while (more && pending.size() < MOST_PENDING) {
            List<Stored> rows = admissions.after(read, BATCH, Set.of("Decision"));
            rows.forEach(this::remember);
            read = rows.isEmpty() ? read : rows.getLast().sequence();
            more = rows.size() == BATCH;
        }
        settle(now);
        state.advance(
                place(), pending.isEmpty() ? read : pending.keySet().iterator().next() - 1);
    }

    /// Asks for the objects of those that are overdue: what a watch did not tell is not "not persisted". Not under
    /// the lock, which the watch needs to tell it.
    void prove() {
        List<Allow> overdue;
        synchronized (this) {
            overdue = pending.values().stream()
                    .filter(allow -> !proven.contains(allow.sequence()) && overdue(allow))
                    .limit(MOST_ASKED)
                    .toList();
        }
        List<Long> told = overdue.stream()
                .filter(allow -> live.current(allow.key()))
                .map(Allow::sequence)
                .toList();
        synchronized (this) {
            proven.addAll(told);
        }
    }

    private void remember(Stored row) {
        if (row instanceof Stored.Decided(long sequence, DecisionEntry entry)
                && entry.admitted()
                && entry.trigger().equals(Trigger.ADMISSION.word())) {
            WorkloadKind.of(entry.subject().apiVersion(), entry.subject().kind())
                    .map(kind -> new ObjectKey(
                            kind, entry.subject().namespace(), entry.subject().name()))
                    .ifPresent(key -> pending.put(sequence, new Allow(sequence, entry, key, steady.instant())));
        }
    }

    private void settle(Instant now) {
        Map<Long, Optional<AppliedEntry>> settled = new LinkedHashMap<>();
        pending.values().stream().filter(this::isLive).forEach(allow -> {
            persisted.merge(allow.asked(), allow.sequence(), Math::max);
            settled.put(allow.sequence(), Optional.of(entry(allow, "Persisted", now)));
        });
        pending.values().stream()
                .filter(allow -> !settled.containsKey(allow.sequence()) && proven.contains(allow.sequence()))
                .forEach(allow -> settled.put(allow.sequence(), missing(allow, now)));
        ledger.applied(settled.values().stream().flatMap(Optional::stream).toList());
        pending.keySet().removeAll(settled.keySet());
        proven.removeAll(settled.keySet());
    }

    private boolean isLive(Allow allow) {
        return seen.containsKey(allow.version())
                || live.find(allow.key())
                        .filter(object -> object.ref()
                                        .uid()
                                        .equals(allow.entry().subject().uid())
                                && object.digest()
                                        .equals(Optional.of(allow.entry().content())))
                        .isPresent();
    }

    private boolean overdue(Allow allow) {
        return !steady.instant().isBefore(allow.since().plus(PATIENCE))
                && live.watched(allow.key().kind());
    }

    /// What is to be said of what was not seen; nothing where nobody watched when it would have come.
    private Optional<AppliedEntry> missing(Allow allow, Instant now) {
        if (persisted.getOrDefault(allow.asked(), 0L) > allow.sequence()) {
            return Optional.of(entry(allow, "Superseded", now));
        }
        boolean watched =
                watchedSince.filter(since -> !since.isAfter(allow.entry().at())).isPresent();
        return watched ? Optional.of(entry(allow, "NotPersisted", now)) : Optional.empty();
    }

    private static AppliedEntry entry(Allow allow, String applied, Instant now) {
        DecisionEntry entry = allow.entry();
        return new AppliedEntry(
                SCHEMA, entry.id(), entry.decision(), entry.subject().uid(), applied, now);
    }

    @Override
    public void close() {
        Threads.end(thread);
    }
}
