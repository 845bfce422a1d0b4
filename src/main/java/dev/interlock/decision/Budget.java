package dev.interlock.decision;

import java.util.function.LongSupplier;

/// How much the expressions of one request may cost, so that none of them can hold up an admission. Steps are
/// counted first: they are the same on every machine. The time is for what steps do not see. Used by one
/// thread.
public final class Budget {
    /// One step is one part of an expression that was evaluated, or what costs about as much.
    public static final long STEPS_PER_EXPRESSION = 100_000;

    public static final long STEPS_PER_REQUEST = 500_000;

    private static final long NANOS_PER_EXPRESSION = 100_000_000;
    private static final long NANOS_PER_REQUEST = 500_000_000;
    private static final long STEPS_BETWEEN_LOOKS = 16;

    private final LongSupplier nanos;
    private final long end;
    private long left = STEPS_PER_REQUEST;
    private long leftOfExpression;
    private long endOfExpression;
    private long nextLook;

    /// @param nanos a clock, in nanoseconds, right to a millisecond; one that stands still sets no limit of time
    public Budget(LongSupplier nanos) {
        this.nanos = nanos;
        this.end = nanos.getAsLong() + NANOS_PER_REQUEST;
    }

    /// An expression begins.
    public void expression() {
        leftOfExpression = Math.min(left, STEPS_PER_EXPRESSION);
        long now = nanos.getAsLong();
        endOfExpression = Math.min(end - now, NANOS_PER_EXPRESSION) + now;
        nextLook = leftOfExpression - STEPS_BETWEEN_LOOKS;
        if (endOfExpression - now <= 0) {
            throw new Exceeded("the expressions of one request may take 500 ms");
        }
    }

    /// What the expressions have cost so far, in steps.
    public long spent() {
        return STEPS_PER_REQUEST - left;
    }

    /// The expression costs that much more.
    ///
    /// @throws Exceeded where that is too much
    public void spend(long steps) {
        left -= steps;
        leftOfExpression -= steps;
        if (leftOfExpression < 0) {
            throw new Exceeded(
                    left < 0
                            ? "the expressions of one request may cost %d steps".formatted(STEPS_PER_REQUEST)
                            : "an expression may cost %d steps".formatted(STEPS_PER_EXPRESSION));
        }
        if (leftOfExpression <= nextLook) {
            nextLook = leftOfExpression - STEPS_BETWEEN_LOOKS;
            if (nanos.getAsLong() - endOfExpression > 0) {
                throw new Exceeded("an expression may take 100 ms");
            }
        }
    }

    /// The budget is spent. An error, because CEL takes an exception in one operand of `||` for a value that
    /// the other may make up for.
    public static final class Exceeded extends Error {
        private static final long serialVersionUID = 1L;

        Exceeded(String limit) {
            super(limit, null, false, false);
        }
    }
}
