package dev.interlock.testing;

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/// What tests say on their way: how far a long step is, and what was skipped and why. Straight to the
/// console, because loggers here hold back what they are told until an application starts.
public final class Progress {
    private Progress() {}

    @SuppressWarnings("JavaTimeDefaultTimeZone") // for whoever watches
    public static void say(String line) {
        System.err.printf("%s %s%n", LocalTime.now().truncatedTo(ChronoUnit.SECONDS), line);
    }
}
