package dev.interlock.operator;

import dev.interlock.decision.PolicyRef;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.LiveObjects;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.LedgerUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Calls the [LiveReconciler], on one thread: for each object that something happened to, for each namespace
/// that comes into scope, and for all of them after policies or paths changed and after a gap. What fails is
/// tried again, later and later. Not JOSDK's queue: see docs/decisions/0011.
final class LiveQueue implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LiveQueue.class.getName());
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int MOST_APPROVALS = 1_000;
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /// From then on what is pending says that drift is not known.
    private static final Duration BEHIND = Duration.ofSeconds(30);

    private final LiveObjects live;
    private final Caches caches;
    private final LedgerReader admissions;
    private final DriftBook book;
    private final LiveReconciler reconciler;
    private final Runnable told;
    private final InstantSource steady;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("drift").daemon().factory());

    private final Map<ObjectKey, Due> pending = new LinkedHashMap<>();
    private final Map<String, Look> swept = new HashMap<>();
    private final Map<String, Due> toSweep = new LinkedHashMap<>();
    private Optional<Instant> changedAt = Optional.empty();
    private Optional<String> failing = Optional.empty();
    private long approvalsRead;
    private boolean unread;
    private Optional<Set<PolicyRef>> lookingBy = Optional.empty();
    private Optional<Set<PolicyRef>> lookedBy = Optional.empty();
    private volatile boolean closed;

    /// @param since    when it was first asked for
    /// @param at       when it is to be tried
    /// @param failures so far
    private record Due(Instant since, Instant at, int failures) {}

    /// A namespace as it was when it was last looked at as a whole: where it is another one, or has other
    /// labels, that is to be done again.
    private record Look(String uid, Map<String, String> labels) {}

    /// @param told called after something was written down
    LiveQueue(
            LiveObjects live,
            Caches caches,
            LedgerReader admissions,
            DriftBook book,
            LiveReconciler reconciler,
            Runnable told,
            InstantSource steady) {
        this.live = live;
        this.caches = caches;
        this.admissions = admissions;
        this.book = book;
        this.reconciler = reconciler;
        this.told = told;
        this.steady = steady;
        this.approvalsRead = admissions.last();
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::run, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Something happened to an object. Before the namespace's first look it says nothing: that look will see it.
    synchronized void changed(ObjectKey key) {
        if (swept.containsKey(key.namespace()) || !caches.namespaces().governed(key.namespace())) {
            Instant now = steady.instant();
            pending.putIfAbsent(key, new Due(now, now, 0));
        }
    }

    /// Everything is to be looked at again, soon: what changes together is looked at once.
    synchronized void lookAgain() {
        changedAt = changedAt.or(() -> Optional.of(steady.instant()));
    }

    /// Whether everything was looked at since the policy became what it is.
    synchronized boolean lookedBy(PolicyRef policy) {
        return lookedBy.filter(policies -> policies.contains(policy)).isPresent();
    }

    /// Why it is not known whether anything drifted; empty where it is.
    synchronized Optional<String> unknown() {
        List<String> unwatched =
                live.unwatched().stream().map(kind -> kind.resource()).sorted().toList();
        if (lookedBy.isEmpty()) {
            return Optional.of("the first look at all objects is not finished");
        }
        if (!unwatched.isEmpty()) {
            return Optional.of("not watched now: " + String.join(", ", unwatched));
        }
        return behind().compareTo(BEHIND) < 0
                ? Optional.empty()
                : Optional.of("changes of more than %ds ago are not looked at yet%s"
                        .formatted(
                                BEHIND.toSeconds(),
                                failing.map(cause -> ": " + cause).orElse("")));
    }

    /// For how long the oldest change has not been looked at.
    synchronized Duration behind() {
        Instant now = steady.instant();
        return Stream.concat(pending.values().stream(), toSweep.values().stream())
                .map(Due::since)
                .min(Instant::compareTo)
                .map(oldest -> Duration.between(oldest, now))
                .orElse(Duration.ZERO);
    }

    synchronized int pending() {
        return pending.size() + toSweep.size();
    }

    private void run() {
        try {
            while (!closed && step()) {
                // until there is nothing to do
            }
            unread = false;
        } catch (LedgerUnavailable e) {
            if (!unread) {
                LOG.log(System.Logger.Level.WARNING, "drift is not followed now: {0}", e.getMessage());
            }
            unread = true;
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "drift is not followed now, please report this", bug);
        }
    }

    /// Whether there was something to do.
    private boolean step() {
        if (!caches.synced() || !live.synced()) {
            return false;
        }
        scope();
        approved();
        boolean worked = keys();
        Optional<String> namespace = due(toSweep);
        if (namespace.isPresent()) {
            attempt(namespace.get(), toSweep, this::sweep);
            return true;
        }
        looked();
        return worked;
    }

    private void sweep(String namespace) {
        reconciler.sweep(namespace, this::keys);
    }

    private synchronized void looked() {
        if (toSweep.isEmpty() && swept.keySet().containsAll(caches.namespaces().governed())) {
            lookedBy = lookingBy;
        }
    }

    /// Which namespaces are to be looked at as a whole.
    private synchronized void scope() {
        Instant now = steady.instant();
        Set<String> governed = caches.namespaces().governed();
        boolean changed = changedAt.filter(at -> !now.isBefore(at.plus(SETTLE))).isPresent();
        if (changed || lookingBy.isEmpty()) {
            lookingBy = Optional.of(Set.copyOf(caches.refs()));
        }
        if (changed) {
            changedAt = Optional.empty();
            governed.forEach(namespace -> toSweep.putIfAbsent(namespace, new Due(now, now, 0)));
        }
        List<String> left = swept.keySet().stream()
                .filter(namespace -> !governed.contains(namespace))
                .toList();
        left.forEach(reconciler::left);
        swept.keySet().removeAll(left);
        toSweep.keySet().retainAll(governed);
        for (String namespace : governed) {
            Optional<Look> look = look(namespace);
            // From here on what happens in it is looked at, after the list that is taken next.
            if (look.isPresent() && !look.equals(Optional.ofNullable(swept.put(namespace, look.get())))) {
                toSweep.putIfAbsent(namespace, new Due(now, now, 0));
            }
        }
    }

    private Optional<Look> look(String namespace) {
        return caches.namespaces()
                .uid(namespace)
                .flatMap(uid -> caches.namespaces().labels(namespace).map(labels -> new Look(uid, labels)));
    }

    /// An object that something happened to. Where its namespace is under no gate just now, everything in it
    /// is looked at once it is again.
    private void object(ObjectKey key) {
        if (!caches.namespaces().governed(key.namespace())) {
            leave(key.namespace());
        }
        reconciler.reconcile(key);
    }

    private synchronized void leave(String namespace) {
        swept.remove(namespace);
    }

    /// A promoter may have approved what drifted without changing it, which no watch tells.
    private void approved() {
        long last = admissions.last(); // read first: what comes after it is for the next time
        if (last <= approvalsRead) {
            return;
        }
        List<LedgerReader.Changed> changes = admissions.changed(approvalsRead, MOST_APPROVALS);
        approvalsRead = changes.size() == MOST_APPROVALS ? changes.getLast().sequence() : last;
        Set<String> uids =
                changes.stream().flatMap(change -> change.uid().stream()).collect(Collectors.toSet());
        book.open().stream()
                .filter(drift -> uids.contains(drift.subject().uid()))
                .flatMap(drift -> LiveReconciler.key(drift).stream())
                .forEach(this::changed);
    }

    /// Looks at all objects that are due. Whether there was any.
    private boolean keys() {
        boolean worked = false;
        Optional<ObjectKey> key = due(pending);
        while (key.isPresent() && !closed) {
            attempt(key.get(), pending, this::object);
            worked = true;
            key = due(pending);
        }
        return worked;
    }

    private synchronized <T> Optional<T> due(Map<T, Due> waiting) {
        Instant now = steady.instant();
        Iterator<Map.Entry<T, Due>> entries = waiting.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<T, Due> entry = entries.next();
            if (!entry.getValue().at().isAfter(now)) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    private interface Work<T> {
        void on(T item);
    }

    /// What changes while it is looked at is looked at once more.
    private <T> void attempt(T item, Map<T, Due> waiting, Work<T> work) {
        Due due = take(item, waiting);
        try {
            work.on(item);
            succeeded();
            again(reconciler.postponed());
            told.run();
        } catch (RuntimeException e) {
            failed(item, waiting, due, e);
        }
    }

    private synchronized <T> Due take(T item, Map<T, Due> waiting) {
        Instant now = steady.instant();
        Due due = waiting.remove(item);
        return due == null ? new Due(now, now, 0) : due;
    }

    private synchronized void again(Set<ObjectKey> postponed) {
        Instant now = steady.instant();
        postponed.forEach(key -> pending.putIfAbsent(key, new Due(now, now.plus(AGAIN), 0)));
    }

    private synchronized void succeeded() {
        failing = Optional.empty();
    }

    private synchronized <T> void failed(T item, Map<T, Due> waiting, Due due, RuntimeException e) {
        Duration delay = Duration.ofMillis(200L << Math.min(due.failures(), 9));
        Duration bounded = delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
        waiting.put(item, new Due(due.since(), steady.instant().plus(bounded), due.failures() + 1));
        failing = Optional.of(String.valueOf(e.getMessage()));
        LOG.log(
                System.Logger.Level.WARNING,
                "%s is looked at again in %dms: %s".formatted(item, bounded.toMillis(), e));
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException _) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
