package dev.interlock.cli;

import picocli.CommandLine.Command;

/// The processes that stay, for the usage: who starts one looks for its name before it comes here, because
/// Quarkus is started for nothing else.
sealed class Resident implements Runnable {
    private static final String FOOTER = "It is set up by environment variables; docs/operations.md lists them.";

    private final String name;

    private Resident(String name) {
        this.name = name;
    }

    @Override
    public void run() {
        throw new Problem(ExitCode.USAGE, name + " takes no arguments; it is set up by environment variables");
    }

    @Command(
            name = "run",
            description = "Runs the webhook and the operator, in one process.",
            footer = {"", FOOTER, "", "Example:", "  INTERLOCK_DATA_DIRECTORY=/var/lib/interlock interlock run"})
    static final class Run extends Resident {
        Run() {
            super("run");
        }
    }

    @Command(
            name = "webhook",
            description = "Runs the webhook alone: it answers admissions and writes what it decided.",
            footer = {"", FOOTER, "", "Example:", "  INTERLOCK_DATA_DIRECTORY=/var/lib/interlock interlock webhook"})
    static final class Webhook extends Resident {
        Webhook() {
            super("webhook");
        }
    }

    @Command(
            name = "operator",
            description = "Runs the operator alone: records, drift, feedback, conditions, certificates.",
            footer = {"", FOOTER, "", "Example:", "  INTERLOCK_DATA_DIRECTORY=/var/lib/interlock interlock operator"})
    static final class Operator extends Resident {
        Operator() {
            super("operator");
        }
    }
}
