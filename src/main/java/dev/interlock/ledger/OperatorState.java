package dev.interlock.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteDataSource;

/// What the operator remembers beside its ledger: how far it has projected each ledger, when it last saw the
/// gate whole, and which approved content of an object was last seen live. What it forgets is found out
/// again: projecting twice changes nothing.
public final class OperatorState implements AutoCloseable {
    private final Engine engine;
    private final Hold hold;
    private final Connection connection;
    private final Map<String, String> seenLive = new HashMap<>();

    private OperatorState(Engine engine, Hold hold, Connection connection) {
        this.engine = engine;
        this.hold = hold;
        this.connection = connection;
    }

    /// @throws LedgerUnavailable where it cannot be used; it is left as it was then
    /// @throws AnotherLeads      where another operator has it
    public static OperatorState open(Place place) {
        return switch (place) {
            case Place.File file -> open(file.path());
            case Place.Schema schema -> open(schema);
        };
    }

    private static OperatorState open(Path path) {
        SqliteFile file = SqliteFile.open(path, new Positions());
        Engine engine = new Sqlite(path);
        try {
            return new OperatorState(engine, file, file.connect());
        } catch (SQLException e) {
            file.close();
            throw unavailable(engine, e);
        }
    }

    private static OperatorState open(Place.Schema schema) {
        Postgresql engine = new Postgresql(schema);
        try {
            Connection connection = Alone.connect(engine, false);
            try {
                new PostgresqlSchema(schema, PostgresqlSchema.Kind.STATE).requireCurrent();
                return new OperatorState(engine, Hold.NOTHING, connection);
            } catch (LedgerUnavailable e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw engine.unavailable("operator's state", e);
        }
    }

    /// See [OperatorLedger#keep].
    public synchronized void keep() {
        var _ = text("select '1'");
    }

    /// The place in that ledger up to which everything is projected; 0 where nothing is.
    public synchronized long after(String origin) {
        try (PreparedStatement query = connection.prepareStatement("select sequence from cursor where origin = ?")) {
            query.setString(1, origin);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    /// Goes back to `sequence`: the ledger ends there, because an older one was restored.
    public synchronized void rewind(String origin, long sequence) {
        try (PreparedStatement update =
                connection.prepareStatement("update cursor set sequence = ? where origin = ? and sequence > ?")) {
            update.setLong(1, sequence);
            update.setString(2, origin);
            update.setLong(3, sequence);
            update.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    /// Goes back to `sequence` in all that follows that ledger.
    public synchronized void rewindAll(String origin, long sequence) {
        try (PreparedStatement update = connection.prepareStatement(
                "update cursor set sequence = ? where substr(origin, 1, ?) = ? and sequence > ?")) {
            update.setLong(1, sequence);
            update.setInt(2, origin.length());
            update.setString(3, origin);
            update.setLong(4, sequence);
            update.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    /// Moves on to `sequence`, never back.
    public synchronized void advance(String origin, long sequence) {
        String upsert = "insert into cursor (origin, sequence) values (?, ?)"
                + " on conflict (origin) do update set sequence = excluded.sequence where excluded.sequence > cursor.sequence";
        try (PreparedStatement update = connection.prepareStatement(upsert)) {
            update.setString(1, origin);
            update.setLong(2, sequence);
            update.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    /// When the gate was last seen whole; empty where it never was.
    public synchronized Optional<Instant> gateSeen() {
        return text("select value from memory where topic = 'gate' and name = ''")
                .map(Instant::parse);
    }

    public synchronized void gateSeen(Instant at) {
        remember("gate", "", at.toString());
    }

    /// The version of the gate's configuration that was seen last; empty where none was.
    public synchronized Optional<String> gateVersion() {
        return text("select value from memory where topic = 'gate-version' and name = ''");
    }

    public synchronized void gateVersion(String version) {
        remember("gate-version", "", version);
    }

    /// Digest of the approved content that was last seen live.
    public synchronized Optional<String> lastLive(String uid) {
        if (seenLive.containsKey(uid)) {
            return Optional.of(seenLive.get(uid));
        }
        try (PreparedStatement query =
                connection.prepareStatement("select value from memory where topic = 'live' and name = ?")) {
            query.setString(1, uid);
            return first(query);
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    /// Remembered at once, and on the disk after the next [#flush].
    public synchronized void lastLive(String uid, String content) {
        seenLive.put(uid, content);
    }

    /// Writes what was seen live since the last time, in one transaction: there may be very much of it at the start.
    public synchronized void flush() {
        if (seenLive.isEmpty()) {
            return;
        }
        try {
            connection.setAutoCommit(false);
            try {
                seenLive.forEach((uid, content) -> remember("live", uid, content));
                connection.commit();
            } catch (SQLException | LedgerUnavailable e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
            seenLive.clear();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    /// The object is gone.
    public synchronized void forget(String uid) {
        seenLive.remove(uid);
        try (PreparedStatement delete =
                connection.prepareStatement("delete from memory where topic = 'live' and name = ?")) {
            delete.setString(1, uid);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    private void remember(String topic, String name, String value) {
        String upsert = "insert into memory (topic, name, value) values (?, ?, ?)"
                + " on conflict (topic, name) do update set value = excluded.value";
        try (PreparedStatement update = connection.prepareStatement(upsert)) {
            update.setString(1, topic);
            update.setString(2, name);
            update.setString(3, value);
            update.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    private Optional<String> text(String sql) {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            return first(query);
        } catch (SQLException e) {
            throw unavailable(engine, e);
        }
    }

    private static Optional<String> first(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        try (Connection _ = connection) {
            flush();
        } catch (SQLException e) {
            throw unavailable(engine, e);
        } finally {
            hold.close();
        }
    }

    private static LedgerUnavailable unavailable(Engine engine, SQLException cause) {
        return new LedgerUnavailable("the operator's state cannot be kept: %s".formatted(engine.clause(cause)), cause);
    }

    /// Tables that are added when they are missing: there is no history to migrate yet.
    private record Positions() implements Schema {
        private static final int VERSION = 2;

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
                statement.executeUpdate(
                        "create table if not exists memory (topic text not null, name text not null, value text not null,"
                                + " primary key (topic, name)) strict, without rowid");
                statement.executeUpdate("pragma application_id = " + applicationId());
                statement.executeUpdate("pragma user_version = " + VERSION);
            }
        }
    }
}
