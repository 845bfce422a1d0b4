package dev.interlock.operator;

import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.GateCache;
import dev.interlock.kubernetes.ResourceGate;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps the second part of the gate as policies and the first part have it.
public final class ResourceGateKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ResourceGateKeeper.class.getName());
    private static final Duration TICK = Duration.ofMillis(250);

    /// After a failure.
    private static final Duration LATER = Duration.ofSeconds(5);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("resource-gate").daemon().factory());
    private final GateCache gate;
    private final ResourceGate resources;
    private final Caches caches;
    private final Runnable turn;
    private final AtomicBoolean started = new AtomicBoolean();
    private String failure = "";
    private long notBefore = System.nanoTime();

    /// @param turn throws where it is not this operator's turn to write
    public ResourceGateKeeper(GateCache gate, ResourceGate resources, Caches caches, Runnable turn) {
        this.gate = gate;
        this.resources = resources;
        this.caches = caches;
        this.turn = turn;
    }

    /// Begins, once however often it is called.
    public void start() {
        if (started.compareAndSet(false, true)) {
            var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        try {
            boolean known = gate.synced() && resources.synced() && caches.synced();
            if (known && System.nanoTime() - notBefore >= 0) {
                turn.run();
                resources.keep(gate.live(), caches.others());
                failure = "";
            }
        } catch (RuntimeException e) { // whatever it is: it is tried again
            notBefore = System.nanoTime() + LATER.toNanos();
            if (!failure.equals(e.getMessage())) {
                failure = String.valueOf(e.getMessage());
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the ValidatingWebhookConfiguration `%s` is not as policies want it now: %s"
                                .formatted(ResourceGate.NAME, failure));
            }
        }
    }

    @Override
    public void close() {
        // What is half done is finished: it is not this one's turn any more after that.
        Threads.end(thread);
    }
}
