package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// What differs between the databases that a ledger is kept in. The tables and nearly all of the SQL are the same.
interface Engine {
    static Engine of(Place place) {
        return switch (place) {
            case Place.File file -> new Sqlite(file.path());
            case Place.Schema schema -> new Postgresql(schema);
        };
    }

    /// What sentences call the ledger: a path, or a URL without anything secret.
    String where();

    /// What a person is to look at when it cannot be read.
    String whole();

    /// Whether there is a ledger, or something that was taken for one.
    ///
    /// @throws LedgerUnavailable where that cannot be found out now
    boolean exists();

    /// @throws LedgerUnavailable where there is none, with what to do
    void requireLedger();

    /// For reading only, while others write.
    Connection reading() throws SQLException;

    /// For appending: a commit returns when the disk has it. Reports what is damaged where `suspect`.
    Connection writing(boolean suspect) throws SQLException;

    /// For how long a connection may be silent before it is to be asked whether it lives.
    Duration patience();

    /// Called first in each transaction that appends: from then on rows get their place in the order in which
    /// they are committed.
    void begin(Connection connection) throws SQLException;

    /// Whether each statement is a way to a server and back, so that they are sent together.
    boolean remote();

    /// Called last, where a connection that appended ends well.
    void end(Connection connection) throws SQLException;

    /// Whether the connection, and nothing else, is what failed.
    boolean gone(SQLException failure);

    /// One clause: why nothing could be written.
    String clause(SQLException failure);

    /// What the database calls the failure.
    String name(SQLException failure);
}
