package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.UnreadableManifest;
import dev.interlock.ledger.LedgerDiffers;
import dev.interlock.ledger.LedgerUnavailable;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line as a function: arguments in, exit code out.
public final class Cli {
    private Cli() {}

    /// Does what the arguments say. Whatever goes wrong is said in one sentence, without a stack trace.
    public static int run(Terminal terminal, List<String> arguments) {
        return commandLine(terminal).execute(arguments.toArray(String[]::new));
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine feedback = new CommandLine(new Group.Feedback())
                .addSubcommand(new FeedbackListCommand(terminal))
                .addSubcommand(new FeedbackReleaseCommand(terminal));
        CommandLine drift = new CommandLine(new Group.Drift()).addSubcommand(new DriftListCommand(terminal));
        CommandLine gate = new CommandLine(new Group.Gate())
                .addSubcommand(new GateCheckCommand(terminal))
                .addSubcommand(new GateCoverageCommand(terminal))
                .addSubcommand(new GateRemoveCommand(terminal));
        CommandLine ledger = new CommandLine(new Group.Ledger())
                .addSubcommand(new LedgerMigrateCommand(terminal))
                .addSubcommand(new LedgerCopyCommand(terminal));
        CommandLine policy = new CommandLine(new Group.Policy()).addSubcommand(new LintCommand(terminal));
        CommandLine interlock = new CommandLine(new Group.Interlock())
                .addSubcommand(new Resident.Run())
                .addSubcommand(new Resident.Webhook())
                .addSubcommand(new Resident.Operator())
                .addSubcommand(new CheckCommand(terminal))
                .addSubcommand(new TestCommand(terminal))
                .addSubcommand(policy)
                .addSubcommand(new ExplainCommand(terminal))
                .addSubcommand(new OwnersCommand(terminal))
                .addSubcommand(new InventoryCommand(terminal))
                .addSubcommand(new WhyCommand(terminal))
                .addSubcommand(drift)
                .addSubcommand(feedback)
                .addSubcommand(gate)
                .addSubcommand(ledger)
                .addSubcommand(new CompletionCommand(terminal))
                .addSubcommand(new ManCommand(terminal))
                .addSubcommand(new VersionCommand(terminal));
        interlock.getCommandSpec().version(VersionCommand.line(terminal));
        withHelp(interlock);
        interlock
                .getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Print the version.")
                        .type(boolean.class)
                        .build());
        return interlock
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler((wrong, _) -> wrong(terminal, wrong))
                .setExecutionExceptionHandler((failure, _, _) -> failed(terminal, failure));
    }

    /// Help at every command, without a second class for each.
    private static void withHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this.")
                        .type(boolean.class)
                        .build());
        command.getSubcommands().values().forEach(Cli::withHelp);
    }

    private static int wrong(Terminal terminal, ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        boolean guessed = wrong instanceof UnmatchedArgumentException;
        String message = String.valueOf(wrong.getMessage());
        terminal.complain("%s; see %s --help".formatted(message, name));
        if (!guessed && !command.getSubcommands().isEmpty()) {
            command.usage(terminal.err());
            terminal.err().flush();
        }
        return ExitCode.USAGE.number();
    }

    private static int failed(Terminal terminal, Exception failure) {
        ExitCode exitCode = switch (failure) {
            case Problem problem -> problem.exitCode();
            case ClusterView.Unavailable _ -> ExitCode.UNREACHABLE;
            case LedgerUnavailable unavailable -> unavailable.lasting() ? ExitCode.USAGE : ExitCode.UNREACHABLE;
            case LedgerDiffers _ -> ExitCode.DIFFERS;
            case UnreadableManifest _ -> ExitCode.USAGE;
            default -> ExitCode.FAULT;
        };
        terminal.complain(
                exitCode == ExitCode.FAULT
                        ? "it failed in a way that it should not: %s; please report this".formatted(failure)
                        : String.valueOf(failure.getMessage()));
        return exitCode.number();
    }
}
