package dev.interlock.admission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long an answer may take: what the API server says in `?timeout=` (Go's duration format), less a margin for the
/// way back.
final class Deadline {
    private static final Duration DEFAULT = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Deadline() {}

    /// The time there is to answer, at least half of what the API server gives.
    static Duration budget(@Nullable String timeout) {
        Duration given = timeout == null ? DEFAULT : parse(timeout);
        Duration margin = Duration.ofMillis(Math.min(250, given.toMillis() / 2));
        return given.minus(margin);
    }

    /// Only the forms that an API server sends: `10s`, `2.5s`, `500ms`, `1m0s`. Anything else counts as the default.
    private static Duration parse(String text) {
        try {
            Duration parsed = text.endsWith("ms")
                    ? Duration.parse("PT%sS".formatted(Double.parseDouble(text.substring(0, text.length() - 2)) / 1000))
                    : Duration.parse("PT" + text);
            boolean usable = parsed.isPositive() && parsed.compareTo(LONGEST) <= 0;
            return usable ? parsed : DEFAULT;
        } catch (RuntimeException _) {
            return DEFAULT;
        }
    }
}
