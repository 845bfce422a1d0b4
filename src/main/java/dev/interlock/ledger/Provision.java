package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// Makes and migrates in a database what the processes write to, and gives them the rights to it. Done as the
/// owner of the database, which none of them is.
public final class Provision {
    private final Database owner;

    public Provision(Database owner) {
        this.owner = owner;
    }

    /// Who writes: names of roles that exist.
    ///
    /// @param webhook  may add to the ledger of admissions and read both
    /// @param operator may add to its own ledger, change what it remembers, and read the rest
    public record Roles(String webhook, String operator) {}

    /// What is there already stays, and is brought to what this version knows.
    ///
    /// @throws LedgerUnavailable where the database refuses; what was made until then stays
    public void run(Roles roles) {
        run(roles, Migrations.identity(), Migrations.identity());
    }

    /// @param admissions for ledgers that are begun now, see [Migrations#identity]
    void run(Roles roles, Map<String, String> admissions, Map<String, String> operators) {
        Places places = Places.in(owner);
        PostgresqlSchema webhook = schema(places.admissions(), PostgresqlSchema.Kind.LEDGER);
        PostgresqlSchema operator = schema(places.ledger(), PostgresqlSchema.Kind.LEDGER);
        PostgresqlSchema state = schema(places.state(), PostgresqlSchema.Kind.STATE);
        try {
            webhook.migrate(admissions);
            operator.migrate(operators);
            state.migrate(Map.of());
            try (Connection connection = webhook.connect()) {
                PostgresqlSchema.reserve(connection, List.of(roles.webhook(), roles.operator()));
                webhook.grant(connection, roles.webhook(), true);
                webhook.grant(connection, roles.operator(), false);
                operator.grant(connection, roles.operator(), true);
                operator.grant(connection, roles.webhook(), false);
                state.grant(connection, roles.operator(), true);
            }
        } catch (SQLException e) {
            throw webhook.refused(e);
        }
    }

    private static PostgresqlSchema schema(Place place, PostgresqlSchema.Kind kind) {
        return switch (place) {
            case Place.Schema schema -> new PostgresqlSchema(schema, kind);
            case Place.File file -> throw new IllegalArgumentException("no database: " + file);
        };
    }
}
