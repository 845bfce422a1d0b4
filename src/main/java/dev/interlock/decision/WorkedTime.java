package dev.interlock.decision;

import java.util.function.LongSupplier;

/// The time that a thread has worked, right to a millisecond: what waits for a processor has cost nothing. To
/// ask the system for it costs more than a small expression, so it is asked where a millisecond has passed
/// since it was asked last; what passes in between counts as worked. Used by one thread.
public final class WorkedTime implements LongSupplier {
    private static final long NANOS_BETWEEN_LOOKS = 1_000_000;

    private final LongSupplier worked;
    private final LongSupplier passed;
    private long workedAtLook;
    private long passedAtLook;

    /// @param worked the time that this thread has worked, in nanoseconds
    /// @param passed the time that passes, in nanoseconds
    public WorkedTime(LongSupplier worked, LongSupplier passed) {
        this.worked = worked;
        this.passed = passed;
        look(passed.getAsLong());
    }

    @Override
    public long getAsLong() {
        long now = passed.getAsLong();
        if (now - passedAtLook >= NANOS_BETWEEN_LOOKS) {
            look(now);
        }
        return workedAtLook + (now - passedAtLook);
    }

    private void look(long now) {
        passedAtLook = now;
        workedAtLook = worked.getAsLong();
    }
}
