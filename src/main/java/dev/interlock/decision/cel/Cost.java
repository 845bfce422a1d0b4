package dev.interlock.decision.cel;

import java.util.Collection;
import java.util.Map;

/// What a value costs, in steps of [dev.interlock.decision.Budget]: whoever gets it may look at all of it.
final class Cost {
    private static final int CHARACTERS_PER_STEP = 64;
    private static final int ITEMS_PER_STEP = 8;

    private Cost() {}

    static long of(Object value) {
        return switch (value) {
            case String text -> 1 + text.length() / CHARACTERS_PER_STEP;
            case Collection<?> items -> 1 + items.size() / ITEMS_PER_STEP;
            case Map<?, ?> members -> 1 + members.size() / ITEMS_PER_STEP;
            default -> 1;
        };
    }
}
