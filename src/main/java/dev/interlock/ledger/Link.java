package dev.interlock.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The writer's connection to its file: made when it is needed, and after a failure made anew, with a look at whether
/// the file is whole.
final class Link {
    private static final System.Logger LOG = System.getLogger(Link.class.getName());

    private final Path path;
    private final Connector connector;
    private Optional<Appender> connected = Optional.empty();
    private boolean suspect;

    Link(Path path, Connector connector) {
        this.path = path;
        this.connector = connector;
    }

    /// Opens the file for writing.
    @FunctionalInterface
    interface Connector {
        Connection open() throws SQLException;
    }

    Path path() {
        return path;
    }

    Appender appender() throws SQLException {
        if (connected.isEmpty()) {
            connected = Optional.of(connect());
            suspect = false;
        }
        return connected.get();
    }

    private Appender connect() throws SQLException {
        Connection connection = connector.open();
        try {
            if (suspect && Sqlite.damage(connection).isPresent()) {
                throw new SQLiteException("damaged", SQLiteErrorCode.SQLITE_CORRUPT);
            }
            return new Appender(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// Forgets the connection, because what SQLite or the disk made of the last transaction is not known.
    void drop() {
        suspect = true;
        close(false);
    }

    /// Ends well: with all that was written in the file itself, and nothing in its log.
    void close() {
        close(true);
    }

    private void close(boolean checkpoint) {
        if (connected.isEmpty()) {
            return;
        }
        try (Appender appender = connected.get()) {
            if (checkpoint) {
                appender.checkpoint();
            }
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "closing `{0}`: {1}", path, Sqlite.clause(e, path));
        } finally {
            connected = Optional.empty();
        }
    }
}
