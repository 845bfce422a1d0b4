package dev.interlock;

import dev.interlock.decision.WorkedTime;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/// By how long a thread has worked expressions are stopped, in decisions and in looks at what is live alike.
final class WorkedClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private WorkedClock() {}

    /// Of the thread that asks, from now on; in nanoseconds.
    static LongSupplier start() {
        return new WorkedTime(THREADS::getCurrentThreadCpuTime, System::nanoTime);
    }
}
