package dev.interlock.decision.cel.library;

import java.util.function.LongConsumer;

/// Whom a function tells what it costs, where that is more than its arguments are long.
public final class Charge {
    /// Bound for as long as an expression is evaluated; told in steps. What it throws ends the evaluation.
    public static final ScopedValue<LongConsumer> TO = ScopedValue.newInstance();

    /// So many comparisons, or looks of a regular expression at a character, cost as much as one step of an expression.
    private static final int UNITS_PER_STEP = 64;

    /// More than this in one go cannot be stopped in time.
    private static final long MOST_UNITS = 10_000_000;

    private Charge() {}

    /// As it is done.
    static void units(long units) {
        steps(units / UNITS_PER_STEP);
    }

    static void steps(long steps) {
        if (TO.isBound()) {
            TO.get().accept(steps);
        }
    }

    /// Before it begins, because it cannot be stopped then: so much of one thing, for each of which so much of another
    /// is
    /// looked at.
    static void product(long one, long other) throws Failure {
        if (one > MOST_UNITS || other > MOST_UNITS || one * other > MOST_UNITS) {
            throw new Failure("its arguments are too large");
        }
        units(one * other);
    }
}
