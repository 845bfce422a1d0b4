package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

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
    /// @param rights what whoever writes it may do beside reading, `%1$s` stands for the schema
    record Kind(String noun, String location, List<String> rights) {
        /// Rows get their place from the database: who could choose it could hide what comes after.
        static final Kind LEDGER = new Kind(
                "ledger",
                "db/postgresql/ledger",
                List.of(
                        "insert on %1$s.meta",
                        "insert on %1$s.input",
                        "insert (id, kind, decision, at, namespace, input, uid, template, standing, body) on %1$s.entry"));
        static final Kind STATE = new Kind(
                "operator's state",
                "db/postgresql/state",
                List.of(
                        "insert, update, delete on %1$s.cursor", //
                        "insert, update, delete on %1$s.memory"));
    }

    /// Makes the schema where there is none, and brings it to what this version knows.
    ///
    /// @param identity see [Migrations#identity]
    /// @throws LedgerUnavailable where that is refused; it is left as it was then
    void migrate(Map<String, String> identity) throws SQLException {
        migrations(engine.unbounded()).run(identity);
    }

    private Migrations migrations(DataSource source) {
        return new Migrations(source, kind.location, kind.noun, engine.where()).in(schema);
    }

    Connection connect() throws SQLException {
        return engine.unbounded().getConnection();
    }

    LedgerUnavailable refused(SQLException failure) {
        return engine.unavailable(kind.noun, failure);
    }

    /// Lets nobody into the database but the owner and these: whoever gets in could hold the locks.
    static void reserve(Connection owner, List<String> roles) throws SQLException {
        String database = quoted(Postgresql.ask(owner, "select current_database()"));
        try (Statement statement = owner.createStatement()) {
            statement.execute("revoke all on database %s from public".formatted(database));
            for (String role : roles) {
                statement.execute("grant connect on database %s to %s".formatted(database, quoted(role)));
            }
        }
    }

    /// Gives a role what a process needs that writes here, or only reads.
    void grant(Connection owner, String role, boolean writes) throws SQLException {
        String name = quoted(role);
        try (Statement statement = owner.createStatement()) {
            statement.execute("grant usage on schema %s to %s".formatted(schema, name));
            statement.execute("grant select on all tables in schema %s to %s".formatted(schema, name));
            if (writes) {
                for (String right : kind.rights) {
                    statement.execute("grant %s to %s".formatted(right.formatted(schema), name));
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
            switch (migrations(engine.reader()).extent()) {
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
