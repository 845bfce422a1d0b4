package dev.interlock;

import dev.interlock.kubernetes.Caches;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.metrics.AdmissionMetrics;
import dev.interlock.metrics.DriftMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/// Puts the parts together: `interlock run` is both halves in one process, each with its own file in the data
/// directory.
@Readiness
@ApplicationScoped
class Wiring implements HealthCheck {
    private static final System.Logger LOG = System.getLogger(Wiring.class.getName());

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Settings settings;
    private final KubernetesClient client;
    private final Vertx vertx;
    private final MeterRegistry registry;
    private final String version;
    private volatile @Nullable Caches caches;
    private volatile @Nullable WebhookHalf webhook;
    private volatile @Nullable OperatorHalf operator;

    Wiring(
            Settings settings,
            KubernetesClient client,
            Vertx vertx,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.settings = settings;
        this.client = client;
        this.vertx = vertx;
        this.registry = registry;
        this.version = version;
    }

    void start(@Observes StartupEvent event) {
        InstantSource clock = InstantSource.system();
        AdmissionMetrics metrics = new AdmissionMetrics(registry, version);
        Path ledgerFile = settings.dataDirectory().resolve("webhook.db");
        OperatorHalf.Files files = new OperatorHalf.Files(
                ledgerFile,
                settings.dataDirectory().resolve("operator-ledger.db"),
                settings.dataDirectory().resolve("operator.db"));
        try {
            Ledger ledger = Ledger.open(ledgerFile, Ledger.Settings.DEFAULTS);
            caches = new Caches(client, settings.namespace());
            WebhookHalf half = new WebhookHalf(settings, ledger, files.ledger(), client, caches, vertx, metrics, clock);
            webhook = half;
        } catch (LedgerUnavailable e) {
            LOG.log(System.Logger.Level.ERROR, "Interlock does not start: " + e.getMessage());
            Quarkus.asyncExit(1);
            return;
        }
        WebhookHalf answering = webhook;
        Caches known = caches;
        DriftMetrics driftMetrics = new DriftMetrics(registry);
        Thread.ofVirtual().name("webhook-start").start(() -> untilDone("the webhook", answering::tryOpen, 20));
        Thread.ofVirtual()
                .name("operator-start")
                .start(() -> untilDone(
                        "the operator",
                        () -> {
                            OperatorHalf half = operator;
                            if (half == null) {
                                half = new OperatorHalf(
                                        settings,
                                        files,
                                        client,
                                        known,
                                        answering::answers,
                                        metrics,
                                        driftMetrics,
                                        clock);
                                operator = half;
                            }
                            half.ensureStarted();
                            return false; // it is looked after for as long as the process lives
                        },
                        1000));
    }

    private interface Attempt {
        boolean done() throws Exception;
    }

    /// Tries until it is done or the process ends. What fails is said at most every ten seconds.
    private void untilDone(String what, Attempt attempt, int everyMillis) {
        long saidAt = System.nanoTime() - TimeUnit.SECONDS.toNanos(10);
        try {
            do {
                try {
                    if (attempt.done()) {
                        return;
                    }
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    if (System.nanoTime() - saidAt >= TimeUnit.SECONDS.toNanos(10)) {
                        saidAt = System.nanoTime();
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "%s has not started and tries again: %s".formatted(what, e));
                    }
                }
            } while (!stopping.await(everyMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopping.countDown();
        Stream.of(
                        Optional.ofNullable((AutoCloseable) operator),
                        Optional.ofNullable((AutoCloseable) webhook),
                        Optional.ofNullable((AutoCloseable) caches))
                .flatMap(Optional::stream)
                .forEach(half -> {
                    try {
                        half.close();
                    } catch (Exception e) {
                        LOG.log(System.Logger.Level.ERROR, "did not stop in order", e);
                    }
                });
    }

    /// Up when the port is open and the operator runs; else it says what is missing.
    @Override
    public HealthCheckResponse call() {
        String missing = Stream.of(
                        webhook == null ? Optional.of("the ledger") : webhook.waitingFor(),
                        operator == null ? Optional.of("the operator's state") : operator.waitingFor())
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
        return missing.isEmpty()
                ? HealthCheckResponse.up("interlock")
                : HealthCheckResponse.named("interlock")
                        .down()
                        .withData("waitingFor", missing)
                        .build();
    }
}
