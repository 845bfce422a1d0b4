package dev.interlock.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Asks the API server now and then what the watches should have told, because a watch can go silent without
/// an end. One that missed something and goes on saying nothing is begun anew.
final class CacheProof implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CacheProof.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration APART = Duration.ofSeconds(1);

    /// Older policies than this are not decided by.
    static final Duration BOUND = Duration.ofSeconds(30);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("proof").daemon().factory());
    private final List<Provable> caches;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long provenAt = System.nanoTime();
    private volatile long askedAt = provenAt;
    private String trouble = "";

    /// What can be held against the API server.
    interface Provable {
        /// Whether it has what the API server has now. Where it does not, and has heard nothing since the
        /// last time, its watch is begun anew.
        ///
        /// @throws RuntimeException where the API server cannot be asked
        boolean proven();
    }

    CacheProof(List<Provable> caches) {
        this.caches = List.copyOf(caches);
        var _ = thread.scheduleWithFixedDelay(this::tick, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Until when all of it is known to have been right, where that is longer ago than decisions may be.
    /// Whoever is told so makes it be asked for at once, though not more than once a second: after an outage nobody
    /// waits for the next time, and while it lasts the API server is not asked for each decision.
    Optional<Instant> staleSince(Instant now) {
        Duration age = age();
        if (age.compareTo(BOUND) <= 0) {
            return Optional.empty();
        }
        if (System.nanoTime() - askedAt > APART.toNanos() && asked.compareAndSet(false, true)) {
            thread.execute(this::tick);
        }
        return Optional.of(now.minus(age));
    }

    /// How long ago all of it was last known to be right.
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - provenAt);
    }

    private void tick() {
        askedAt = System.nanoTime();
        asked.set(false);
        try {
            prove();
            trouble = "";
        } catch (RuntimeException e) {
            String cause = String.valueOf(e.getMessage());
            if (!cause.equals(trouble)) {
                LOG.log(System.Logger.Level.WARNING, "what is watched cannot be proven now: {0}", cause);
            }
            trouble = cause;
        }
    }

    void prove() {
        long began = System.nanoTime();
        boolean all = true;
        for (Provable cache : caches) {
            all &= cache.proven();
        }
        if (all) {
            provenAt = began;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
