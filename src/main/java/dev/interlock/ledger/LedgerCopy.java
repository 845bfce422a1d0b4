package dev.interlock.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/// Copies the ledgers of one data directory into a database, row by row with their places, and compares each
/// row after that. What was copied when it was interrupted is not copied again. The files are brought to the
/// schema of this version, as a process would, and otherwise stay.
public final class LedgerCopy {
    private static final int BATCH = 100; // bodies may be large
    private static final Table META = new Table("meta", "key", List.of("key", "value"));
    private static final Table INPUT = new Table("input", "digest", List.of("digest", "body"));
    private static final Table ENTRY = new Table(
            "entry",
            "sequence",
            List.of(
                    "sequence",
                    "id",
                    "kind",
                    "decision",
                    "at",
                    "namespace",
                    "input",
                    "uid",
                    "template",
                    "standing",
                    "body"));
    private static final Table CURSOR = new Table("cursor", "origin", List.of("origin", "sequence"));
    private static final Table MEMORY = new Table("memory", "topic, name", List.of("topic", "name", "value"));

    private final Places files;
    private final Database owner;
    private final Consumer<String> progress;

    /// @param files    three SQLite files, see [Places#in(java.nio.file.Path)]; those of the operator need not exist
    /// @param owner    of the database
    /// @param progress told in a line what is being done
    public LedgerCopy(Places files, Database owner, Consumer<String> progress) {
        this.files = files;
        this.owner = owner;
        this.progress = progress;
    }

    /// @param key what its rows are ordered by
    private record Table(String name, String key, List<String> columns) {
        String select() {
            return "select %s from %s order by %s".formatted(String.join(", ", columns), name, key);
        }

        String insert() {
            return "insert into %s (%s) values (%s) on conflict do nothing"
                    .formatted(
                            name,
                            String.join(", ", columns),
                            columns.stream().map(_ -> "?").collect(Collectors.joining(", ")));
        }
    }

    /// How many rows were copied and found equal.
    public record Copied(long admissions, long operators) {}

    /// @param roles who writes from then on
    /// @throws LedgerUnavailable where a file is being written or unreadable, or the database has a ledger
    /// @throws LedgerDiffers     where a row there is another than in the file
    public Copied run(Provision.Roles roles) {
        new Sqlite(path(files.admissions())).requireLedger();
        try (Hold _ = SqliteFile.open(path(files.admissions()), new SqliteSchema());
                Hold _ = exists(files.ledger())
                        ? SqliteFile.open(path(files.ledger()), new SqliteSchema())
                        : Hold.NOTHING) {
            Places there = Places.in(owner);
            new Provision(owner).run(roles, identity(files.admissions()), identity(files.ledger()));
            long admissions = copied(files.admissions(), there.admissions(), List.of(META, INPUT, ENTRY));
            long operators = copied(files.ledger(), there.ledger(), List.of(META, INPUT, ENTRY));
            var _ = copied(files.state(), there.state(), List.of(CURSOR, MEMORY));
            return new Copied(admissions, operators);
        }
    }

    private static Path path(Place place) {
        return switch (place) {
            case Place.File file -> file.path();
            case Place.Schema schema -> throw new IllegalArgumentException("no file: " + schema);
        };
    }

    private static Place.Schema schema(Place place) {
        return switch (place) {
            case Place.Schema schema -> schema;
            case Place.File file -> throw new IllegalArgumentException("no schema: " + file);
        };
    }

    private static boolean exists(Place file) {
        return Files.exists(path(file));
    }

    private static Map<String, String> identity(Place file) {
        if (!exists(file)) {
            return Migrations.identity();
        }
        try (Connection connection = new Sqlite(path(file)).reading()) {
            return Meta.identity(connection);
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    private static LedgerUnavailable unreadable(Place file, SQLException cause) {
        return new LedgerUnavailable(
                "`%s` cannot be read: %s".formatted(file, new Sqlite(path(file)).name(cause)), cause);
    }

    /// @return how many entries
    private long copied(Place file, Place place, List<Table> tables) {
        if (!exists(file)) {
            return 0;
        }
        Postgresql engine = new Postgresql(schema(place));
        try (Connection from = Sqlite.reading(path(file)).getConnection();
                Connection to = engine.unbounded().getConnection()) {
            to.setAutoCommit(false);
            refuseAnother(from, to, tables, engine);
            long rows = 0;
            for (Table table : tables) {
                progress.accept(
                        "copying %s of %s".formatted(table.name(), path(file).getFileName()));
                copy(table, from, to);
                progress.accept(
                        "comparing %s of %s".formatted(table.name(), path(file).getFileName()));
                rows = compare(table, from, to, file);
            }
            if (tables.contains(ENTRY)) {
                Postgresql.ask(
                        to,
                        "select setval(pg_get_serial_sequence('entry', 'sequence'), greatest(1, (select max(sequence) from entry)))");
                to.commit();
            }
            return rows;
        } catch (SQLException e) {
            throw e instanceof SQLiteException ? unreadable(file, e) : engine.unavailable("ledger", e);
        }
    }

    /// A ledger has one identity for good: rows of another do not belong into it.
    private static void refuseAnother(Connection from, Connection to, List<Table> tables, Postgresql engine)
            throws SQLException {
        if (tables.contains(META) && !Meta.identity(from).equals(Meta.identity(to))) {
            throw LedgerUnavailable.lasting(
                    "`%s` has a ledger of its own already: name a database without one".formatted(engine.where()),
                    null);
        }
    }

    private static void copy(Table table, Connection from, Connection to) throws SQLException {
        try (Statement query = from.createStatement();
                ResultSet rows = query.executeQuery(table.select());
                PreparedStatement insert = to.prepareStatement(table.insert())) {
            int batched = 0;
            while (rows.next()) {
                for (int column = 1; column <= table.columns().size(); column++) {
                    insert.setObject(column, value(table, rows, column));
                }
                insert.addBatch();
                if (++batched % BATCH == 0) {
                    insert.executeBatch();
                    to.commit();
                }
            }
            insert.executeBatch();
            to.commit();
        }
    }

    /// How many rows both have, all of them equal.
    private static long compare(Table table, Connection from, Connection to, Place file) throws SQLException {
        try (Statement here = from.createStatement();
                Statement there = to.createStatement()) {
            there.setFetchSize(BATCH); // else all rows are in memory at once
            long equal = 0;
            try (ResultSet mine = here.executeQuery(table.select());
                    ResultSet theirs = there.executeQuery(table.select())) {
                while (mine.next()) {
                    if (!theirs.next()) {
                        throw new LedgerDiffers("row %d of table %s of `%s` is not in the database"
                                .formatted(equal + 1, table.name(), file));
                    }
                    for (int column = 1; column <= table.columns().size(); column++) {
                        if (!Objects.equals(value(table, mine, column), value(table, theirs, column))) {
                            throw new LedgerDiffers("row %d of table %s of `%s` has another %s in the database"
                                    .formatted(
                                            equal + 1,
                                            table.name(),
                                            file,
                                            table.columns().get(column - 1)));
                        }
                    }
                    equal++;
                }
                if (theirs.next()) {
                    throw new LedgerDiffers(
                            "the database has more rows of table %s than `%s`".formatted(table.name(), file));
                }
            }
            to.commit();
            return equal;
        }
    }

    private static @Nullable Object value(Table table, ResultSet row, int column) throws SQLException {
        return table.columns().get(column - 1).equals("sequence")
                ? (Object) row.getLong(column)
                : row.getString(column);
    }
}
