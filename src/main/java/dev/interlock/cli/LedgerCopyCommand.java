package dev.interlock.cli;

import dev.interlock.ledger.LedgerCopy;
import dev.interlock.ledger.LedgerCopy.Copied;
import dev.interlock.ledger.Places;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "copy",
        description =
                "Copies the ledgers of a data directory into a PostgreSQL database that has none, compares every entry,"
                        + " and gives the roles of webhooks and operators their rights. The processes that write the directory"
                        + " must be stopped; its files are brought to this version and otherwise stay. What was interrupted goes on when it is called again.",
        footer = {
            "",
            "Example:",
            "  INTERLOCK_DATABASE_PASSWORD=... interlock ledger copy /var/lib/interlock --url jdbc:postgresql://db:5432/interlock"
                    + " --user owner"
        })
final class LedgerCopyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "The data directory.")
    private Path directory = Path.of("");

    @Mixin
    private final LedgerOptions options = new LedgerOptions();

    LedgerCopyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (!Files.isDirectory(directory)) {
            throw new Problem(
                    ExitCode.USAGE, "there is no directory `%s`: name the data directory".formatted(directory));
        }
        Copied copied =
                new LedgerCopy(Places.in(directory), options.database(), terminal::progress).run(options.roles());
        terminal.print("%d entries of admissions and %d of the operator are in %s, each equal to that in %s.\n"
                .formatted(copied.admissions(), copied.operators(), options.database(), directory));
        return ExitCode.CLEAN.number();
    }
}
