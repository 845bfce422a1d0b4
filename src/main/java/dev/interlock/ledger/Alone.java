package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// How one operator at a time writes. A file is locked for as long as its process lives. In a database the
/// right to write belongs to the connection that writes: who loses the one has lost the other, whatever its
/// clock says, and whether or not it knows.
final class Alone {
    /// From then on the server takes a leader that says nothing for dead.
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private Alone() {}

    static Link.Connector connector(Ledger ledger) {
        return switch (ledger.place()) {
            case Place.File _ -> ledger::connect;
            case Place.Schema schema -> lost -> connect(new Postgresql(schema), lost);
        };
    }

    /// @param lost whether there was such a connection before: another operator may have written since
    static Connection connect(Postgresql engine, boolean lost) throws SQLException {
        if (lost) {
            throw new SQLException("the connection was lost", Postgresql.CONNECTION_LOST);
        }
        Connection connection = engine.writing(false);
        try {
            if (!engine.alone(connection, SILENCE)) {
                throw new AnotherLeads(engine.where());
            }
            return connection;
        } catch (SQLException | AnotherLeads e) {
            connection.close();
            throw e;
        }
    }
}
