package dev.interlock.decision.cel.library;

import java.util.function.LongConsumer;

/// Whom a function tells what it is about to cost, where that is more than its arguments are long. Told before it
/// begins, because it cannot be stopped then.
public final class Charge {
    /// Bound for as long as an expression is evaluated.
    public static final ScopedValue<LongConsumer> TO = ScopedValue.newInstance();

    /// What costs as much as one step of an expression: a comparison, or what a regular expression does with some tens
    /// of characters.
    private static final int UNITS_PER_STEP = 64;

    private static final long MOST_UNITS = 10_000_000;

    private Charge() {}

    /// @param one   how much there is of one thing
    /// @param other for each of which all of it is looked at
    static void product(long one, long other) throws Failure {
        if (one > MOST_UNITS || other > MOST_UNITS || one * other > MOST_UNITS) {
            throw new Failure("its arguments are too large");
        }
        if (TO.isBound()) {
            TO.get().accept(one * other / UNITS_PER_STEP);
        }
    }
}
