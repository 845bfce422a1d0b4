package dev.interlock.ledger;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Adds rows, all of one transaction or none.
final class Appender implements AutoCloseable {
    private final Engine engine;
    private final Connection connection;
    private final PreparedStatement input;
    private final PreparedStatement entry;
    private final Set<String> expected = new HashSet<>();
    private final Set<String> there = new HashSet<>();
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

    /// Says what is going to be added, so that what is there already is asked for once.
    void expect(List<Row> rows) throws SQLException {
        if (!engine.remote() || rows.isEmpty()) {
            return;
        }
        begin();
        rows.forEach(row -> expected.add(key(row)));
        String sql = "select kind, id from entry where kind = any (?) and id = any (?)";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setArray(1, texts(rows.stream().map(row -> row.kind().word())));
            query.setArray(2, texts(rows.stream().map(Row::id)));
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    there.add(key(found.getString(1), found.getString(2)));
                }
            }
        }
    }

    private Array texts(Stream<String> values) throws SQLException {
        return connection.createArrayOf("text", values.distinct().toArray());
    }

    private static String key(Row row) {
        return key(row.kind().word(), row.id());
    }

    private static String key(String kind, String id) {
        return kind + " " + id;
    }

    /// Whether the row is new. One that is there already stays as it is.
    boolean add(Row row) throws SQLException {
        begin();
        if (!engine.remote()) {
            bind(row);
            if (row.input().isPresent()) {
                input.executeUpdate();
            }
            return entry.executeUpdate() > 0;
        }
        if (!expected.contains(key(row))) {
            expect(List.of(row));
        }
        if (!there.add(key(row))) {
            return false;
        }
        bind(row);
        if (row.input().isPresent()) {
            input.addBatch();
        }
        entry.addBatch();
        return true;
    }

    private void bind(Row row) throws SQLException {
        if (row.input().isPresent()) {
            input.setString(1, row.input().get().digest());
            input.setString(2, row.input().get().body());
        }
        entry.setString(1, row.id());
        entry.setString(2, row.kind().word());
        entry.setString(3, row.decision());
        entry.setString(4, row.at());
        entry.setString(5, row.namespace());
        setText(6, row.input().map(Row.Input::digest));
        entry.setString(7, row.body());
        setText(8, row.about().map(About::uid));
        setText(9, row.about().flatMap(About::template));
        setText(10, row.about().flatMap(About::standing).map(About.Standing::word));
    }

    void begin() throws SQLException {
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
            if (engine.remote()) {
                input.executeBatch();
                entry.executeBatch();
                expected.clear();
                there.clear();
            }
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
