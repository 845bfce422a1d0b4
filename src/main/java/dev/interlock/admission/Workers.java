package dev.interlock.admission;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What takes long is done here, so that nobody waits for it but who asked. Large reviews have threads of
/// their own, and few: as objects, and as what expressions make of them, they are many times their bytes, and
/// memory is what all of them share.
public final class Workers {
    /// Larger than what is written by people, as bytes of a review.
    static final int LARGE = 256 * 1024;

    /// Bytes of large reviews that may be on their way at a time: as many as one may have.
    static final long MOST = 8L * 1024 * 1024;

    /// On the threads of large reviews.
    private static final ScopedValue<Boolean> LARGE_ONE = ScopedValue.newInstance();

    private final Executor many;
    private final Executor few;
    private final InstantSource clock;
    private final AtomicLong bytes = new AtomicLong();

    /// @param many  for what is small
    /// @param few   for what is large
    /// @param clock that deadlines are told by
    public Workers(Executor many, Executor few, InstantSource clock) {
        this.many = many;
        this.few = few;
        this.clock = clock;
    }

    static boolean large(int size) {
        return size > LARGE;
    }

    /// Whether it failed because there was no room for it, or no time.
    static boolean full(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RejectedExecutionException || cause instanceof TimeoutException;
    }

    /// Does all that is to be done about a large review, or fails with a [TimeoutException] where it has not
    /// begun by the deadline: what has begun says itself what becomes of it.
    ///
    /// @param size of the review, in bytes
    /// @throws RejectedExecutionException where too much is on its way
    <T> CompletableFuture<T> whole(int size, Instant deadline, Supplier<CompletionStage<T>> work) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        CompletableFuture<T> done =
                turn.orTimeout(left(deadline), TimeUnit.NANOSECONDS).thenCompose(_ -> work.get());
        large(size, () -> turn.complete(null));
        return done;
    }

    /// Does it, or fails with a [TimeoutException] at the deadline: what has not begun by then is not done at
    /// all. What is part of the work on a large review is done at once.
    ///
    /// @param size of the review, in bytes
    /// @throws RejectedExecutionException where too much is on its way
    <T> CompletableFuture<T> run(int size, Instant deadline, Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        if (LARGE_ONE.isBound()) {
            if (left(deadline) > 0) {
                complete(done, work);
            }
            return left(deadline) > 0 ? done : CompletableFuture.failedFuture(new TimeoutException());
        }
        if (large(size)) {
            large(size, () -> complete(done, work));
        } else {
            many.execute(() -> complete(done, work));
        }
        return done.orTimeout(left(deadline), TimeUnit.NANOSECONDS);
    }

    private long left(Instant deadline) {
        return Duration.between(clock.instant(), deadline).toNanos();
    }

    private void large(int size, Runnable task) {
        if (bytes.addAndGet(size) > MOST) {
            bytes.addAndGet(-size);
            throw new RejectedExecutionException("too many large reviews are on their way");
        }
        try {
            few.execute(() -> {
                try {
                    ScopedValue.where(LARGE_ONE, true).run(task);
                } finally {
                    bytes.addAndGet(-size);
                }
            });
        } catch (RejectedExecutionException full) {
            bytes.addAndGet(-size);
            throw full;
        }
    }

    private static <T> void complete(CompletableFuture<T> done, Supplier<T> work) {
        if (!done.isDone()) {
            done.completeAsync(work, Runnable::run);
        }
    }
}
