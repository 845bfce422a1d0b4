package dev.interlock.cli;

import dev.interlock.ledger.Database;
import dev.interlock.ledger.Provision;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which database, as its owner, and who writes there. The password is taken from the environment only:
/// arguments can be seen by others.
final class LedgerOptions {
    static final String PASSWORD = "INTERLOCK_DATABASE_PASSWORD";

    @Option(
            names = "--url",
            required = true,
            defaultValue = "${env:INTERLOCK_DATABASE_URL}",
            paramLabel = "URL",
            description = "jdbc:postgresql://host:5432/database; INTERLOCK_DATABASE_URL where it is left out.")
    private String url = "";

    @Option(
            names = "--user",
            required = true,
            defaultValue = "${env:INTERLOCK_DATABASE_USER}",
            paramLabel = "ROLE",
            description = "The owner of the database; INTERLOCK_DATABASE_USER where it is left out. Its password is"
                    + " INTERLOCK_DATABASE_PASSWORD.")
    private String user = "";

    @Option(
            names = "--webhook",
            defaultValue = "interlock_webhook",
            paramLabel = "ROLE",
            description = "The role of the webhooks, which must exist. Default: ${DEFAULT-VALUE}.")
    private String webhook = "";

    @Option(
            names = "--operator",
            defaultValue = "interlock_operator",
            paramLabel = "ROLE",
            description = "The role of the operators, which must exist. Default: ${DEFAULT-VALUE}.")
    private String operator = "";

    Database database() {
        try {
            return new Database(url, Optional.of(user), Optional.ofNullable(System.getenv(PASSWORD)));
        } catch (IllegalArgumentException e) {
            throw new Problem(ExitCode.USAGE, "the URL cannot be used: %s".formatted(e.getMessage()));
        }
    }

    Provision.Roles roles() {
        return new Provision.Roles(webhook, operator);
    }
}
