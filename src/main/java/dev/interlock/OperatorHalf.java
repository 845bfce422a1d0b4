package dev.interlock;

import dev.interlock.kubernetes.AppliedProjection;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.DecisionProjection;
import dev.interlock.kubernetes.DriftProjection;
import dev.interlock.kubernetes.Projector;
import dev.interlock.ledger.AnotherLeads;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Places;
import dev.interlock.metrics.DriftMetrics;
import dev.interlock.operator.DriftControl;
import dev.interlock.operator.GateCertificates;
import dev.interlock.operator.GateReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The half that does everything but answer: certificates, conditions, records, drift and feedback. It reads the
/// webhook's ledger and writes its own, and the API.
final class OperatorHalf implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OperatorHalf.class.getName());

    private final KubernetesClient client;
    private final Caches caches;
    private final GateCertificates certificates;
    private final OperatorState state;
    private final OperatorLedger ledger;
    private final LedgerReader admissions;
    private final LedgerReader own;
    private final DriftControl drift;
    private final Projector records;
    private final Projector assessments;
    private final Projector driftEvents;
    private final Projector applied;
    private volatile @Nullable Operator operator;
    private volatile boolean running;

    /// What it keeps, open: all of it or nothing.
    private record Open(LedgerReader admissions, OperatorState state, OperatorLedger ledger) {
        static Open of(Places places) {
            LedgerReader admissions = LedgerReader.open(places.admissions());
            try {
                OperatorState state = OperatorState.open(places.state());
                try {
                    return new Open(admissions, state, OperatorLedger.open(places.ledger()));
                } catch (LedgerUnavailable | AnotherLeads e) {
                    state.close();
                    throw e;
                }
            } catch (LedgerUnavailable | AnotherLeads e) {
                admissions.close();
                throw e;
            }
        }
    }

    /// @throws LedgerUnavailable where what it keeps cannot be used; nothing is held then
    /// @throws AnotherLeads      where another operator has it
    OperatorHalf(
            Settings settings,
            Places places,
            KubernetesClient client,
            Caches caches,
            DriftMetrics metrics,
            InstantSource clock) {
        Open open = Open.of(places);
        admissions = open.admissions();
        state = open.state();
        ledger = open.ledger();
        this.client = client;
        this.caches = caches;
        certificates = new GateCertificates(
                client, clock, settings.namespace(), settings.webhook().names());
        drift = new DriftControl(client, caches, admissions, ledger, state, settings.namespace(), clock);
        int perSecond = settings.records().perSecond();
        own = LedgerReader.open(places.ledger());
        DecisionProjection decisions = new DecisionProjection(client, admissions, own);
        records = new Projector(decisions, places.admissions(), state, perSecond);
        assessments = new Projector(decisions, places.ledger(), state, perSecond);
        driftEvents = new Projector(new DriftProjection(client, settings.replica()), places.ledger(), state, perSecond);
        applied = new Projector(new AppliedProjection(decisions), places.ledger(), state, perSecond);
        metrics.watch(new DriftMetrics.Source(
                drift::open,
                drift::onsets,
                drift::unknown,
                drift::behind,
                drift::gap,
                driftEvents::backlog,
                () -> records.backlog() + assessments.backlog()));
    }

    /// Whether it still is the one operator that writes. Asked every second, which keeps it so.
    boolean leads() {
        try {
            state.keep();
            ledger.keep();
            return true;
        } catch (LedgerUnavailable | AnotherLeads e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the operator stops writing and waits for its turn: {0}",
                    e.getMessage());
            return false;
        }
    }

    Optional<String> waitingFor() {
        return running ? Optional.empty() : Optional.of("the operator to start");
    }

    /// Starts it where it does not run: at first, and after a watch of it has stopped for good. Called again and again.
    ///
    /// @throws RuntimeException where it cannot start now
    void ensureStarted() {
        if (running) {
            return;
        }
        stopOperator();
        certificates.ensure();
        Optional<String> cluster = caches.namespaces().cluster();
        if (cluster.isEmpty()) {
            return;
        }
        ledger.belongsTo(cluster.get());
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
        starting.register(new GateReconciler(certificates));
        starting.start();
        running = true;
        drift.start();
        records.start();
        assessments.start();
        driftEvents.start();
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
        Stream.<AutoCloseable>of(
                        drift,
                        records,
                        assessments,
                        driftEvents,
                        applied,
                        this::stopOperator,
                        admissions,
                        own,
                        ledger,
                        state)
                .forEach(part -> {
                    try {
                        part.close();
                    } catch (Exception e) {
                        LOG.log(System.Logger.Level.WARNING, "a part of the operator did not stop in order: {0}", e);
                    }
                });
    }
}
