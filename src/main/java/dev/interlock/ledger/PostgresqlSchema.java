package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// The tables of a PostgreSQL schema. Their owner makes and migrates them, who is none of the processes:
/// those have the rights to add rows and to read them.
final class PostgresqlSchema {
    private final Postgresql engine;
    private final String schema;
    private final Kind kind;

    PostgresqlSchema(Place.Schema place, Kind kind) {
        this.engine = new Postgresql(place);
        this.schema = place.name();
        this.kind = kind;
    }

    /// What is kept in a schema.
    ///
    /// @param noun   the word for it in sentences
    /// @param rights what whoever writes it may do beside reading
    record Kind(String noun, String location, String rights, List<String> tables) {
        static final Kind LEDGER =
                new Kind("ledger", "db/postgresql/ledger", "insert", List.of("meta", "input", "entry"));
        static final Kind STATE = new Kind(
                "operator's state", "db/postgresql/state", "insert, update, delete", List.of("cursor", "memory"));
    }

    /// Makes the schema where there is none, and brings it to what this version knows.
    ///
    /// @param identity see [Migrations#identity]
    /// @throws LedgerUnavailable where that is refused; it is left as it was then
    void migrate(Map<String, String> identity) throws SQLException {
        migrations().run(identity);
    }

    private Migrations migrations() {
        return new Migrations(engine.unbounded(), kind.location, kind.noun, engine.where()).in(schema);
    }

    Connection connect() throws SQLException {
        return engine.unbounded().getConnection();
    }

    LedgerUnavailable refused(SQLException failure) {
        return engine.unavailable(kind.noun, failure);
    }

    /// Gives a role what a process needs that writes here, or only reads.
    void grant(Connection owner, String role, boolean writes) throws SQLException {
        String name = quoted(role);
        try (Statement statement = owner.createStatement()) {
            statement.execute("grant usage on schema %s to %s".formatted(schema, name));
            statement.execute("grant select on all tables in schema %s to %s".formatted(schema, name));
            if (writes) {
                for (String table : kind.tables) {
                    statement.execute("grant %s on %s.%s to %s".formatted(kind.rights, schema, table, name));
                }
            }
        }
    }

    /// As an identifier in SQL.
    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /// @throws LedgerUnavailable where the tables are not those of this version
    void requireCurrent() {
        try {
            switch (migrations().extent()) {
                case ALL -> {
                    // as it should be
                }
                case NONE ->
                    throw new LedgerUnavailable(
                            "there is no %s `%s` that this user may read: run `interlock ledger migrate`"
                                    .formatted(kind.noun, engine.where()));
                case SOME ->
                    throw new LedgerUnavailable(
                            "the %s `%s` is that of an older version: run `interlock ledger migrate`"
                                    .formatted(kind.noun, engine.where()));
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }
}
