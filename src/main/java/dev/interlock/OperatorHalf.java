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
    private @Nullable Operator operator;
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

    /// Starts once the API server answers. Called again and again until it has.
    ///
    /// @throws RuntimeException where it could not; nothing is left running then
    void tryStart() {
        certificates.ensure();
        Operator starting = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withCacheSyncTimeout(Duration.ofSeconds(30))
                // The default ends the process when a watch stops; the webhook would end with it.
                .withInformerStoppedHandler((informer, cause) -> {
                    if (cause != null) {
                        running = false;
                        LOG.log(System.Logger.Level.ERROR, "a watch of the operator has stopped for good", cause);
                    }
                }));
        try {
            starting.register(new PolicyReconciler(clock, namespace));
            starting.register(new GateReconciler(certificates));
            starting.start();
        } catch (RuntimeException e) {
            starting.stop();
            throw e;
        }
        operator = starting;
        projector.start();
        running = true;
        LOG.log(System.Logger.Level.INFO, "the operator has started");
    }

    @Override
    public void close() {
        running = false;
        projector.close();
        if (operator != null) {
            operator.stop();
        }
        cursor.close();
    }
}
