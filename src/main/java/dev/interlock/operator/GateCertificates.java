package dev.interlock.operator;

import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.GateCache;
import dev.interlock.kubernetes.ResourceGate;
import dev.interlock.kubernetes.ServerSideApply;
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
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Keeps the authority and the serving certificate in their Secrets, and in the gate whom it trusts: makes
/// what is missing, renews what is about to end, mends what somebody has broken, in the order of
/// [CertificatePlan].
///
/// A Secret `interlock-serving` without the label that is set here is somebody else's, who renews it too:
/// then the gate trusts the authorities in its `ca.crt`, and nothing is made here.
public final class GateCertificates implements AutoCloseable {
    private static final String AUTHORITY = "interlock-ca";
    private static final String MADE_BY_LABEL = "app.kubernetes.io/managed-by";
    private static final String MADE_BY = "interlock-operator";

    private static final Duration TICK = Duration.ofMillis(250);

    /// After how long the Secrets are read again when nothing is to be done, or nothing can be.
    private static final Duration QUIET = Duration.ofSeconds(5);

    /// The same when webhooks are waited for.
    private static final Duration WAITING = Duration.ofSeconds(1);

    /// How long the second part of the gate may trust others than the first.
    private static final Duration MOST_BEHIND = Duration.ofSeconds(30);

    /// More steps than these in a row are a dispute with somebody: it is led slowly.
    private static final int MOST_STEPS = 8;

    private static final System.Logger LOG = System.getLogger(GateCertificates.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificates").daemon().factory());
    private final KubernetesClient client;
    private final GateCache gate;
    private final ResourceGate resources;
    private final WebhookLeases webhooks;
    private final InstantSource clock;
    private final String namespace;
    private final List<String> names;
    private final Validity validity;
    private final Runnable turn;
    private List<Trust> trustsSeen = List.of();
    private long lookedAt = System.nanoTime();
    private long followed = System.nanoTime();
    private Duration pause = Duration.ZERO;
    private boolean own;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Set<String> said = new HashSet<>();
    private int steps;
    private volatile Optional<Instant> authorityUntil = Optional.empty();
    private volatile Optional<Instant> servingUntil = Optional.empty();

    /// @param webhooks          which certificate they serve
    /// @param names             that the serving certificate must be valid for
    /// @param authorityValidity how long an authority is valid; not shorter than the next
    /// @param servingValidity   how long a serving certificate is valid
    /// @param turn              throws where it is not this operator's turn to write
    public GateCertificates(
            KubernetesClient client,
            GateCache gate,
            ResourceGate resources,
            WebhookLeases webhooks,
            InstantSource clock,
            String namespace,
            List<String> names,
            Duration authorityValidity,
            Duration servingValidity,
            Runnable turn) {
        this.client = client;
        this.gate = gate;
        this.resources = resources;
        this.webhooks = webhooks;
        this.clock = clock;
        this.namespace = namespace;
        this.names = List.copyOf(names);
        this.turn = turn;
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
            boolean certain = webhooks.certain(); // asked each time, or it would not be
            if (gate.synced() && webhooks.synced() && due()) {
                look(certain);
            }
        } catch (RuntimeException e) { // whatever it is: it is tried again
            lookedAt = System.nanoTime();
            pause = QUIET;
            trustsSeen = trusts();
            own = false;
            say(System.Logger.Level.WARNING, "the certificates are not seen to now: " + e.getMessage());
        }
    }

    /// At the latest after a pause; before that when the gate has changed, or it is time to renew.
    private boolean due() {
        return System.nanoTime() - lookedAt >= pause.toNanos()
                || !trusts().equals(trustsSeen)
                || (own
                        && (CertificatePlan.renews(authorityUntil, validity.authority(), clock.instant())
                                || CertificatePlan.renews(servingUntil, validity.serving(), clock.instant())));
    }

    /// Of both parts. The second one is made to follow the first, and for a while nothing is served by
    /// another authority until it does. What keeps it from that must not end the certificates of the first.
    private List<Trust> trusts() {
        List<Trust> first = gate.trusts();
        List<Trust> second = resources.trusts();
        if (first.containsAll(second)) {
            followed = System.nanoTime();
        } else if (System.nanoTime() - followed > MOST_BEHIND.toNanos()) {
            say(
                    System.Logger.Level.WARNING,
                    "`%s` does not follow whom the gate trusts, and is not waited for".formatted(ResourceGate.NAME));
            return first;
        }
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private void look(boolean certain) {
        List<Trust> trusts = trusts();
        Optional<Secret> serving = secret(ServingCertificate.SECRET);
        Optional<Secret> ca = secret(AUTHORITY);
        Optional<CertifiedKey> authority =
                ca.flatMap(this::read).filter(key -> key.leaf().getBasicConstraints() >= 0);
        Seen found = new Seen(
                authority,
                serving.map(secret -> serving(secret, authority)).orElse(new Serving.None()),
                trusts,
                webhooks.served(),
                certain);
        authorityUntil = found.authority().map(GateCertificates::until);
        servingUntil = switch (found.serving()) {
            case Serving.None _ -> Optional.empty();
            case Serving.Own(CertifiedKey key) -> Optional.of(until(key));
            case Serving.Foreign(Optional<CertifiedKey> key, Trust _) -> key.map(GateCertificates::until);
        };
        Step step = CertificatePlan.next(found, names, validity, clock.instant());
        turn.run();
        switch (step) {
            case Step.MakeAuthority _ ->
                keep(AUTHORITY, ca, CertificateIssuer.authority(clock.instant(), validity.authority()), Map.of());
            case Step.MakeServing(CertifiedKey by) ->
                keep(
                        ServingCertificate.SECRET,
                        serving,
                        CertificateIssuer.serving(by, names, clock.instant(), validity.serving()),
                        Map.of("ca.crt", by.certificatePem()));
            case Step.SetTrust(Trust trust) -> {
                gate.trust(trust);
                say(
                        System.Logger.Level.INFO,
                        "the gate trusts %d authorities now"
                                .formatted(trust.authorities().size()));
            }
            case Step.Wait(String what) -> say(System.Logger.Level.INFO, "waiting for " + what);
            case Step.Nothing _ -> {
                if (!said.isEmpty()) {
                    said.clear();
                    LOG.log(System.Logger.Level.INFO, "certificates and gate are in order");
                }
            }
        }
        trustsSeen = trusts;
        lookedAt = System.nanoTime();
        pause = switch (step) {
            case Step.Nothing _ -> QUIET;
            case Step.Wait _ -> WAITING;
            case Step.MakeAuthority _, Step.MakeServing _, Step.SetTrust _ ->
                steps < MOST_STEPS ? Duration.ZERO : QUIET;
        };
        steps = step instanceof Step.Nothing || step instanceof Step.Wait ? 0 : steps + 1;
        // When it waits, to renew once more would change nothing.
        own = step instanceof Step.Nothing && found.serving() instanceof Serving.Own;
    }

    private static Instant until(CertifiedKey key) {
        return key.leaf().getNotAfter().toInstant();
    }

    private Optional<Secret> secret(String name) {
        return Optional.ofNullable(
                client.secrets().inNamespace(namespace).withName(name).get());
    }

    private Serving serving(Secret secret, Optional<CertifiedKey> authority) {
        Optional<CertifiedKey> key = read(secret);
        Map<String, String> labels =
                Objects.requireNonNullElse(secret.getMetadata().getLabels(), Map.of());
        boolean own = MADE_BY.equals(labels.get(MADE_BY_LABEL))
                || key.filter(serving ->
                                authority.filter(by -> signed(by, serving)).isPresent())
                        .isPresent();
        return own
                ? key.<Serving>map(Serving.Own::new).orElse(new Serving.None())
                : new Serving.Foreign(key, Trust.of(secret));
    }

    private boolean signed(CertifiedKey authority, CertifiedKey serving) {
        return new Trust(List.of(authority.leaf()))
                .distrust(serving, clock.instant())
                .isEmpty();
    }

    private Optional<CertifiedKey> read(Secret secret) {
        try {
            return Optional.of(CertifiedKey.read(secret));
        } catch (IOException unreadable) {
            say(
                    System.Logger.Level.WARNING,
                    "Secret `%s/%s` cannot be used: %s"
                            .formatted(namespace, secret.getMetadata().getName(), unreadable.getMessage()));
            return Optional.empty();
        }
    }

    /// @param before what is there of that name: its type cannot be changed
    private void keep(String name, Optional<Secret> before, CertifiedKey made, Map<String, String> more) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(MADE_BY_LABEL, MADE_BY)
                .endMetadata()
                .withType(before.map(Secret::getType).orElse("kubernetes.io/tls"))
                .addToStringData("tls.crt", made.certificatePem())
                .addToStringData("tls.key", made.keyPem())
                .addToStringData(more)
                .build();
        client.resource(secret).patch(ServerSideApply.by(MADE_BY));
        say(
                System.Logger.Level.INFO,
                "made the certificate in Secret `%s/%s`, valid until %s".formatted(namespace, name, until(made)));
    }

    /// Says it once, until everything is in order again.
    private void say(System.Logger.Level level, String what) {
        if (said.add(what)) {
            LOG.log(level, what);
        }
    }

    @Override
    public void close() {
        // What is half done is finished: it is not this one's turn any more after that.
        Threads.end(thread);
    }
}
