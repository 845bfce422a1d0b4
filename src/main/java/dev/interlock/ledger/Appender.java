package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Optional;

/// Adds rows, all of one transaction or none.
final class Appender implements AutoCloseable {
    private final Engine engine;
    private final Connection connection;
    private final PreparedStatement input;
    private final PreparedStatement entry;
    private boolean dirty;

    Appender(Engine engine, Connection connection) throws SQLException {
        this.engine = engine;
        this.connection = connection;
        connection.setAutoCommit(false);
        this.input =
                connection.prepareStatement("insert into input (digest, body) values (?, ?) on conflict do nothing");
        this.entry = connection.prepareStatement(
                "insert into entry (id, kind, decision, at, namespace, input, body, uid, template, standing)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (kind, id) do nothing");
    }

    /// Whether the row is new. One that is there already stays as it is.
    boolean add(Row row) throws SQLException {
        begin();
        if (row.input().isPresent()) {
            input.setString(1, row.input().get().digest());
            input.setString(2, row.input().get().body());
            input.executeUpdate();
            entry.setString(6, row.input().get().digest());
        } else {
            entry.setNull(6, Types.VARCHAR);
        }
        entry.setString(1, row.id());
        entry.setString(2, row.kind().word());
        entry.setString(3, row.decision());
        entry.setString(4, row.at());
        entry.setString(5, row.namespace());
        entry.setString(7, row.body());
        setText(8, row.about().map(About::uid));
        setText(9, row.about().flatMap(About::template));
        setText(10, row.about().flatMap(About::standing).map(About.Standing::word));
        return entry.executeUpdate() > 0;
    }

    private void begin() throws SQLException {
        if (!dirty) {
            dirty = true;
            engine.begin(connection);
        }
    }

    private void setText(int place, Optional<String> text) throws SQLException {
        if (text.isPresent()) {
            entry.setString(place, text.get());
        } else {
            entry.setNull(place, Types.VARCHAR);
        }
    }

    /// Returns when all that was added is on the disk.
    void commit() throws SQLException {
        if (dirty) {
            connection.commit();
            dirty = false;
        }
    }

    boolean has(Row row) throws SQLException {
        begin(); // a query begins a transaction too
        try (PreparedStatement query = connection.prepareStatement("select 1 from entry where kind = ? and id = ?")) {
            query.setString(1, row.kind().word());
            query.setString(2, row.id());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /// Asks whether the connection lives.
    void touch() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
        connection.commit();
    }

    /// Nothing follows.
    void end() throws SQLException {
        connection.commit();
        engine.end(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
