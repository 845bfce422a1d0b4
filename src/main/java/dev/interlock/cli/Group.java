package dev.interlock.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that only has commands below it: called without one of them it is a wrong call.
sealed class Group implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say which command");
    }

    @Command(
            name = "interlock",
            description = "Decides at admission whether a promotion may go on, records why, and can explain itself.",
            footer = {
                "",
                "Every command but run, webhook, operator, ledger and those that look at files or at themselves (check, test, policy, explain, completion, man) asks the cluster of your kubeconfig with your own rights,"
                        + " and opens no port.",
                "Exit codes: 0 clean; 1 denied, or drift found; 2 wrong arguments, or not found; 3 the cluster or the database"
                        + " cannot be asked;",
                "4 evidence is not what it was; 5 warnings, where --fail-on-warn is given; 6 something could not be read for want of a right, and the rest is shown.",
                "",
                "Examples:",
                "  interlock explain",
                "  interlock check -f deploy/samples --policy deploy/samples --stage production",
                "  interlock why deployment/checkout -n shop"
            })
    static final class Interlock extends Group {}

    @Command(
            name = "feedback",
            description = "What feedback makes stricter, and the end of it.",
            footer = {"", "Example:", "  interlock feedback list"})
    static final class Feedback extends Group {}

    @Command(
            name = "ledger",
            description = "The evidence in a PostgreSQL database.",
            footer = {"", "Example:", "  interlock ledger migrate --help"})
    static final class Ledger extends Group {}

    @Command(
            name = "gate",
            description = "What the API server asks Interlock about.",
            footer = {"", "Example:", "  interlock gate check -n shop"})
    static final class Gate extends Group {}

    @Command(
            name = "policy",
            description = "Policies as they are written.",
            footer = {"", "Example:", "  interlock policy lint -f deploy/policies/baseline"})
    static final class Policy extends Group {}

    @Command(
            name = "drift",
            description = "What is not as approved.",
            footer = {"", "Example:", "  interlock drift list -n shop"})
    static final class Drift extends Group {}
}
