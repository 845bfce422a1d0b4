package dev.interlock.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// The same thing again and again, from several threads, until it is told to stop.
public final class Load implements AutoCloseable {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();
    private final ExecutorService threads;
    private final List<Future<?>> running = new ArrayList<>();

    /// @param step what is done; its argument counts up over all threads
    public Load(int width, IntConsumer step) {
        this(width, Duration.ZERO, step);
    }

    /// @param pace how long each thread pauses between two steps
    public Load(int width, Duration pace, IntConsumer step) {
        threads = Executors.newFixedThreadPool(
                width, Thread.ofPlatform().daemon().name("load-", 0).factory());
        AtomicInteger next = new AtomicInteger();
        for (int i = 0; i < width; i++) {
            running.add(threads.submit(() -> {
                do {
                    step.accept(next.getAndIncrement());
                    done.incrementAndGet();
                } while (!stopped.await(pace.toMillis(), TimeUnit.MILLISECONDS));
                return null;
            }));
        }
    }

    /// How often it was done so far.
    public int done() {
        return done.get();
    }

    /// Ends it, and fails as the step did where it did.
    @Override
    public void close() {
        stopped.countDown();
        threads.shutdown();
        try {
            for (Future<?> thread : running) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError("the load failed", e);
        }
    }
}
