package dev.interlock.cli;

import dev.interlock.ledger.Provision;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "migrate",
        description =
                "Makes in a PostgreSQL database the tables that webhooks and operators write, or brings them to this"
                        + " version, and gives their roles the rights. To be run by the owner of the database before the"
                        + " processes of a new version start.",
        footer = {
            "",
            "Example:",
            "  INTERLOCK_DATABASE_PASSWORD=... interlock ledger migrate --url jdbc:postgresql://db:5432/interlock --user owner"
        })
final class LedgerMigrateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final LedgerOptions options = new LedgerOptions();

    LedgerMigrateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        new Provision(options.database()).run(options.roles());
        terminal.print("%s has the tables of this version; %s and %s may write.\n"
                .formatted(
                        options.database(),
                        options.roles().webhook(),
                        options.roles().operator()));
        return ExitCode.CLEAN.number();
    }
}
