package dev.interlock.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "version",
        description = "Prints the version, as --version does.",
        footer = {"", "Example:", "  interlock version"})
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.print(line(terminal) + "\n");
        return ExitCode.CLEAN.number();
    }

    static String line(Terminal terminal) {
        return "interlock " + terminal.version();
    }
}
