package dev.interlock.operator;

import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.GateCache;
import dev.interlock.kubernetes.ServingCertificate;
import dev.interlock.kubernetes.Trust;
import dev.interlock.kubernetes.WebhookLeases;
import dev.interlock.operator.CertificatePlan.Seen;
import dev.interlock.operator.CertificatePlan.Serving;
import dev.interlock.operator.CertificatePlan.Step;
import dev.interlock.operator.CertificatePlan.Validity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps the authority and the serving certificate in their Secrets, and in the gate whom it trusts: makes what is
/// missing, renews what is about to end, mends what somebody has broken, in the order of [CertificatePlan].
///
/// A Secret `interlock-serving` without the label that is set here is somebody else's, who renews it too: then the
/// gate trusts the authorities in its `ca.crt`, and nothing is made here.
public final class GateCertificates implements AutoCloseable {
    private static final String AUTHORITY = "interlock-ca";
    private static final String MADE_BY_LABEL = "app.kubernetes.io/managed-by";
    private static final String MADE_BY = "interlock-operator";

    private static final Duration TICK = Duration.ofMillis(250);

    /// How often the Secrets are read when nothing is to be done.
    private static final Duration QUIET = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(GateCertificates.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificates").daemon().factory());
    private final KubernetesClient client;
    private final GateCache gate;
    private final WebhookLeases webhooks;
    private final InstantSource clock;
    private final String namespace;
    private final List<String> names;
    private final Validity validity;
    private List<Trust> quietWith = List.of();
    private Optional<Long> quietSince = Optional.empty();
    private final AtomicBoolean started = new AtomicBoolean();
    private String said = "";
    private volatile Optional<Instant> authorityUntil = Optional.empty();
    private volatile Optional<Instant> servingUntil = Optional.empty();

    /// @param webhooks          which certificate they serve
    /// @param names             that the serving certificate must be valid for
    /// @param authorityValidity how long an authority is valid; not shorter than the next
    /// @param servingValidity   how long a serving certificate is valid
    public GateCertificates(
            KubernetesClient client,
            GateCache gate,
            WebhookLeases webhooks,
            InstantSource clock,
            String namespace,
            List<String> names,
            Duration authorityValidity,
            Duration servingValidity) {
        this.client = client;
        this.gate = gate;
        this.webhooks = webhooks;
        this.clock = clock;
        this.namespace = namespace;
        this.names = List.copyOf(names);
        this.validity = new Validity(authorityValidity, servingValidity);
    }

    /// Begins, once however often it is called.
    public void start() {
        if (!started.compareAndSet(false, true)) {
            return;
        }
        var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// When the authority ends; empty where it is not known, or there is none.
    public Optional<Instant> authorityUntil() {
        return authorityUntil;
    }

    /// When the certificate in the Secret ends; empty where it is not known, or there is none.
    public Optional<Instant> servingUntil() {
        return servingUntil;
    }

    private void tick() {
        try {
            if (gate.synced() && webhooks.synced() && due()) {
                look();
            }
        } catch (RuntimeException e) { // whatever it is: it is tried again
            quietSince = Optional.empty();
            say(System.Logger.Level.WARNING, "the certificates are not seen to now: " + e.getMessage());
        }
    }

    private boolean due() {
        return !gate.trusts().equals(quietWith)
                || CertificatePlan.renews(authorityUntil, validity.authority(), clock.instant())
                || CertificatePlan.renews(servingUntil, validity.serving(), clock.instant())
                || quietSince
                        .filter(since -> System.nanoTime() - since < QUIET.toNanos())
                        .isEmpty();
    }

    private void look() {
        List<Trust> trusts = gate.trusts();
        Optional<Secret> serving = secret(ServingCertificate.SECRET);
        Seen seen =
                new Seen(authority(), serving.map(this::serving).orElse(new Serving.None()), trusts, webhooks.served());
        authorityUntil = seen.authority().map(GateCertificates::until);
        servingUntil = switch (seen.serving()) {
            case Serving.None _ -> Optional.empty();
            case Serving.Own(CertifiedKey key) -> Optional.of(until(key));
            case Serving.Foreign(Optional<CertifiedKey> key, Trust _) -> key.map(GateCertificates::until);
        };
        Step step = CertificatePlan.next(seen, names, validity, clock.instant());
        switch (step) {
            case Step.MakeAuthority _ ->
                keep(AUTHORITY, CertificateIssuer.authority(clock.instant(), validity.authority()), Map.of());
            case Step.MakeServing(CertifiedKey authority) ->
                keep(
                        ServingCertificate.SECRET,
                        CertificateIssuer.serving(authority, names, clock.instant(), validity.serving()),
                        Map.of("ca.crt", authority.certificatePem()));
            case Step.SetTrust(Trust trust) -> {
                gate.trust(trust);
                say(
                        System.Logger.Level.INFO,
                        "the gate trusts %d authorities now"
                                .formatted(trust.authorities().size()));
            }
            case Step.Wait(String what) -> say(System.Logger.Level.INFO, "waiting for " + what);
            case Step.Nothing _ -> say(System.Logger.Level.INFO, "certificates and gate are in order");
        }
        quietWith = trusts;
        quietSince = step instanceof Step.Nothing ? Optional.of(System.nanoTime()) : Optional.empty();
    }

    private static Instant until(CertifiedKey key) {
        return key.leaf().getNotAfter().toInstant();
    }

    private Optional<Secret> secret(String name) {
        return Optional.ofNullable(
                client.secrets().inNamespace(namespace).withName(name).get());
    }

    private Optional<CertifiedKey> authority() {
        return secret(AUTHORITY).flatMap(this::read).filter(key -> key.leaf().getBasicConstraints() >= 0);
    }

    private Serving serving(Secret secret) {
        Optional<CertifiedKey> key = read(secret);
        Map<String, String> labels =
                Objects.requireNonNullElse(secret.getMetadata().getLabels(), Map.of());
        if (!MADE_BY.equals(labels.get(MADE_BY_LABEL))) {
            return new Serving.Foreign(key, Trust.of(ServingCertificate.text(data(secret), "ca.crt")));
        }
        return key.<Serving>map(Serving.Own::new).orElse(new Serving.None());
    }

    private static Map<String, String> data(Secret secret) {
        return Objects.requireNonNullElse(secret.getData(), Map.of());
    }

    private Optional<CertifiedKey> read(Secret secret) {
        try {
            return Optional.of(CertifiedKey.read(
                    ServingCertificate.text(data(secret), "tls.crt"),
                    ServingCertificate.text(data(secret), "tls.key")));
        } catch (IOException unreadable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Secret `%s/%s` cannot be used: %s"
                            .formatted(namespace, secret.getMetadata().getName(), unreadable.getMessage()));
            return Optional.empty();
        }
    }

    private void keep(String name, CertifiedKey made, Map<String, String> more) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(MADE_BY_LABEL, MADE_BY)
                .endMetadata()
                .withType("kubernetes.io/tls")
                .addToStringData("tls.crt", made.certificatePem())
                .addToStringData("tls.key", made.keyPem())
                .addToStringData(more)
                .build();
        client.resource(secret)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(MADE_BY)
                        .withForce(true)
                        .build());
        say(
                System.Logger.Level.INFO,
                "made the certificate in Secret `%s/%s`, valid until %s".formatted(namespace, name, until(made)));
    }

    private void say(System.Logger.Level level, String what) {
        if (!what.equals(said)) {
            said = what;
            LOG.log(level, what);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            // What is half done is finished: it is not this one's turn any more after that.
            var _ = thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }
}
