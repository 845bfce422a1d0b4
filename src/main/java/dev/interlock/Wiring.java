package dev.interlock;

import dev.interlock.admission.Callers;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.PublishedTypes;
import dev.interlock.ledger.AnotherLeads;
import dev.interlock.ledger.Database;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.Places;
import dev.interlock.metrics.AdmissionMetrics;
import dev.interlock.metrics.CertificateMetrics;
import dev.interlock.metrics.OperatorMetrics;
import dev.interlock.metrics.ProcessMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.CommandLineArguments;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/// Puts the parts together: one half in a process of its own, or both in one, each with a ledger of its own.
@Readiness
@ApplicationScoped
class Wiring implements HealthCheck {
    private static final System.Logger LOG = System.getLogger(Wiring.class.getName());

    /// As StatefulSets name their Pods.
    private static final Pattern NOT_THE_FIRST = Pattern.compile(".*-[1-9][0-9]*");

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(15);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

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
    private volatile boolean waitsForTurn;

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
        InstantSource steady = new SteadyClock();
        CertificateMetrics certificates = new CertificateMetrics(registry);
        Places places;
        Callers callers;
        try {
            places = places(settings);
            callers = WebhookHalf.callers(settings.webhook());
            settings.certificates().check();
            if (settings.webhook().drain().compareTo(LONGEST_DRAIN) > 0) {
                throw new SettingsUnusable("INTERLOCK_WEBHOOK_DRAIN is at most %ds: a Pod has 30 s to end"
                        .formatted(LONGEST_DRAIN.toSeconds()));
            }
        } catch (SettingsUnusable e) {
            refuse(e);
            return;
        }
        ProcessMetrics.show(registry, version, free(places));
        Caches known = new Caches(client, settings.namespace());
        caches = known;
        PublishedTypes types = new PublishedTypes(client, steady);
        if (role.answers()) {
            AdmissionMetrics metrics = new AdmissionMetrics(registry);
            Thread.ofVirtual()
                    .name("webhook-start")
                    .start(() -> untilDone(
                            "the webhook",
                            () -> answer(places, callers, known, types, metrics, certificates, clock, steady),
                            Duration.ofMillis(20)));
        }
        if (role.reconciles()) {
            OperatorMetrics metrics = new OperatorMetrics(registry);
            Thread.ofVirtual()
                    .name("operator-start")
                    .start(() -> untilDone(
                            "the operator",
                            () -> reconcile(places, known, types, metrics, certificates, clock, steady),
                            Duration.ofSeconds(1)));
        }
    }

    private Map<String, Supplier<Number>> free(Places places) {
        Map<String, Supplier<Number>> free = new HashMap<>();
        if (role.answers() && places.admissions() instanceof Place.File file) {
            free.put("webhook", file::freeBytes);
        }
        if (role.reconciles() && places.ledger() instanceof Place.File file) {
            free.put("operator", file::freeBytes);
        }
        return free;
    }

    /// Where the ledgers are, as it is set.
    ///
    /// @throws SettingsUnusable where what is set is no such place, or contradicts itself
    static Places places(Settings settings) {
        Settings.Postgresql database = settings.database();
        if (database.url().isEmpty()) {
            if (database.user().isPresent() || database.password().isPresent()) {
                throw new SettingsUnusable(
                        "INTERLOCK_DATABASE_USER or INTERLOCK_DATABASE_PASSWORD is set and INTERLOCK_DATABASE_URL is not: set it, or none of them");
            }
            if (settings.podUid().isPresent()
                    && NOT_THE_FIRST.matcher(settings.replica()).matches()) {
                throw new SettingsUnusable(
                        "`%s` is not the only replica, and each would have a ledger of its own: scale back to one, or set INTERLOCK_DATABASE_URL"
                                .formatted(settings.replica()));
            }
            return Places.in(settings.dataDirectory());
        }
        try {
            return Places.in(new Database(database.url().get(), database.user(), database.password()));
        } catch (IllegalArgumentException e) {
            throw new SettingsUnusable("INTERLOCK_DATABASE_URL cannot be used: %s".formatted(e.getMessage()));
        }
    }

    /// Ends the process, because only a person can change what stands in its way.
    private static void refuse(RuntimeException cause) {
        LOG.log(System.Logger.Level.ERROR, "Interlock does not start: " + cause.getMessage());
        Quarkus.asyncExit(2);
    }

    /// Makes the webhook's half where there is none, and opens its port.
    ///
    /// @return whether nothing more is to be done
    private boolean answer(
            Places places,
            Callers callers,
            Caches known,
            PublishedTypes types,
            AdmissionMetrics metrics,
            CertificateMetrics certificates,
            InstantSource clock,
            InstantSource steady)
            throws Exception {
        try {
            WebhookHalf half = webhook;
            if (half == null) {
                half = new WebhookHalf(
                        settings, callers, places, client, known, types, vertx, metrics, certificates, clock, steady);
                webhook = half;
            }
            return half.tryOpen();
        } catch (LedgerUnavailable e) {
            if (e.lasting() || places.admissions() instanceof Place.File) {
                refuse(e);
                return true;
            }
            throw e;
        }
    }

    /// Makes the operator's half where there is none that may write, and starts it wherever it does not run.
    ///
    /// @return whether nothing more is to be done: false for as long as the process is to live
    private boolean reconcile(
            Places places,
            Caches known,
            PublishedTypes types,
            OperatorMetrics metrics,
            CertificateMetrics certificates,
            InstantSource clock,
            InstantSource steady) {
        OperatorHalf half = operator;
        if (half != null && !half.leads()) {
            operator = null;
            half.close();
            half = null;
        }
        try {
            if (half == null) {
                half = OperatorHalf.open(settings, places, client, known, types, metrics, certificates, clock, steady);
                operator = half;
                waitsForTurn = false;
            }
            half.ensureStarted();
        } catch (AnotherLeads e) {
            if (!waitsForTurn) {
                LOG.log(System.Logger.Level.INFO, e.getMessage());
            }
            waitsForTurn = true;
        } catch (LedgerUnavailable e) {
            waitsForTurn = false;
            if (e.lasting() && !role.answers()) {
                refuse(e);
                return true;
            }
            throw e;
        }
        return false;
    }

    private interface Attempt {
        boolean done() throws Exception;
    }

    /// Tries until it is done or the process ends. What fails is said at most every ten seconds.
    private void untilDone(String what, Attempt attempt, Duration every) {
        long saidAt = System.nanoTime() - TimeUnit.SECONDS.toNanos(10);
        Duration pause;
        try {
            do {
                pause = every;
                try {
                    if (attempt.done()) {
                        return;
                    }
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception | Error e) { // else the half would never start, and nobody would say so
                    pause = AFTER_FAILURE;
                    if (System.nanoTime() - saidAt >= TimeUnit.SECONDS.toNanos(10)) {
                        saidAt = System.nanoTime();
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "%s has not started and tries again: %s".formatted(what, e));
                    }
                }
            } while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopping.countDown();
        // Side by side: the webhook goes on answering while the operator ends.
        List<Thread> ends = Stream.of(
                        Optional.ofNullable((AutoCloseable) operator), Optional.ofNullable((AutoCloseable) webhook))
                .flatMap(Optional::stream)
                .map(half -> Thread.ofVirtual().start(() -> close(half)))
                .toList();
        try {
            for (Thread end : ends) {
                end.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Optional.ofNullable((AutoCloseable) caches).ifPresent(Wiring::close);
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) { // whatever it is: the process ends
            LOG.log(System.Logger.Level.ERROR, "did not stop in order", e);
        }
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
        if (half != null) {
            return half.waitingFor();
        }
        return Optional.of(waitsForTurn ? "its turn: another operator writes" : "its own and the webhooks' ledger");
    }
}
