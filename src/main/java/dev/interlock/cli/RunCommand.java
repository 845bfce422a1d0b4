package dev.interlock.cli;

import picocli.CommandLine.Command;

/// Stands in the usage: who starts the process looks for `run` before it comes here, because Quarkus is started for
/// nothing else.
@Command(
        name = "run",
        description = "Runs the webhook and the operator, in one process.",
        footer = {"", "It is set up by environment variables; docs/operations.md lists them."})
final class RunCommand implements Runnable {
    @Override
    public void run() {
        throw new Problem(ExitCode.USAGE, "run takes no arguments; it is set up by environment variables");
    }
}
