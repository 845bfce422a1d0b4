package dev.interlock.operator;

import dev.interlock.decision.Evaluator;
import dev.interlock.kubernetes.Answering;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.GateCache;
import dev.interlock.kubernetes.GateState;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.LiveObjects;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.kubernetes.PublishedTypes;
import dev.interlock.kubernetes.ResourceGate;
import dev.interlock.kubernetes.ServedResources;
import dev.interlock.kubernetes.WebhookLeases;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Puts together what follows live objects: they are watched, held against what was approved, and what is
/// found comes back as the status of policies and paths.
public final class DriftControl implements AutoCloseable {
    private static final Duration TELL = Duration.ofMillis(250);

    private final DriftBook book;
    private final LiveObjects live;
    private final LiveQueue queue;
    private final AppliedWatch applied;
    private final GateWatch gateWatch;
    private final PolicyReconciler policies;
    private final PathReconciler paths;
    private final ReleaseReconciler releases;
    private final Figures figures;
    private final ScheduledExecutorService telling = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("statuses").daemon().factory());
    private final AtomicBoolean news = new AtomicBoolean();
    private final WebhookLeases webhooks;
    private Set<String> answering = Set.of();
    private final AtomicReference<Set<?>> policiesSeen = new AtomicReference<>(Set.of());
    private final AtomicReference<Set<?>> pathsSeen = new AtomicReference<>(Set.of());
    private final List<Runnable> listening;
    private final AtomicBoolean started = new AtomicBoolean();

    /// @param own       reads what `ledger` writes; the caller closes all of them, and what watches gate and
    ///                  webhooks
    /// @param clocks make one for each look at an object, by which its expressions are stopped that take too long
    /// @param steady    a clock that nobody sets
    public DriftControl(
            KubernetesClient client,
            Caches caches,
            LedgerReader admissions,
            LedgerReader own,
            OperatorLedger ledger,
            OperatorState state,
            GateCache gate,
            ResourceGate resources,
            WebhookLeases webhooks,
            PublishedTypes types,
            Supplier<LongSupplier> clocks,
            InstantSource clock,
            InstantSource steady) {
        this.webhooks = webhooks;
        book = new DriftBook(ledger, own);
        Intents intents = new Intents(admissions, own);
        Assessment assessment =
                new Assessment(caches, new Evaluator(admissions.mask(), clocks), intents, ledger, clock);
        live = new LiveObjects(
                client,
                admissions.mask(),
                caches.namespaces()::governed,
                key -> this.queue().changed(key),
                object -> this.applied().arrived(object));
        applied = new AppliedWatch(watched(live), admissions, ledger, state, clock, steady);
        LiveReconciler reconciler =
                new LiveReconciler(live, caches, intents, book, assessment, state, clock, steady, ledger.origin());
        queue = new LiveQueue(live, caches, admissions, book, reconciler, () -> news.set(true), steady);
        gateWatch = new GateWatch(watched(gate), watched(webhooks), book, state, queue::lookAgain, clock, steady);
        Overview overview = new Overview(book, assessment, admissions, queue::lookedBy, queue::unknown);
        policies = new PolicyReconciler(
                clock,
                caches,
                webhooks,
                overview,
                new OtherResources(resources::asks, new ServedResources(client)::served, caches::others),
                new ExpressionTypes(types::read));
        webhooks.onChange(() -> news.set(true));
        paths = new PathReconciler(book, caches, assessment, clock);
        figures = new Figures(book, live, queue, caches, policies, clock);
        releases = new ReleaseReconciler(book, () -> news.set(true), clock);
        listening = List.of(
                caches.onPolicies(() -> changed(policiesSeen, Set.copyOf(caches.refs()))),
                caches.onPaths(() -> changed(pathsSeen, Set.copyOf(caches.paths()))));
    }

    /// Everything is looked at again where what is declared has changed: not for a status, which this process
    /// writes itself.
    private void changed(AtomicReference<Set<?>> seen, Set<?> now) {
        if (!now.equals(seen.getAndSet(now))) {
            queue.lookAgain();
        }
    }

    private LiveQueue queue() {
        return queue;
    }

    private AppliedWatch applied() {
        return applied;
    }

    private static GateWatch.Gate watched(GateCache gate) {
        return new GateWatch.Gate() {
            @Override
            public GateState state() {
                return gate.state();
            }

            @Override
            public Optional<String> version() {
                return gate.version();
            }
        };
    }

    private static GateWatch.Webhooks watched(WebhookLeases webhooks) {
        return new GateWatch.Webhooks() {
            @Override
            public Optional<Answering> answering(Instant now, Optional<Instant> seen) {
                return webhooks.answering(now, seen);
            }

            @Override
            public void doubt() {
                webhooks.doubt();
            }
        };
    }

    private static AppliedWatch.Live watched(LiveObjects live) {
        return new AppliedWatch.Live() {
            @Override
            public boolean synced() {
                return live.synced();
            }

            @Override
            public Optional<LiveObject> find(ObjectKey key) {
                return live.find(key);
            }

            @Override
            public boolean watched(WorkloadKind kind) {
                return !live.unwatched().contains(kind);
            }

            @Override
            public boolean current(ObjectKey key) {
                return live.current(key);
            }
        };
    }

    /// Registers what reports to the API: it is started and stopped with the operator that it is given to.
    public void register(Operator operator) {
        operator.register(policies);
        operator.register(paths);
        operator.register(releases);
    }

    /// Begins, once however often it is called.
    public void start() {
        if (!started.compareAndSet(false, true)) {
            return;
        }
        live.start();
        queue.start();
        applied.start();
        gateWatch.start();
        var _ = telling.scheduleWithFixedDelay(this::tell, TELL.toMillis(), TELL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// What there is to count.
    public Figures figures() {
        return figures;
    }

    private void tell() {
        // One that dies tells nobody.
        Set<String> now = webhooks.served().keySet();
        if (!now.equals(answering)) {
            answering = now;
            news.set(true);
        }
        if (news.getAndSet(false)) {
            policies.wake();
            paths.wake();
        }
    }

    @Override
    public void close() {
        telling.shutdownNow();
        gateWatch.close();
        queue.close();
        applied.close();
        live.close();
        listening.forEach(Runnable::run);
    }
}
