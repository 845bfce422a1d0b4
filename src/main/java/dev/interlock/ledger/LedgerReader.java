package dev.interlock.ledger;

import com.fasterxml.jackson.core.JacksonException;
import dev.interlock.decision.Approvals.Approved;
import dev.interlock.drift.Intent;
import dev.interlock.drift.IntentStore;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Mask;
import dev.interlock.workload.Node;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a ledger that others may be writing. Sees what is durable, at once. After a failure it connects anew.
/// Safe for use by several threads, one at a time.
public final class LedgerReader implements IntentStore, AutoCloseable {
    private static final String ROW = "select sequence, kind, body from entry ";

    private final Engine engine;
    private final String origin;
    private final Mask mask;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    private LedgerReader(Engine engine, Connection connection) throws SQLException {
        this.engine = engine;
        this.connection = connection;
        this.origin = Meta.origin(connection);
        this.mask = Meta.mask(connection);
    }

    /// @throws LedgerUnavailable where there is no ledger, or none yet
    public static LedgerReader open(Place place) {
        Engine engine = Engine.of(place);
        engine.requireLedger();
        try {
            return over(engine, engine.reading());
        } catch (SQLException e) {
            throw unreadable(engine, e);
        }
    }

    /// @param connection to be closed with the reader
    static LedgerReader over(Engine engine, Connection connection) throws SQLException {
        try {
            return new LedgerReader(engine, connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /// As [#open(Place)]; empty where there is nothing yet.
    public static Optional<LedgerReader> find(Place place) {
        return Engine.of(place).exists() ? Optional.of(open(place)) : Optional.empty();
    }

    /// Names the ledger.
    public String origin() {
        return origin;
    }

    /// Where it is, in sentences.
    public String where() {
        return engine.where();
    }

    /// Hides values as the writer of this ledger does.
    public Mask mask() {
        return mask;
    }

    /// Whose evidence it is; empty where nobody has said it yet.
    public Optional<String> cluster() {
        return ask("select value from meta where key = ?", row -> row.getString(1), Meta.CLUSTER).stream()
                .findFirst();
    }

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    /// What the rows say that a query finds, in their order.
    private synchronized <T> List<T> ask(String sql, Reading<T> reading, Object... parameters) {
        try (PreparedStatement query = connected().prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                query.setObject(i + 1, parameters[i]);
            }
            List<T> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(reading.of(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            drop();
            throw unreadable(engine, e);
        }
    }

    private Connection connected() throws SQLException {
        Connection known = connection;
        if (closed) {
            throw new SQLException("the reader is closed");
        }
        if (known == null) {
            known = engine.reading();
            connection = known;
        }
        return known;
    }

    private void drop() {
        try {
            disconnect();
        } catch (SQLException _) {
            // what is said is why it is dropped
        }
    }

    private synchronized void disconnect() throws SQLException {
        Connection ending = connection;
        connection = null;
        if (ending != null) {
            ending.close();
        }
    }

    private List<Stored> rows(String condition, Object... parameters) {
        return ask(ROW + condition, row -> stored(row.getLong(1), row.getString(2), row.getString(3)), parameters);
    }

    private <T> Optional<T> row(Class<T> type, String condition, Object... parameters) {
        return rows(condition, parameters).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    private long number(String sql, Object... parameters) {
        return ask(sql, row -> row.getLong(1), parameters).stream().findFirst().orElse(0L);
    }

    /// Every decision of this ledger that approves or covers content of the object, in its order; none that
    /// was answered otherwise because its evidence was late.
    @Override
    public List<Intent> of(String uid) {
        String covering = """
                select sequence, id, decision, at, standing, input, template, body
                from entry
                where uid = ? and standing in ('Approves', 'Covers') and input is not null
                  and not exists (select 1 from entry late where late.kind = 'Amendment' and late.id = entry.id)
                order by sequence
                """;
        return ask(
                covering,
                row -> new Intent(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        Instant.parse(row.getString(4)),
                        row.getString(5).equals("Approves") ? Intent.Standing.APPROVES : Intent.Standing.COVERS,
                        admission(row.getLong(1), row.getString(8)).map(DecisionEntry::requester),
                        row.getString(6),
                        Optional.ofNullable(row.getString(7))),
                uid);
    }

    /// What was approved of an object behind `sequence`, in order.
    public List<Approved> approved(String uid, long sequence) {
        String approving = """
                select sequence, at, input, template from entry
                where uid = ? and sequence > ? and standing = 'Approves' and input is not null
                  and not exists (select 1 from entry late where late.kind = 'Amendment' and late.id = entry.id)
                order by sequence
                """;
        return ask(
                approving,
                row -> new Approved(
                        row.getLong(1),
                        Instant.parse(row.getString(2)),
                        row.getString(3),
                        Optional.ofNullable(row.getString(4))),
                uid,
                sequence);
    }

    /// What was decided at admission; empty where it was not, or cannot be read.
    private static Optional<DecisionEntry> admission(long sequence, String body) {
        return decided(sequence, body).filter(entry -> entry.trigger().equals("Admission"));
    }

    @Override
    public Optional<Node.Obj> content(String digest) {
        Optional<String> body = ask("select body from input where digest = ?", row -> row.getString(1), digest).stream()
                .findFirst();
        try {
            return body.isPresent() ? Optional.of(Body.tree(body.get())) : Optional.empty();
        } catch (JacksonException e) {
            throw new LedgerUnavailable(
                    "the content `%s` in the ledger `%s` cannot be read".formatted(digest, engine.where()), e);
        }
    }

    /// Objects of whose approvals something has changed behind `sequence`: their uids by the place of the
    /// change, in order, `limit` at most.
    public List<Changed> changed(long sequence, int limit) {
        String changes = """
                select sequence, coalesce(uid,
                       (select late.uid from entry late where late.kind = 'Decision' and late.id = entry.id)), kind
                from entry where sequence > ? and (standing in ('Approves', 'Recalls', 'Keeps') or kind = 'Amendment')
                order by sequence limit ?
                """;
        return ask(
                changes,
                row -> new Changed(
                        row.getLong(1),
                        Optional.ofNullable(row.getString(2)),
                        row.getString(3).equals("Amendment")),
                sequence,
                limit);
    }

    /// Something has changed at that place; of which object, where the row says it.
    ///
    /// @param amended an earlier entry of the object does not count any more
    public record Changed(long sequence, Optional<String> uid, boolean amended) {}

    /// Digests of those contents of an object that were denied when they were last looked at again.
    public Set<String> recalled(String uid) {
        String latest = """
                select input from entry
                where uid = ? and standing = 'Recalls' and sequence = (
                    select max(sequence) from entry newest
                    where newest.uid = entry.uid and newest.input = entry.input
                      and newest.standing in ('Recalls', 'Keeps'))
                """;
        return new HashSet<>(ask(latest, row -> row.getString(1), uid));
    }

    /// The newest decision about that content of that object, whatever it was and whatever led to it.
    public Optional<Stored> newest(String uid, String content) {
        return row(
                Stored.class,
                "where uid = ? and input = ? and kind = 'Decision' order by sequence desc limit 1",
                uid,
                content);
    }

    /// The denials since then, in their order.
    public List<DecisionEntry> denials(Instant since) {
        return rows("where standing = 'Denies' and at >= ? order by at, sequence", Body.time(since)).stream()
                .flatMap(row -> row instanceof Stored.Decided decided ? Stream.of(decided.entry()) : Stream.empty())
                .toList();
    }

    /// A denial that was written, or how often one came again that was counted.
    ///
    /// @param at    when it was decided, the last of those that were counted; never where that cannot be read
    /// @param times 0 where it was a stranger who asked
    /// @param entry what was decided; empty where that cannot be read
    public record Denials(long sequence, Instant at, long times, Optional<DecisionEntry> entry) {}

    /// The place behind which all denials since then are, and all that were counted since then.
    public long beforeDenials(Instant since) {
        // As a sum, so that no database looks for the least by reading from the first row on.
        String first = """
                select coalesce(min(sequence + 0) - 1, (select coalesce(max(sequence), 0) from entry))
                from entry where standing = 'Denies' and at >= ?
                """;
        return number(first, Body.time(since.minus(Ledger.Settings.DEFAULTS.coalesceFor())));
    }

    /// The denials that were written behind `sequence`, in their order, `limit` at most.
    public List<Denials> denied(long sequence, int limit) {
        String written = """
                select sequence, at, body from entry
                where standing = 'Denies' and sequence > ? order by sequence limit ?
                """;
        return ask(
                written,
                row -> new Denials(
                        row.getLong(1), time(row.getString(2)), 1, decided(row.getLong(1), row.getString(3))),
                sequence,
                limit);
    }

    /// What was written behind `sequence` of denials that came again, in its order, `limit` at most.
    public List<Denials> deniedAgain(long sequence, int limit) {
        // So that each is found by its id and no database begins with all denials: no plain join, for SQLite, and no
        // condition on the standing, for PostgreSQL.
        String counted = """
                select again.sequence, again.at, again.body, first.body, first.standing
                from entry again cross join entry first
                where again.kind = 'Repeat' and again.sequence > ?
                  and first.kind = 'Decision' and first.id = again.id
                order by again.sequence limit ?
                """;
        return ask(
                counted,
                row -> {
                    long place = row.getLong(1);
                    Instant at = time(row.getString(2));
                    boolean denies = "Denies".equals(row.getString(5)); // not where a stranger asked
                    return stored(place, "Repeat", row.getString(3)) instanceof Stored.Repeated again
                            ? new Denials(
                                    place, at, denies ? again.repeat().count() : 0, decided(place, row.getString(4)))
                            : new Denials(place, at, 1, Optional.empty());
                },
                sequence,
                limit);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            return Instant.MAX;
        }
    }

    private static Optional<DecisionEntry> decided(long sequence, String body) {
        return stored(sequence, "Decision", body) instanceof Stored.Decided decided
                ? Optional.of(decided.entry())
                : Optional.empty();
    }

    /// Whether a request to create the object was let in.
    public boolean created(String uid) {
        return ask(
                        "select sequence, body from entry where uid = ? and standing in ('Approves', 'Covers')",
                        row -> admission(row.getLong(1), row.getString(2)),
                        uid)
                .stream()
                .flatMap(Optional::stream)
                .anyMatch(entry -> entry.operation().equals("CREATE"));
    }

    /// Whether the ledger has a row of that kind and id.
    public boolean has(String kind, String id) {
        return number("select 1 from entry where kind = ? and id = ?", kind, id) > 0;
    }

    /// All rows of the kinds that the operator writes beside decisions, in their order.
    public List<Stored> notes() {
        return rows(
                "where kind in ('Drift', 'DriftEnd', 'Gap', 'GapEnd', 'Rollback', 'Scope', 'Release', 'Tightening') order by sequence");
    }

    /// The rows behind `sequence`, in their order, `limit` at most.
    public List<Stored> after(long sequence, int limit) {
        return rows("where sequence > ? order by sequence limit ?", sequence, limit);
    }

    /// As [#after(long, int)], of some kinds only.
    public List<Stored> after(long sequence, int limit, Set<String> kinds) {
        return rows(
                "where sequence > ? and kind in (" + places(kinds) + ") order by sequence limit ?",
                Stream.of(Stream.of(sequence), kinds.stream(), Stream.of(limit))
                        .flatMap(each -> each)
                        .toArray());
    }

    /// How many rows of those kinds are behind `sequence`.
    public long pending(long sequence, Set<String> kinds) {
        return number(
                "select count(*) from entry where sequence > ? and kind in (" + places(kinds) + ")",
                Stream.concat(Stream.of(sequence), kinds.stream()).toArray());
    }

    private static String places(Collection<String> kinds) {
        return String.join(", ", Collections.nCopies(kinds.size(), "?"));
    }

    /// A drift by its name.
    public Optional<DriftEntry> drift(String name) {
        return row(Stored.Drifted.class, "where kind = 'Drift' and id = ?", name)
                .map(Stored.Drifted::drift);
    }

    /// What became of the occurrences of a decision: persisted where one of them was, and else the newest that is
    /// known.
    public Optional<AppliedEntry> applied(String decision) {
        String newest = " order by sequence desc limit 1";
        String known = "where decision = ? and kind = 'Applied'";
        // Bodies are canonical: there is one way to write a member. Not by the database's JSON, which may refuse some.
        return row(Stored.Applied.class, known + " and body like '%\"applied\":\"Persisted\"%'" + newest, decision)
                .or(() -> row(Stored.Applied.class, known + newest, decision))
                .map(Stored.Applied::applied);
    }

    /// The place of the newest row; 0 where there is none.
    public long last() {
        return number("select coalesce(max(sequence), 0) from entry");
    }

    /// The mark of the last row that is no later than `upTo`; empty where there is none.
    Optional<Mark> mark(long upTo) {
        return ask(
                        "select sequence, body from entry where sequence <= ? order by sequence desc limit 1",
                        row -> new Mark(
                                row.getLong(1),
                                Canonical.sha256(new Node.Text(row.getString(2)))
                                        .substring(0, 32)),
                        upTo)
                .stream()
                .findFirst();
    }

    /// The newest amendment of any occurrence of a decision, up to `upTo`.
    public Optional<Amendment> amendment(String decision, long upTo) {
        return row(
                        Stored.Amended.class,
                        "where decision = ? and sequence <= ? and kind = 'Amendment' order by sequence desc limit 1",
                        decision,
                        upTo)
                .map(Stored.Amended::amendment);
    }

    /// The entry of one occurrence.
    public Optional<Stored> byEntry(String id) {
        return row(Stored.class, "where kind = 'Decision' and id = ?", id);
    }

    /// How often a decision was made, counting no row behind `upTo`; empty where no such row has it.
    public Optional<Tally> tally(String decision, long upTo) {
        Optional<Tally> entries = ask("""
                select count(*), max(at),
                       (select id from entry
                        where decision = ? and sequence <= ? and kind = 'Decision' order by sequence desc limit 1),
                       (select uid from entry
                        where decision = ? and sequence <= ? and kind = 'Decision' order by sequence desc limit 1)
                from entry where decision = ? and sequence <= ? and kind = 'Decision'
                """, LedgerReader::tally, decision, upTo, decision, upTo, decision, upTo).stream()
                .flatMap(Optional::stream)
                .findFirst();
        if (entries.isEmpty()) {
            return entries;
        }
        Tally tally = entries.get();
        for (Stored row : rows("where decision = ? and sequence <= ? and kind = 'Repeat'", decision, upTo)) {
            tally = row instanceof Stored.Repeated repeated ? tally.and(repeated.repeat()) : tally;
        }
        return Optional.of(tally);
    }

    /// Of the one row of a count, which says nothing where nothing was counted.
    private static Optional<Tally> tally(ResultSet row) throws SQLException {
        String newest = row.getString(3);
        return newest == null
                ? Optional.empty()
                : Optional.of(new Tally(
                        row.getLong(1),
                        Instant.parse(row.getString(2)),
                        newest,
                        Objects.requireNonNullElse(row.getString(4), "")));
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
                case "Rollback" -> new Stored.WentBack(sequence, Body.read(body, Rollback.class));
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

    private static LedgerUnavailable unreadable(Engine engine, SQLException cause) {
        return new LedgerUnavailable(
                "the ledger `%s` cannot be read (%s): see whether %s"
                        .formatted(engine.where(), engine.name(cause), engine.whole()),
                cause);
    }

    /// Ends also what a server that went away would keep waiting.
    @Override
    public void close() {
        closed = true;
        Connection asked = connection;
        try {
            if (asked != null && engine.remote()) {
                asked.abort(Runnable::run);
            }
            disconnect();
        } catch (SQLException e) {
            throw unreadable(engine, e);
        }
    }
}
