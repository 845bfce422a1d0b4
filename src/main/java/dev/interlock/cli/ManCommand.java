package dev.interlock.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "man",
        description = "Writes the manual page of all commands, as man(1) reads it, for packages and for reading.",
        footer = {"", "Examples:", "  interlock man > interlock.1", "  interlock man | man -l -"})
final class ManCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    ManCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.print(ManualPage.of(spec.root().commandLine(), terminal.version()));
        return ExitCode.CLEAN.number();
    }
}
