package dev.interlock.feedback;

import dev.interlock.decision.CheckId;
import java.util.Map;

/// What a rule does to one check of its policy.
public sealed interface Tighten {
    CheckId check();

    record RaiseToEnforce(CheckId check) implements Tighten {}

    /// @param values by the name of the threshold, the largest value allowed
    record SetThresholds(CheckId check, Map<String, Long> values) implements Tighten {
        public SetThresholds {
            values = Map.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("at least one threshold must be set");
            }
            values.forEach((name, value) -> {
                if (value < 0) {
                    throw new IllegalArgumentException(
                            "threshold `%s` must not be negative: %d".formatted(name, value));
                }
            });
        }
    }
}
