package dev.interlock.admission;

import java.util.concurrent.TimeUnit;

/// So many in a second at most, and no more than that at once.
final class Allowance {
    private final int perSecond;
    private double left;
    private long at = System.nanoTime();

    Allowance(int perSecond) {
        this.perSecond = perSecond;
        this.left = perSecond;
    }

    /// Whether there is one left.
    synchronized boolean take() {
        return takeAt(System.nanoTime());
    }

    boolean takeAt(long now) {
        left = Math.min(perSecond, left + (double) perSecond * (now - at) / TimeUnit.SECONDS.toNanos(1));
        at = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
