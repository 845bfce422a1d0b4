package dev.interlock.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteDataSource;

/// How far the operator has projected each ledger: its own file, because it writes nothing into a ledger that is not
/// its own. What it forgets is projected again, which changes nothing.
public final class ProjectionCursor implements AutoCloseable {
    private final SqliteFile file;
    private final Connection connection;

    private ProjectionCursor(SqliteFile file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /// @throws LedgerUnavailable where the file cannot be used; it is left as it was then
    public static ProjectionCursor open(Path path) {
        SqliteFile file = SqliteFile.open(path, new Positions());
        try {
            return new ProjectionCursor(file, file.connect());
        } catch (SQLException e) {
            file.close();
            throw unavailable(file, e);
        }
    }

    /// The place in that ledger up to which everything is projected; 0 where nothing is.
    public synchronized long after(String origin) {
        try (PreparedStatement query = connection.prepareStatement("select sequence from cursor where origin = ?")) {
            query.setString(1, origin);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw unavailable(file, e);
        }
    }

    /// Goes back to `sequence`: the ledger ends there, because an older one was restored.
    public synchronized void rewind(String origin, long sequence) {
        try (PreparedStatement update =
                connection.prepareStatement("update cursor set sequence = min(sequence, ?) where origin = ?")) {
            update.setLong(1, sequence);
            update.setString(2, origin);
            update.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(file, e);
        }
    }

    /// Moves on to `sequence`, never back.
    public synchronized void advance(String origin, long sequence) {
        String upsert = "insert into cursor (origin, sequence) values (?, ?)"
                + " on conflict (origin) do update set sequence = max(sequence, excluded.sequence)";
        try (PreparedStatement update = connection.prepareStatement(upsert)) {
            update.setString(1, origin);
            update.setLong(2, sequence);
            update.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(file, e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw unavailable(file, e);
        } finally {
            file.close();
        }
    }

    private static LedgerUnavailable unavailable(SqliteFile file, SQLException cause) {
        return new LedgerUnavailable(
                "the operator's state cannot be kept: %s; make room or mend the disk"
                        .formatted(Sqlite.clause(cause, file.path())),
                cause);
    }

    /// One table, and no history to migrate yet.
    private record Positions() implements Schema {
        private static final int VERSION = 1;

        @Override
        public String noun() {
            return "operator's state";
        }

        @Override
        public int applicationId() {
            return 0x494E4F50; // 'INOP'
        }

        @Override
        public void migrate(SQLiteDataSource source, String where) throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                int version = Sqlite.number(connection, "pragma user_version");
                if (version > VERSION) {
                    throw LedgerUnavailable.newer(noun(), where, Integer.toString(version), Integer.toString(VERSION));
                }
                statement.executeUpdate(
                        "create table if not exists cursor (origin text not null primary key, sequence integer not null) strict");
                statement.executeUpdate("pragma application_id = " + applicationId());
                statement.executeUpdate("pragma user_version = " + VERSION);
            }
        }
    }
}
