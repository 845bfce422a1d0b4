package dev.interlock.feedback;

import dev.interlock.decision.CheckId;
import java.time.Duration;

/// What sets a rule off: so many of something within so long.
public sealed interface Trigger {
    int count();

    Duration within();

    /// For people, for example `3 drifts in 1h`.
    String cause();

    record Drift(int count, Duration within) implements Trigger {
        public Drift {
            require(count, within);
        }

        @Override
        public String cause() {
            return "%d %s in %s".formatted(count, count == 1 ? "drift" : "drifts", text(within));
        }
    }

    /// @param check of the same policy, whose denials count
    record Violations(CheckId check, int count, Duration within) implements Trigger {
        public Violations {
            require(count, within);
        }

        @Override
        public String cause() {
            return "%d %s by %s in %s".formatted(count, count == 1 ? "denial" : "denials", check, text(within));
        }
    }

    private static void require(int count, Duration within) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1: %d".formatted(count));
        }
        Rule.requireSpan("within", within);
    }

    /// The way policies write a duration: one number, in the largest unit that leaves no rest.
    private static String text(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
