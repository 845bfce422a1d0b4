package dev.interlock.ledger;

import com.fasterxml.jackson.core.JacksonException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads a ledger that another connection, in this process or another one on the same host, may be writing. Sees what
/// is durable, at once. Safe for use by several threads, one at a time.
public final class LedgerReader implements AutoCloseable {
    private static final String ROW = "select sequence, kind, body from entry ";

    private final Path path;
    private final Connection connection;
    private final String origin;

    private LedgerReader(Path path, Connection connection, String origin) {
        this.path = path;
        this.connection = connection;
        this.origin = origin;
    }

    /// @throws LedgerUnavailable where there is no ledger, or none yet
    public static LedgerReader open(Path file) {
        Path path = file.toAbsolutePath().normalize();
        if (!Files.isRegularFile(path)) {
            throw new LedgerUnavailable(
                    "there is no ledger `%s` yet: start the process that writes it, or name another file"
                            .formatted(path));
        }
        try {
            Connection connection = Sqlite.reading(path).getConnection();
            try {
                return new LedgerReader(path, connection, origin(connection, path));
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    private static String origin(Connection connection, Path path) throws SQLException {
        if (Sqlite.number(connection, "pragma application_id") != LedgerSchema.APPLICATION_ID) {
            throw new LedgerUnavailable("the SQLite database `%s` is no ledger: name another file".formatted(path));
        }
        return Sqlite.text(connection, "select value from meta where key = 'origin'");
    }

    /// Names the file.
    public String origin() {
        return origin;
    }

    /// The rows behind `sequence`, in their order, `limit` at most.
    public synchronized List<Stored> after(long sequence, int limit) {
        try (PreparedStatement query =
                connection.prepareStatement(ROW + "where sequence > ? order by sequence limit ?")) {
            query.setLong(1, sequence);
            query.setInt(2, limit);
            return stored(query);
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// The place of the newest row; 0 where there is none.
    public synchronized long last() {
        try (PreparedStatement query = connection.prepareStatement("select coalesce(max(sequence), 0) from entry");
                ResultSet rows = query.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// The newest amendment of any occurrence of a decision, up to `upTo`.
    public synchronized Optional<Amendment> amendment(String decision, long upTo) {
        String newest =
                ROW + "where decision = ? and sequence <= ? and kind = 'Amendment' order by sequence desc limit 1";
        try (PreparedStatement query = connection.prepareStatement(newest)) {
            query.setString(1, decision);
            query.setLong(2, upTo);
            return stored(query).stream()
                    .flatMap(row ->
                            row instanceof Stored.Amended amended ? Stream.of(amended.amendment()) : Stream.empty())
                    .findFirst();
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// The entry of one occurrence.
    public synchronized Optional<Stored> byEntry(String id) {
        try (PreparedStatement query = connection.prepareStatement(ROW + "where kind = 'Decision' and id = ?")) {
            query.setString(1, id);
            return stored(query).stream().findFirst();
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// How often a decision was made, counting no row behind `upTo`; empty where no such row has it.
    public synchronized Optional<Tally> tally(String decision, long upTo) {
        String sum = """
                select sum(case when kind = 'Decision' then 1 when json_valid(body) then json_extract(body, '$.count') end),
                       max(at),
                       (select id from entry
                        where decision = ?1 and sequence <= ?2 and kind = 'Decision' order by sequence desc limit 1)
                from entry where decision = ?1 and sequence <= ?2 and kind in ('Decision', 'Repeat')
                """;
        try (PreparedStatement query = connection.prepareStatement(sum)) {
            query.setString(1, decision);
            query.setLong(2, upTo);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getString(3) != null
                        ? Optional.of(new Tally(rows.getLong(1), Instant.parse(rows.getString(2)), rows.getString(3)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    private static List<Stored> stored(PreparedStatement query) throws SQLException {
        List<Stored> found = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                found.add(stored(rows.getLong(1), rows.getString(2), rows.getString(3)));
            }
        }
        return found;
    }

    private static Stored stored(long sequence, String kind, String body) {
        try {
            return switch (kind) {
                case "Decision" -> new Stored.Decided(sequence, Body.read(body, DecisionEntry.class));
                case "Repeat" -> new Stored.Repeated(sequence, Body.read(body, Repeat.class));
                case "Amendment" -> new Stored.Amended(sequence, Body.read(body, Amendment.class));
                default -> new Stored.Unreadable(sequence, "no row of kind `%s` is known".formatted(kind));
            };
        } catch (JacksonException e) {
            String what = e.getOriginalMessage().lines().findFirst().orElse("");
            return new Stored.Unreadable(
                    sequence, "the body of a row of kind `%s` is not readable: %s".formatted(kind, what));
        }
    }

    private static LedgerUnavailable unreadable(Path path, SQLException cause) {
        return new LedgerUnavailable(
                "the ledger `%s` cannot be read (%s): see whether its file and disk are whole"
                        .formatted(path, Sqlite.name(cause)),
                cause);
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }
}
