package dev.interlock.cli;

import dev.interlock.workload.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/// Values as a terminal may show them.
final class Plain {
    /// Control and format characters, and separators of lines: a value from the cluster moves no cursor, changes no
    /// colour, turns no text around and starts no line.
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

    /// What runners of pipelines take for a command of theirs wherever it stands in a line.
    private static final Pattern COMMAND = Pattern.compile("##(\\[|vso\\[)");

    private Plain() {}

    static String text(String value) {
        return COMMAND.matcher(UNPRINTABLE.matcher(value).replaceAll(" "))
                .replaceAll("# #$1")
                .strip();
    }

    /// As kubectl says it: `45s`, `12m`, `3h`, `5d`.
    static String age(Instant since, Instant now) {
        Duration age = Duration.between(since, now);
        if (age.isNegative()) {
            return "0s";
        }
        if (age.toMinutes() < 2) {
            return age.toSeconds() + "s";
        }
        if (age.toHours() < 2) {
            return age.toMinutes() + "m";
        }
        return age.toDays() < 2 ? age.toHours() + "h" : age.toDays() + "d";
    }

    static String owner(Owner owner) {
        return owner + (owner.escalation().isEmpty() ? "" : ", escalation " + owner.escalation());
    }

    /// `1 check`, `2 checks`.
    static String count(long number, String noun) {
        return "%d %s%s".formatted(number, noun, number == 1 ? "" : "s");
    }
}
