package dev.interlock;

import java.time.Instant;
import java.time.InstantSource;

/// The time since this was made, added to the time at which it was made: nobody can set it. For what is measured
/// within one process, such as deadlines and pauses; what is written down has the time of the wall clock.
final class SteadyClock implements InstantSource {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
