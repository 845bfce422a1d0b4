package dev.interlock.feedback;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/// One feedback rule as its policy declares it.
///
/// @param hold how long it tightens after what set it off last
public record Rule(Trigger on, Tighten tighten, Scope scope, Duration hold) {
    private static final Duration LONGEST = Duration.ofDays(3_660);

    public Rule {
        requireSpan("hold", hold);
    }

    /// How far back what happened can matter to it.
    Duration reach() {
        return on.within().plus(hold);
    }

    /// A bound keeps every sum of times within what an `Instant` can say.
    static void requireSpan(String name, Duration span) {
        if (span.compareTo(Duration.ofSeconds(1)) < 0
                || span.compareTo(LONGEST) > 0
                || !span.equals(span.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException(
                    "%s must be whole seconds, from 1s to %dd: %s".formatted(name, LONGEST.toDays(), span));
        }
    }
}
