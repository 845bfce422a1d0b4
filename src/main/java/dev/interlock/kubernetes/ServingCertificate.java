package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which certificate the webhook is to serve: the one in the Secret, once the API server trusts it. Watches the
/// Secret and what the gate trusts, each by its name.
///
/// Another certificate takes the place of a good one only after the gate has trusted it for a while: of several
/// API servers each hears of a `caBundle` in its own time. Where what is served is not good there is nothing to
/// wait for.
public final class ServingCertificate implements AutoCloseable {
    /// The Secret's name, in Interlock's namespace.
    public static final String SECRET = "interlock-serving";

    /// How long every API server may take to hear of a `caBundle`.
    public static final Duration SETTLE = Duration.ofSeconds(5);

    private static final long TICK_MILLIS = 250;
    private static final System.Logger LOG = System.getLogger(ServingCertificate.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificate").daemon().factory());
    private final List<String> names;
    private final InstantSource clock;
    private final SharedIndexInformer<Secret> secrets;
    private final GateCache gate;
    private @Nullable Consumer<CertifiedKey> serve;
    private Optional<CertifiedKey> served = Optional.empty();
    private Optional<Trusted> trusted = Optional.empty();
    private Read known = new Read("", new Found.Nothing(""));
    private String said = "";

    /// @param key   what the gate trusts
    /// @param since as [System#nanoTime()] has it
    private record Trusted(CertifiedKey key, long since) {}

    /// What the Secret of a version holds: it is looked at often, and changes seldom.
    private record Read(String version, Found found) {}

    /// What the Secret holds.
    private sealed interface Found {
        record Pair(CertifiedKey key) implements Found {}

        record Nothing(String problem) implements Found {}
    }

    /// @param names that the certificate must be valid for
    public ServingCertificate(KubernetesClient client, String namespace, List<String> names, InstantSource clock) {
        this.names = List.copyOf(names);
        this.clock = clock;
        secrets = Watches.of(client.secrets().inNamespace(namespace).withField("metadata.name", SECRET), this::changed);
        gate = new GateCache(client, Optional.empty());
        secrets.start();
    }

    /// Whether the Secret and the gate are known.
    public boolean synced() {
        return secrets.hasSynced() && gate.synced();
    }

    /// The certificate to begin with; empty where none is good yet, see [#problem()].
    public synchronized Optional<CertifiedKey> first() {
        return found() instanceof Found.Pair(CertifiedKey key) && problem(key).isEmpty()
                ? Optional.of(key)
                : Optional.empty();
    }

    /// From now on another one is handed to `next` whenever it is to be served instead.
    ///
    /// @param first what is served now
    /// @param next  called on a thread of this
    public synchronized void follow(CertifiedKey first, Consumer<CertifiedKey> next) {
        served = Optional.of(first);
        serve = next;
        var _ = thread.scheduleWithFixedDelay(this::look, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Why the API server cannot call what is served, or would be; empty where it can.
    public synchronized Optional<String> problem() {
        Optional<String> problem = served.isPresent() ? problem(served.get()) : problemFound();
        return problem.map(
                served.isPresent()
                        ? "the certificate that is served: %s"::formatted
                        : "the certificate in Secret `%s`: %%s".formatted(SECRET)::formatted);
    }

    private Optional<String> problemFound() {
        return switch (found()) {
            case Found.Pair(CertifiedKey key) -> problem(key);
            case Found.Nothing(String problem) -> Optional.of(problem);
        };
    }

    /// When what is served ends, or what would be; empty where there is nothing.
    public synchronized Optional<Instant> until() {
        return current().map(key -> key.leaf().getNotAfter().toInstant());
    }

    /// When the authority ends by which the gate trusts it; empty where it does not.
    public synchronized Optional<Instant> authorityUntil() {
        return current()
                .flatMap(key -> trusts().stream()
                        .map(trust -> trust.until(key, clock.instant()))
                        .min(Comparator.comparing(end -> end.orElse(Instant.MIN)))
                        .flatMap(end -> end));
    }

    private Optional<CertifiedKey> current() {
        return served.or(() -> found() instanceof Found.Pair(CertifiedKey key) ? Optional.of(key) : Optional.empty());
    }

    private void changed() {
        if (!thread.isShutdown()) {
            thread.execute(this::look);
        }
    }

    private synchronized void look() {
        Consumer<CertifiedKey> next = serve;
        if (next == null) {
            return;
        }
        try {
            look(next);
        } catch (RuntimeException e) { // whatever it is: else nobody would look again
            say(System.Logger.Level.WARNING, "the certificate is not looked at now: %s".formatted(e));
        }
    }

    private void look(Consumer<CertifiedKey> next) {
        switch (found()) {
            case Found.Pair(CertifiedKey key)
            when !served.equals(Optional.of(key)) -> {
                Optional<String> problem = problem(key);
                if (problem.isPresent()) {
                    trusted = Optional.empty();
                    say(
                            System.Logger.Level.WARNING,
                            "the certificate in Secret `%s` is not served, the one before still is: %s"
                                    .formatted(SECRET, problem.get()));
                } else if (settled(key) || served.flatMap(this::problem).isPresent()) {
                    next.accept(key);
                    served = Optional.of(key);
                    say(
                            System.Logger.Level.INFO,
                            "serving the certificate that ends at "
                                    + key.leaf().getNotAfter().toInstant());
                }
            }
            case Found.Pair _ -> trusted = Optional.empty();
            case Found.Nothing(String problem) ->
                say(
                        System.Logger.Level.WARNING,
                        "Secret `%s`: %s; the certificate of before is served".formatted(SECRET, problem));
        }
    }

    /// Whether the gate has trusted it for long enough.
    private boolean settled(CertifiedKey key) {
        if (trusted.filter(known -> known.key().equals(key)).isEmpty()) {
            trusted = Optional.of(new Trusted(key, System.nanoTime()));
        }
        return trusted.filter(known -> System.nanoTime() - known.since() >= SETTLE.toNanos())
                .isPresent();
    }

    private void say(System.Logger.Level level, String what) {
        if (!what.equals(said)) {
            said = what;
            LOG.log(level, what);
        }
    }

    private Found found() {
        Optional<Secret> secret = secrets.getStore().list().stream()
                .filter(each -> each.getMetadata().getName().equals(SECRET))
                .findFirst();
        if (secret.isEmpty()) {
            return new Found.Nothing("it is not there yet, the operator makes it");
        }
        String version = secret.get().getMetadata().getResourceVersion();
        if (!known.version().equals(version)) {
            known = new Read(version, read(secret.get()));
        }
        return known.found();
    }

    private static Found read(Secret secret) {
        try {
            return new Found.Pair(CertifiedKey.read(secret));
        } catch (IOException e) {
            return new Found.Nothing(String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> problem(CertifiedKey key) {
        Instant now = clock.instant();
        return Trust.problem(key, names, now)
                .or(() -> trusts().stream()
                        .flatMap(trust -> trust.distrust(key, now).stream())
                        .findFirst());
    }

    /// What each entry of the gate trusts; an entry that trusts nobody yet says nothing, nor does a gate that is
    /// not there: nothing is called by it.
    private List<Trust> trusts() {
        return gate.trusts().stream()
                .filter(trust -> !trust.authorities().isEmpty())
                .toList();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        secrets.close();
        gate.close();
    }
}
