package dev.interlock;

import dev.interlock.kubernetes.RecordProjector;
import dev.interlock.ledger.ProjectionCursor;
import dev.interlock.metrics.AdmissionMetrics;
import dev.interlock.operator.GateCertificates;
import dev.interlock.operator.GateReconciler;
import dev.interlock.operator.PolicyReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The half that does everything but answer: certificates, conditions, records. It reads the webhook's ledger and
/// writes the API.
final class OperatorHalf implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OperatorHalf.class.getName());

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String namespace;
    private final GateCertificates certificates;
    private final ProjectionCursor cursor;
    private final RecordProjector projector;
    private volatile @Nullable Operator operator;
    private volatile boolean running;

    /// @param ledger the webhook's file
    /// @param state  the operator's own
    OperatorHalf(
            Settings settings,
            Path ledger,
            Path state,
            KubernetesClient client,
            AdmissionMetrics metrics,
            InstantSource clock) {
        this.client = client;
        this.clock = clock;
        this.namespace = settings.namespace();
        certificates = new GateCertificates(
                client, clock, namespace, settings.webhook().names());
        cursor = ProjectionCursor.open(state);
        projector =
                new RecordProjector(client, ledger, cursor, settings.records().perSecond());
        metrics.watchRecords(projector::backlog);
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
        starting.register(new PolicyReconciler(clock, namespace));
        starting.register(new GateReconciler(certificates));
        starting.start();
        running = true;
        projector.start();
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
        projector.close();
        stopOperator();
        cursor.close();
    }
}
