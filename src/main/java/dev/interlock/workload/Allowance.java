package dev.interlock.workload;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// So many in a second at most, and so many at once.
public final class Allowance {
    private final int perSecond;
    private final int atOnce;
    private double left;
    private OptionalLong at = OptionalLong.empty();

    public Allowance(int perSecond, int atOnce) {
        this.perSecond = perSecond;
        this.atOnce = atOnce;
        this.left = atOnce;
    }

    /// Whether there is one left.
    ///
    /// @param now in nanoseconds, by a clock that nobody sets
    public synchronized boolean take(long now) {
        long passed = now - at.orElse(now);
        at = OptionalLong.of(now);
        left = Math.min(atOnce, left + (double) perSecond * passed / TimeUnit.SECONDS.toNanos(1));
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
