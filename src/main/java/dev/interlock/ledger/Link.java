package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The writer's connection to its ledger: made when it is needed, and after a failure made anew, with a look
/// at whether the ledger is whole.
final class Link {
    private static final System.Logger LOG = System.getLogger(Link.class.getName());

    private final Engine engine;
    private final Connector connector;
    private Optional<Appender> connected = Optional.empty();
    private boolean suspect;
    private boolean closed;

    Link(Engine engine, Connector connector) {
        this.engine = engine;
        this.connector = connector;
    }

    /// Opens the ledger for writing.
    @FunctionalInterface
    interface Connector {
        /// @param suspect whether it may be damaged, and is to be looked at
        Connection open(boolean suspect) throws SQLException;
    }

    Engine engine() {
        return engine;
    }

    Appender appender() throws SQLException {
        if (closed) {
            throw new SQLException("closed", Postgresql.CONNECTION_LOST);
        }
        if (connected.isEmpty()) {
            connected = Optional.of(connect());
            suspect = false;
        }
        return connected.get();
    }

    private Appender connect() throws SQLException {
        Connection connection = connector.open(suspect);
        try {
            return new Appender(engine, connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// A connection with a transaction that has begun. One that turns out to be dead before anything was
    /// asked of it is made anew once: nothing is in doubt then.
    Appender begun() throws SQLException {
        boolean used = connected.isPresent();
        try {
            appender().begin();
        } catch (SQLException e) {
            drop();
            if (!used || !engine.gone(e)) {
                throw e;
            }
            appender().begin();
        }
        return appender();
    }

    /// Asks whether the connection lives, and makes another one where it does not.
    void touch() {
        try {
            appender().touch();
        } catch (SQLException e) {
            drop();
            LOG.log(System.Logger.Level.DEBUG, "`{0}` is connected to anew: {1}", engine.where(), engine.clause(e));
        }
    }

    /// Forgets the connection, because what the database made of the last transaction is not known.
    void drop() {
        suspect = true;
        close(false);
    }

    /// Ends well, and for good.
    void close() {
        closed = true;
        close(true);
    }

    private void close(boolean well) {
        if (connected.isEmpty()) {
            return;
        }
        try (Appender appender = connected.get()) {
            if (well) {
                appender.end();
            }
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "closing `{0}`: {1}", engine.where(), engine.clause(e));
        } finally {
            connected = Optional.empty();
        }
    }
}
