package dev.interlock;

import dev.interlock.admission.AdmissionPipeline;
import dev.interlock.admission.AdmissionServer;
import dev.interlock.admission.Callers;
import dev.interlock.admission.PolicyReview;
import dev.interlock.admission.Workers;
import dev.interlock.decision.Evaluator;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.InformerEvidenceSource;
import dev.interlock.kubernetes.PolicyMapping;
import dev.interlock.kubernetes.PublishedTypes;
import dev.interlock.kubernetes.ServedKey;
import dev.interlock.kubernetes.ServingCertificate;
import dev.interlock.kubernetes.WebhookLease;
import dev.interlock.ledger.ApprovalIndex;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerJournal;
import dev.interlock.ledger.LedgerUnavailable;
import dev.interlock.ledger.Places;
import dev.interlock.metrics.AdmissionMetrics;
import dev.interlock.metrics.CertificateMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The half that answers admissions, from memory. It needs the ledger and what it watches; nothing of the
/// operator but its traces in the API.
final class WebhookHalf implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WebhookHalf.class.getName());
    private static final int WARM_UP = 10;

    private static final int MOST_WAITING = 64;

    private final Settings settings;
    private final Ledger ledger;
    private final LedgerJournal journal;
    private final Caches caches;
    private final ApprovalIndex approvals;
    private final ServingCertificate serving;
    private final AdmissionServer server;
    private final WebhookLease lease;
    private final AdmissionMetrics metrics;
    private final InstantSource clock;

    /// More than there are processors, so that some that take long leave room for others.
    private final ExecutorService evaluations = threads("evaluation-", 16, 256);

    /// Fewer than there are processors: what is large takes memory as long as it takes, and leaves room for
    /// others.
    private final ExecutorService large =
            threads("large-", Math.max(1, Runtime.getRuntime().availableProcessors() / 2), 64);

    private volatile String waitingFor = "the first look at the cluster";
    private volatile String servedFingerprint = "";
    private volatile boolean open;
    private boolean mine;

    /// @throws LedgerUnavailable where the ledger cannot be used; nothing is held then
    WebhookHalf(
            Settings settings,
            Callers callers,
            Places places,
            KubernetesClient client,
            Caches caches,
            PublishedTypes types,
            Vertx vertx,
            AdmissionMetrics metrics,
            CertificateMetrics certificateMetrics,
            InstantSource clock,
            InstantSource steady) {
        this.settings = settings;
        ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
        this.metrics = metrics;
        this.clock = clock;
        journal = LedgerJournal.start(ledger, clock, steady);
        metrics.watchEvidence(journal::pending, () -> journal.oldestPending(clock.instant()));
        this.caches = caches;
        approvals = ApprovalIndex.follow(places.admissions(), places.ledger(), settings.rollbackWindow());
        Executor policies = oneAfterTheOther();
        Workers workers = new Workers(evaluations, large, steady);
        server = new AdmissionServer(
                vertx,
                new AdmissionPipeline(
                        new InformerEvidenceSource(caches, approvals::of, clock, steady),
                        new Evaluator(ledger.mask(), WorkedClock::start),
                        journal,
                        clock,
                        workers,
                        metrics),
                new PolicyReview(
                        PolicyMapping::problem, policy -> PolicyMapping.doubts(policy, types, policies), policies),
                workers,
                callers,
                steady,
                metrics);
        serving = new ServingCertificate(
                client, settings.namespace(), settings.webhook().names(), clock);
        certificateMetrics.show("webhook", serving::until, serving::authorityUntil);
        lease = new WebhookLease(
                client,
                steady,
                settings.namespace(),
                settings.replica(),
                settings.podUid(),
                caches::refs,
                () -> servedFingerprint);
        caches.onPolicies(() -> {
            metrics.loaded(caches.policies().all());
            if (open) {
                lease.changed();
            }
        });
    }

    /// Looks at policies that are about to be stored, and holds them against the types of all kinds, which
    /// takes long: never on more than one thread, and never on those that decide.
    private static Executor oneAfterTheOther() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().name("policies").daemon().factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static ExecutorService threads(String name, int many, int waiting) {
        return new ThreadPoolExecutor(
                many,
                many,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().name(name, 0).daemon().factory());
    }

    /// By what the API server is known, as it is set.
    ///
    /// @throws SettingsUnusable where that is no authority
    static Callers callers(Settings.Webhook settings) {
        List<String> names = settings.clientNames().orElse(List.of());
        if (settings.clientAuthority().isEmpty()) {
            if (!names.isEmpty()) {
                throw new SettingsUnusable(
                        "INTERLOCK_WEBHOOK_CLIENT_NAMES is set and INTERLOCK_WEBHOOK_CLIENT_AUTHORITY is not: set both, or neither");
            }
            return Callers.NOBODY_KNOWN;
        }
        Path file = settings.clientAuthority().get();
        try {
            String pem = Files.readString(file);
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty()) {
                throw new SettingsUnusable(unusable(file, "it has no certificate"));
            }
            return new Callers(Optional.of(pem), names);
        } catch (IOException | CertificateException e) {
            throw new SettingsUnusable(unusable(file, e.getClass().getSimpleName()));
        }
    }

    private static String unusable(Path file, String cause) {
        return "INTERLOCK_WEBHOOK_CLIENT_AUTHORITY `%s` cannot be used (%s): name a file with certificates in PEM form"
                .formatted(file, cause);
    }

    /// What readiness waits for; empty where the port is open and every answer is a decision.
    Optional<String> waitingFor() {
        return open
                ? caches.staleSince(clock.instant())
                        .map(since -> "the API server to be asked again: policies are known as of %s".formatted(since))
                        .or(serving::problem)
                : Optional.of(waitingFor);
    }

    /// Opens the port once everything is loaded. Called again and again until it is open.
    ///
    /// @return whether it is
    boolean tryOpen() throws Exception {
        if (!caches.synced()) {
            return waits("policies, paths and namespaces to be loaded");
        }
        if (!mine) {
            ledger.belongsTo(caches.namespaces().cluster().orElseThrow());
            mine = true;
        }
        if (!approvals.loaded()) {
            return waits("what was approved to be read from the ledger");
        }
        if (!serving.synced()) {
            return waits("the serving certificate and the gate to be loaded");
        }
        Optional<CertifiedKey> first = serving.first();
        if (first.isEmpty()) {
            return waits(serving.problem().orElse("the serving certificate"));
        }
        ServedKey key = new ServedKey(first.get());
        if (!await(server.warm(WARM_UP, key))) {
            return waits("a synthetic review to be decided");
        }
        int port =
                await(server.open(settings.webhook().host(), settings.webhook().port(), key));
        metrics.loaded(caches.policies().all());
        servedFingerprint = first.get().fingerprint();
        lease.start();
        open = true;
        metrics.watchPolicies(caches::provenAge);
        lease.changed();
        serving.follow(first.get(), next -> {
            key.serve(next);
            servedFingerprint = next.fingerprint();
            lease.changed();
        });
        LOG.log(
                System.Logger.Level.INFO,
                "answering admissions on port %d by %d policies"
                        .formatted(port, caches.refs().size()));
        return true;
    }

    /// Notes what the port stays closed for, and says it once.
    private boolean waits(String what) {
        if (!what.equals(waitingFor)) {
            waitingFor = what;
            LOG.log(System.Logger.Level.INFO, "the port stays closed, waiting for {0}", what);
        }
        return false;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return await(future, Duration.ofSeconds(20));
    }

    private static <T> T await(Future<T> future, Duration most) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Whether the port is open.
    boolean answers() {
        return open;
    }

    /// In the order in which nothing is lost: what has been asked is answered, then no more requests, then
    /// what is on its way into the ledger, then the ledger.
    @Override
    public void close() {
        open = false;
        try {
            Duration drain = settings.webhook().drain();
            await(server.close(drain), drain.plusSeconds(10));
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "the port did not close in order", e);
        }
        lease.close();
        List.of(evaluations, large).forEach(ExecutorService::shutdown);
        try {
            for (ExecutorService each : List.of(evaluations, large)) {
                if (!each.awaitTermination(3, TimeUnit.SECONDS)) {
                    each.shutdownNow();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        journal.close();
        ledger.close();
        serving.close();
        approvals.close();
    }
}
