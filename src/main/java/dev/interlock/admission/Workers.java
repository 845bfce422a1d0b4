package dev.interlock.admission;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What takes long is done here, so that nobody waits for it but who asked. Large reviews have threads of their own,
/// and
/// few: what an expression makes of a large object is large too, and memory is what all of them share.
public final class Workers {
    /// Larger than what is written by people, as bytes of a review.
    static final int LARGE = 256 * 1024;

    /// Bytes of large reviews that may be on their way at a time. As objects they are some five times that.
    static final long MOST = 16L * 1024 * 1024;

    private final Executor many;
    private final Executor few;
    private final AtomicLong bytes = new AtomicLong();

    /// @param many for what is small
    /// @param few  for what is large
    public Workers(Executor many, Executor few) {
        this.many = many;
        this.few = few;
    }

    static boolean large(int size) {
        return size > LARGE;
    }

    /// @param size of the review, in bytes
    /// @throws RejectedExecutionException where too much is on its way
    <T> CompletableFuture<T> run(int size, Supplier<T> work) {
        if (!large(size)) {
            return CompletableFuture.supplyAsync(work, many);
        }
        try {
            if (bytes.addAndGet(size) > MOST) {
                throw new RejectedExecutionException("too many large reviews are on their way");
            }
            return CompletableFuture.supplyAsync(work, few).whenComplete((_, _) -> bytes.addAndGet(-size));
        } catch (RejectedExecutionException full) {
            bytes.addAndGet(-size);
            throw full;
        }
    }
}
