package dev.interlock.ledger;

import com.fasterxml.jackson.core.JacksonException;
import dev.interlock.drift.Intent;
import dev.interlock.drift.IntentStore;
import dev.interlock.workload.Mask;
import dev.interlock.workload.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a ledger that another connection, in this process or another one on the same host, may be writing.
/// Sees what is durable, at once. Safe for use by several threads, one at a time.
public final class LedgerReader implements IntentStore, AutoCloseable {
    private static final String ROW = "select sequence, kind, body from entry ";

    private final Path path;
    private final Connection connection;
    private final String origin;
    private final Mask mask;

    private LedgerReader(Path path, Connection connection, String origin, Mask mask) {
        this.path = path;
        this.connection = connection;
        this.origin = origin;
        this.mask = mask;
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
                return new LedgerReader(path, connection, origin(connection, path), Ledger.mask(connection));
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

    /// Hides values as the writer of this ledger does.
    public Mask mask() {
        return mask;
    }

    /// Every decision of this ledger that approves or covers content of the object, in its order; none that
    /// was answered otherwise because its evidence was late.
    @Override
    public synchronized List<Intent> of(String uid) {
        String covering = """
                select sequence, id, decision, at, standing, json_extract(body, '$.requester'), input, template, kind,
                       json_extract(body, '$.trigger')
                from entry
                where uid = ? and standing in ('Approves', 'Covers') and input is not null
                  and not exists (select 1 from entry late where late.kind = 'Amendment' and late.id = entry.id)
                order by sequence
                """;
        try (PreparedStatement query = connection.prepareStatement(covering)) {
            query.setString(1, uid);
            List<Intent> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    boolean admission = "Admission".equals(rows.getString(10));
                    found.add(new Intent(
                            rows.getLong(1),
                            rows.getString(2),
                            rows.getString(3),
                            Instant.parse(rows.getString(4)),
                            rows.getString(5).equals("Approves") ? Intent.Standing.APPROVES : Intent.Standing.COVERS,
                            admission ? Optional.ofNullable(rows.getString(6)) : Optional.empty(),
                            rows.getString(7),
                            Optional.ofNullable(rows.getString(8))));
                }
            }
            return found;
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public synchronized Optional<Node.Obj> content(String digest) {
        try (PreparedStatement query = connection.prepareStatement("select body from input where digest = ?")) {
            query.setString(1, digest);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(Body.tree(rows.getString(1))) : Optional.empty();
            }
        } catch (SQLException | JacksonException e) {
            throw new LedgerUnavailable(
                    "the content `%s` in the ledger `%s` cannot be read".formatted(digest, path), e);
        }
    }

    /// Objects of whose approvals something has changed behind `sequence`: their uids by the place of the
    /// change, in order, `limit` at most.
    public synchronized List<Changed> changed(long sequence, int limit) {
        String changes = """
                select sequence, coalesce(uid,
                       (select late.uid from entry late where late.kind = 'Decision' and late.id = entry.id))
                from entry where sequence > ? and (standing in ('Approves', 'Recalls', 'Keeps') or kind = 'Amendment')
                order by sequence limit ?
                """;
        try (PreparedStatement query = connection.prepareStatement(changes)) {
            query.setLong(1, sequence);
            query.setInt(2, limit);
            List<Changed> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(new Changed(rows.getLong(1), Optional.ofNullable(rows.getString(2))));
                }
            }
            return found;
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// Something has changed at that place; of which object, where the row says it.
    public record Changed(long sequence, Optional<String> uid) {}

    /// Digests of those contents of an object that were denied when they were last looked at again.
    public synchronized Set<String> recalled(String uid) {
        String latest = """
                select input from entry
                where uid = ?1 and standing = 'Recalls' and sequence = (
                    select max(sequence) from entry newest
                    where newest.uid = ?1 and newest.input = entry.input and newest.standing in ('Recalls', 'Keeps'))
                """;
        try (PreparedStatement query = connection.prepareStatement(latest)) {
            query.setString(1, uid);
            Set<String> found = new HashSet<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// The newest decision about that content of that object, whatever it was and whatever led to it.
    public synchronized Optional<Stored> newest(String uid, String content) {
        try (PreparedStatement query = connection.prepareStatement(
                ROW + "where uid = ? and input = ? and kind = 'Decision' order by sequence desc limit 1")) {
            query.setString(1, uid);
            query.setString(2, content);
            return stored(query).stream().findFirst();
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// The denials since then, in their order.
    public synchronized List<DecisionEntry> denials(Instant since) {
        try (PreparedStatement query =
                connection.prepareStatement(ROW + "where standing = 'Denies' and at >= ? order by sequence")) {
            query.setString(1, Body.time(since));
            return stored(query).stream()
                    .flatMap(row -> row instanceof Stored.Decided decided ? Stream.of(decided.entry()) : Stream.empty())
                    .toList();
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// Whether a request to create the object was let in.
    public synchronized boolean created(String uid) {
        try (PreparedStatement query =
                connection.prepareStatement("select 1 from entry where uid = ? and standing in ('Approves', 'Covers')"
                        + " and json_extract(body, '$.trigger') = 'Admission'"
                        + " and json_extract(body, '$.operation') = 'CREATE'")) {
            query.setString(1, uid);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// Whether the ledger has a row of that kind and id.
    public synchronized boolean has(String kind, String id) {
        try (PreparedStatement query = connection.prepareStatement("select 1 from entry where kind = ? and id = ?")) {
            query.setString(1, kind);
            query.setString(2, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// All rows of the kinds that the operator writes beside decisions, in their order.
    public synchronized List<Stored> notes() {
        try (PreparedStatement query = connection.prepareStatement(
                ROW
                        + "where kind in ('Drift', 'DriftEnd', 'Gap', 'GapEnd', 'Scope', 'Release', 'Tightening') order by sequence")) {
            return stored(query);
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
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

    /// As [#after(long, int)], of some kinds only.
    public synchronized List<Stored> after(long sequence, int limit, Set<String> kinds) {
        try (PreparedStatement query = connection.prepareStatement(
                ROW + "where sequence > ? and kind in (" + places(kinds) + ") order by sequence limit ?")) {
            query.setLong(1, sequence);
            int place = 2;
            for (String kind : kinds) {
                query.setString(place++, kind);
            }
            query.setInt(place, limit);
            return stored(query);
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// How many rows of those kinds are behind `sequence`.
    public synchronized long pending(long sequence, Set<String> kinds) {
        try (PreparedStatement query = connection.prepareStatement(
                "select count(*) from entry where sequence > ? and kind in (" + places(kinds) + ")")) {
            query.setLong(1, sequence);
            int place = 2;
            for (String kind : kinds) {
                query.setString(place++, kind);
            }
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    private static String places(Set<String> kinds) {
        return String.join(", ", Collections.nCopies(kinds.size(), "?"));
    }

    /// A drift by its name.
    public synchronized Optional<DriftEntry> drift(String name) {
        try (PreparedStatement query = connection.prepareStatement(ROW + "where kind = 'Drift' and id = ?")) {
            query.setString(1, name);
            return stored(query).stream()
                    .flatMap(row -> row instanceof Stored.Drifted drifted ? Stream.of(drifted.drift()) : Stream.empty())
                    .findFirst();
        } catch (SQLException e) {
            throw unreadable(path, e);
        }
    }

    /// What became of the occurrences of a decision: persisted where one of them was, and else the newest that is
    /// known.
    public synchronized Optional<AppliedEntry> applied(String decision) {
        try (PreparedStatement query = connection.prepareStatement(
                ROW
                        + "where decision = ? and kind = 'Applied' order by json_extract(body, '$.applied') = 'Persisted' desc, sequence desc limit 1")) {
            query.setString(1, decision);
            return stored(query).stream()
                    .flatMap(row -> row instanceof Stored.Applied found ? Stream.of(found.applied()) : Stream.empty())
                    .findFirst();
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
                        where decision = ?1 and sequence <= ?2 and kind = 'Decision' order by sequence desc limit 1),
                       (select uid from entry
                        where decision = ?1 and sequence <= ?2 and kind = 'Decision' order by sequence desc limit 1)
                from entry where decision = ?1 and sequence <= ?2 and kind in ('Decision', 'Repeat')
                """;
        try (PreparedStatement query = connection.prepareStatement(sum)) {
            query.setString(1, decision);
            query.setLong(2, upTo);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getString(3) != null
                        ? Optional.of(new Tally(
                                rows.getLong(1),
                                Instant.parse(rows.getString(2)),
                                rows.getString(3),
                                Objects.requireNonNullElse(rows.getString(4), "")))
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
                case "Drift" -> new Stored.Drifted(sequence, Body.read(body, DriftEntry.class));
                case "DriftEnd" -> new Stored.DriftEnded(sequence, Body.read(body, DriftEnd.class));
                case "Gap" -> new Stored.GapBegan(sequence, Body.read(body, Gap.class));
                case "GapEnd" -> new Stored.GapEnded(sequence, Body.read(body, GapEnd.class));
                case "Scope" -> new Stored.Scoped(sequence, Body.read(body, Scope.class));
                case "Release" -> new Stored.Released(sequence, Body.read(body, ReleaseEntry.class));
                case "Tightening" -> new Stored.Tightened(sequence, Body.read(body, TighteningEntry.class));
                case "Applied" -> new Stored.Applied(sequence, Body.read(body, AppliedEntry.class));
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
