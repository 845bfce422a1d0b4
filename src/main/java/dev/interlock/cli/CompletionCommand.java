package dev.interlock.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Writes the script that completes commands: source <(interlock completion bash).",
        footer = {"", "Example:", "  interlock completion bash"})
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        BASH,
        /// Takes the script for bash, which sets up `bashcompinit` where zsh runs it.
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Terminal terminal;

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.BASH;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandLine interlock = spec.root().commandLine();
        terminal.print(
                switch (shell) {
                    case BASH, ZSH -> AutoComplete.bash("interlock", interlock);
                });
        return ExitCode.CLEAN.number();
    }
}
