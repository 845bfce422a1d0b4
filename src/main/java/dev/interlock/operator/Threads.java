package dev.interlock.operator;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/// How a thread of the operator ends.
final class Threads {
    private Threads() {}

    /// What it is at is finished, within five seconds; what waits is not begun.
    static void end(ExecutorService thread) {
        thread.shutdown();
        try {
            var _ = thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }
}
