package dev.interlock;

import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.AppliedProjection;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.DecisionEvents;
import dev.interlock.kubernetes.DecisionProjection;
import dev.interlock.kubernetes.DriftProjection;
import dev.interlock.kubernetes.FeedbackEvents;
import dev.interlock.kubernetes.GateCache;
import dev.interlock.kubernetes.NamespaceEvents;
import dev.interlock.kubernetes.Projector;
import dev.interlock.kubernetes.PublishedTypes;
import dev.interlock.kubernetes.ResourceGate;
import dev.interlock.kubernetes.WebhookLeases;
import dev.interlock.kubernetes.Witness;
import dev.interlock.ledger.AnotherLeads;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Places;
import dev.interlock.ledger.Stored;
import dev.interlock.metrics.CertificateMetrics;
import dev.interlock.metrics.Metric;
import dev.interlock.metrics.OperatorMetrics;
import dev.interlock.metrics.Shown;
import dev.interlock.operator.DriftControl;
import dev.interlock.operator.Figures;
import dev.interlock.operator.GateCertificates;
import dev.interlock.operator.LedgerWatch;
import dev.interlock.operator.ResourceGateKeeper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The half that does everything but answer: certificates, conditions, records, drift and feedback. It reads
/// the webhook's ledger and writes its own, and the API.
final class OperatorHalf implements AutoCloseable {
    private static final long KEEP_MILLIS = 1_000;
    private static final System.Logger LOG = System.getLogger(OperatorHalf.class.getName());

    private final KubernetesClient client;
    private final Caches caches;
    private final GateCertificates certificates;
    private final ResourceGateKeeper resourceGate;
    private final Shown certificatesShown;
    private final Shown metricsShown;
    private final Open open;
    private final LedgerWatch ledgers;
    private final DriftControl drift;
    private final Projector records;
    private final Projector assessments;
    private final Projector driftEvents;
    private final Projector decisionEvents;
    private final Projector feedbackEvents;
    private final Projector applied;
    private volatile @Nullable Operator operator;
    private volatile boolean running;

    /// That it may write, and the two connections or files that this right belongs to.
    private static final class Turn implements AutoCloseable {
        private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("turn").daemon().factory());
        private final OperatorState state;
        private final OperatorLedger ledger;
        private volatile boolean lasts = true;

        /// From here on it is kept, on a thread of its own: what follows may take longer than others wait for
        /// a sign of life.
        Turn(OperatorState state, OperatorLedger ledger) {
            this.state = state;
            this.ledger = ledger;
            var _ = keeper.scheduleWithFixedDelay(this::keep, KEEP_MILLIS, KEEP_MILLIS, TimeUnit.MILLISECONDS);
        }

        static Turn take(Places places) {
            OperatorState state = OperatorState.open(places.state());
            try {
                return new Turn(state, OperatorLedger.open(places.ledger()));
            } catch (RuntimeException | Error e) {
                OperatorHalf.close(List.of(state));
                throw e;
            }
        }

        private void keep() {
            try {
                state.keep();
                ledger.keep();
            } catch (RuntimeException | Error e) {
                lasts = false;
                keeper.shutdown();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the operator stops writing and waits for its turn: {0}",
                        e.getMessage());
            }
        }

        /// Gives it up, though it could be kept.
        void end() {
            lasts = false;
        }

        @Override
        public void close() {
            keeper.shutdownNow();
            OperatorHalf.close(List.of(ledger, state));
        }
    }

    /// What it keeps, open: all of it or nothing. First what only one may have, so that whoever waits for its
    /// turn asks for nothing else.
    private record Open(
            Turn turn,
            LedgerReader admissions,
            LedgerReader own,
            GateCache gate,
            ResourceGate resources,
            WebhookLeases webhooks)
            implements AutoCloseable {
        static Open of(Places places, KubernetesClient client, String namespace) {
            List<AutoCloseable> opened = new ArrayList<>();
            try {
                Turn turn = Turn.take(places);
                opened.add(turn);
                LedgerReader admissions = LedgerReader.open(places.admissions());
                opened.add(admissions);
                LedgerReader own = LedgerReader.open(places.ledger());
                opened.add(own);
                GateCache gate = new GateCache(client, turn.state.gateVersion());
                opened.add(gate);
                ResourceGate resources = new ResourceGate(client);
                opened.add(resources);
                return new Open(turn, admissions, own, gate, resources, new WebhookLeases(client, namespace));
            } catch (RuntimeException | Error e) {
                OperatorHalf.close(opened);
                throw e;
            }
        }

        OperatorState state() {
            return turn.state;
        }

        OperatorLedger ledger() {
            return turn.ledger;
        }

        /// The turn first: the next one need not wait for what is being read.
        @Override
        public void close() {
            OperatorHalf.close(List.of(turn, admissions, own, gate, resources, webhooks));
        }
    }

    private static void close(List<AutoCloseable> parts) {
        parts.forEach(part -> {
            try {
                part.close();
            } catch (Exception e) { // whatever it is: the parts behind it are closed all the same
                LOG.log(System.Logger.Level.WARNING, "a part of the operator did not stop in order: {0}", e);
            }
        });
    }

    /// @throws LedgerUnavailable where what it keeps cannot be used; nothing is held then
    /// @throws AnotherLeads      where another operator has it
    static OperatorHalf open(
            Settings settings,
            Places places,
            KubernetesClient client,
            Caches caches,
            PublishedTypes types,
            OperatorMetrics metrics,
            CertificateMetrics certificateMetrics,
            InstantSource clock,
            InstantSource steady) {
        Open open = Open.of(places, client, settings.namespace());
        try {
            return new OperatorHalf(
                    open, settings, places, client, caches, types, metrics, certificateMetrics, clock, steady);
        } catch (RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private OperatorHalf(
            Open open,
            Settings settings,
            Places places,
            KubernetesClient client,
            Caches caches,
            PublishedTypes types,
            OperatorMetrics metrics,
            CertificateMetrics certificateMetrics,
            InstantSource clock,
            InstantSource steady) {
        this.open = open;
        this.client = client;
        this.caches = caches;
        OperatorState state = open.state();
        certificates = new GateCertificates(
                client,
                open.gate(),
                open.resources(),
                open.webhooks(),
                clock,
                settings.namespace(),
                settings.webhook().names(),
                settings.certificates().authorityValidity(),
                settings.certificates().servingValidity(),
                state::keep);
        resourceGate = new ResourceGateKeeper(open.gate(), open.resources(), caches, state::keep);
        Witness witness = new Witness(client, settings.namespace());
        ledgers = new LedgerWatch(
                open.admissions(),
                open.own(),
                open.ledger(),
                state,
                witness::read,
                witness::write,
                open.turn()::end,
                metrics::wentBack,
                clock);
        drift = new DriftControl(
                client,
                caches,
                open.admissions(),
                open.own(),
                open.ledger(),
                state,
                open.gate(),
                open.resources(),
                open.webhooks(),
                types,
                WorkedClock::start,
                clock,
                steady);
        int perSecond = settings.records().perSecond();
        DecisionProjection decisions =
                new DecisionProjection(client, settings.namespace(), open.admissions(), open.own());
        Consumer<Stored> visible = row -> visible(row, metrics, clock);
        records = new Projector(decisions, places.admissions(), state, perSecond, visible);
        assessments = new Projector(decisions, places.ledger(), state, perSecond, visible);
        NamespaceEvents events = new NamespaceEvents(client, settings.replica());
        driftEvents = new Projector(new DriftProjection(client, events), places.ledger(), state, perSecond, visible);
        decisionEvents =
                new Projector(new DecisionEvents(events, clock), places.admissions(), state, perSecond, _ -> {});
        feedbackEvents =
                new Projector(new FeedbackEvents(events, caches, clock), places.ledger(), state, perSecond, _ -> {});
        applied = new Projector(new AppliedProjection(decisions), places.ledger(), state, perSecond, _ -> {});
        metricsShown = metrics.watch(rows());
        certificatesShown =
                certificateMetrics.show("operator", certificates::servingUntil, certificates::authorityUntil);
    }

    private static void visible(Stored row, OperatorMetrics metrics, InstantSource clock) {
        switch (row) {
            case Stored.Decided decided
            when decided.entry().trigger().equals(Trigger.ADMISSION.word()) ->
                metrics.visible("record", Duration.between(decided.entry().at(), clock.instant()));
            case Stored.Drifted drifted
            when drifted.drift().continues().isEmpty() ->
                metrics.visible("drift", Duration.between(drifted.drift().onset(), clock.instant()));
            default -> {} // its beginning is not what it is about
        }
    }

    private Map<Metric, OperatorMetrics.Rows> rows() {
        Figures figures = drift.figures();
        return Map.ofEntries(
                Map.entry(Metric.DRIFT_OPEN, figures::open),
                Map.entry(Metric.DRIFT_ONSETS, figures::onsets),
                Map.entry(Metric.GOVERNED_OBJECTS, figures::governed),
                Map.entry(Metric.NAMESPACES, figures::namespaces),
                Map.entry(Metric.POLICY_READY, figures::ready),
                Map.entry(Metric.TIGHTENED, figures::tightened),
                Map.entry(Metric.EFFECTIVE_THRESHOLD, figures::thresholds),
                Map.entry(Metric.WATCH_LAST_EVENT_AGE, figures::lastEvents),
                Map.entry(Metric.WATCH_DOWN, figures::down),
                Map.entry(Metric.DRIFT_UNKNOWN, OperatorMetrics.whether(figures::unknown)),
                Map.entry(Metric.DRIFT_BEHIND, OperatorMetrics.seconds(figures::behind)),
                Map.entry(Metric.GATE_GAP, OperatorMetrics.whether(figures::gap)),
                Map.entry(Metric.DRIFT_BACKLOG, OperatorMetrics.one(driftEvents::backlog)),
                Map.entry(
                        Metric.RECORDS_BACKLOG, OperatorMetrics.one(() -> records.backlog() + assessments.backlog())));
    }

    /// Whether it still is the one operator that writes. Once it is not it will not be again.
    boolean leads() {
        return open.turn().lasts;
    }

    Optional<String> waitingFor() {
        return running ? Optional.empty() : Optional.of("the operator to start");
    }

    /// Starts it where it does not run: at first, and after a watch of it has stopped for good. Called again
    /// and again.
    ///
    /// @throws RuntimeException where it cannot start now
    void ensureStarted() {
        if (running) {
            return;
        }
        stopOperator();
        certificates.start();
        resourceGate.start();
        Optional<String> cluster = caches.namespaces().cluster();
        if (cluster.isEmpty()) {
            return;
        }
        open.admissions()
                .cluster()
                .filter(owner -> !owner.equals(cluster.get()))
                .ifPresent(owner -> {
                    throw LedgerUnavailable.another(open.admissions().where(), owner, cluster.get());
                });
        open.ledger().belongsTo(cluster.get());
        ledgers.start();
        Operator starting = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withCacheSyncTimeout(Duration.ofSeconds(30))
                // Else any error of a watch that is no 410 ends it.
                .withStopOnInformerErrorDuringStartup(false)
                // The default ends the process when a watch stops; the webhook would end with it.
                .withInformerStoppedHandler((_, cause) -> {
                    if (cause != null) {
                        running = false;
                        LOG.log(
                                System.Logger.Level.ERROR,
                                "a watch of the operator has stopped, it starts anew",
                                cause);
                    }
                }));
        operator = starting;
        drift.register(starting);
        starting.start();
        running = true;
        drift.start();
        records.start();
        assessments.start();
        driftEvents.start();
        decisionEvents.start();
        feedbackEvents.start();
        applied.start();
        LOG.log(System.Logger.Level.INFO, "the operator has started");
    }

    private void stopOperator() {
        Operator stopping = operator;
        operator = null;
        if (stopping != null) {
            stopping.stop();
        }
    }

    @Override
    public void close() {
        running = false;
        // First what writes to the API by what is in memory: it may not be its turn any more.
        close(List.of(
                this::stopOperator,
                certificates,
                resourceGate,
                ledgers,
                drift,
                records,
                assessments,
                driftEvents,
                decisionEvents,
                feedbackEvents,
                applied));
        open.close();
        certificatesShown.close();
        metricsShown.close();
    }
}
