package dev.interlock;

import dev.interlock.admission.Callers;
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
import io.quarkus.runtime.annotations.CommandLineArguments;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/// Puts the parts together: one half in a process of its own, or both in one, each with its own file in the data
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
    private final Role role;
    private volatile @Nullable Caches caches;
    private volatile @Nullable WebhookHalf webhook;
    private volatile @Nullable OperatorHalf operator;

    Wiring(
            Settings settings,
            KubernetesClient client,
            Vertx vertx,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @CommandLineArguments String[] arguments) {
        this.settings = settings;
        this.client = client;
        this.vertx = vertx;
        this.registry = registry;
        this.version = version;
        this.role = Role.of(List.of(arguments)).orElseThrow();
    }

    void start(@Observes StartupEvent event) {
        InstantSource clock = InstantSource.system();
        Path data = settings.dataDirectory();
        OperatorHalf.Files files = new OperatorHalf.Files(
                data.resolve("webhook.db"), data.resolve("operator-ledger.db"), data.resolve("operator.db"));
        Caches known = new Caches(client, settings.namespace());
        caches = known;
        if (role.answers()) {
            try {
                Callers callers = WebhookHalf.callers(settings.webhook());
                Ledger ledger = Ledger.open(files.admissions(), Ledger.Settings.DEFAULTS);
                AdmissionMetrics metrics = new AdmissionMetrics(registry, version);
                WebhookHalf half = new WebhookHalf(
                        settings, callers, ledger, files.ledger(), client, known, vertx, metrics, clock);
                webhook = half;
                Thread.ofVirtual().name("webhook-start").start(() -> untilDone("the webhook", half::tryOpen, 20));
            } catch (SettingsUnusable e) {
                LOG.log(System.Logger.Level.ERROR, "Interlock does not start: " + e.getMessage());
                Quarkus.asyncExit(2);
                return;
            } catch (LedgerUnavailable e) {
                LOG.log(System.Logger.Level.ERROR, "Interlock does not start: " + e.getMessage());
                Quarkus.asyncExit(1);
                return;
            }
        }
        if (role.reconciles()) {
            DriftMetrics metrics = new DriftMetrics(registry);
            Thread.ofVirtual()
                    .name("operator-start")
                    .start(() -> untilDone("the operator", () -> reconcile(files, known, metrics, clock), 1000));
        }
    }

    /// Makes the operator's half and starts it, wherever it does not run.
    ///
    /// @return false: it is looked after for as long as the process lives
    private boolean reconcile(OperatorHalf.Files files, Caches known, DriftMetrics metrics, InstantSource clock) {
        OperatorHalf half = operator;
        if (half == null) {
            half = new OperatorHalf(settings, files, client, known, metrics, clock);
            operator = half;
        }
        half.ensureStarted();
        return false;
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

    /// Up when the port is open, or where there is none when the operator runs; says what is missing in
    /// either. That the operator of the same process does not run takes no traffic from the port: a fault in
    /// one half never stops the other.
    @Override
    public HealthCheckResponse call() {
        Optional<String> port = role.answers() ? waitingForWebhook() : Optional.empty();
        Optional<String> reconciling = role.reconciles() ? waitingForOperator() : Optional.empty();
        boolean up = (role.answers() ? port : reconciling).isEmpty();
        String missing = Stream.of(port, reconciling).flatMap(Optional::stream).collect(Collectors.joining("; "));
        HealthCheckResponseBuilder answer =
                HealthCheckResponse.named("interlock").status(up);
        return (missing.isEmpty() ? answer : answer.withData("waitingFor", missing)).build();
    }

    private Optional<String> waitingForWebhook() {
        WebhookHalf half = webhook;
        return half == null ? Optional.of("the ledger") : half.waitingFor();
    }

    private Optional<String> waitingForOperator() {
        OperatorHalf half = operator;
        return half == null ? Optional.of("the operator's files and the webhook's ledger") : half.waitingFor();
    }
}
