package dev.interlock;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a process that stays does.
enum Role {
    /// Both halves.
    RUN(true, true),
    WEBHOOK(true, false),
    OPERATOR(false, true);

    private final boolean answers;
    private final boolean reconciles;

    Role(boolean answers, boolean reconciles) {
        this.answers = answers;
        this.reconciles = reconciles;
    }

    /// The role that a command line names; empty where it is any other command.
    static Optional<Role> of(List<String> arguments) {
        return Arrays.stream(values())
                .filter(role -> arguments.equals(List.of(role.name().toLowerCase(Locale.ROOT))))
                .findFirst();
    }

    /// Whether the process has the half that answers admissions.
    boolean answers() {
        return answers;
    }

    /// Whether the process has the half that does everything else.
    boolean reconciles() {
        return reconciles;
    }
}
