package dev.interlock.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/// How every file of this package is opened, and what SQLite's errors mean in words.
final class Sqlite implements Engine {
    private static final int BUSY_MILLIS = 5_000;
    private static final int WAL_KEPT_BYTES = 64 << 20;

    private final Path path;

    Sqlite(Path path) {
        this.path = path;
    }

    @Override
    public String where() {
        return path.toString();
    }

    @Override
    public String whole() {
        return "its file and disk are whole";
    }

    @Override
    public boolean exists() {
        return Files.exists(path);
    }

    @Override
    public void requireLedger() {
        if (!Files.isRegularFile(path)) {
            throw new LedgerUnavailable(
                    "there is no ledger `%s` yet: start the process that writes it, or name another file"
                            .formatted(path));
        }
    }

    @Override
    public Connection reading() throws SQLException {
        return checked(reading(path).getConnection(), connection -> {
            if (number(connection, "pragma application_id") != SqliteSchema.APPLICATION_ID) {
                throw new LedgerUnavailable("the SQLite database `%s` is no ledger: name another file".formatted(path));
            }
        });
    }

    @Override
    public Connection writing(boolean suspect) throws SQLException {
        return checked(writing(path).getConnection(), connection -> {
            if (suspect && damage(connection).isPresent()) {
                throw new SQLiteException("damaged", SQLiteErrorCode.SQLITE_CORRUPT);
            }
        });
    }

    private interface Check {
        void on(Connection connection) throws SQLException;
    }

    private static Connection checked(Connection connection, Check check) throws SQLException {
        try {
            check.on(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /// A file does not go away by itself.
    @Override
    public Duration patience() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean remote() {
        return false;
    }

    @Override
    public void begin(Connection connection) {
        // The one writer of a file begins by writing.
    }

    /// Moves what the write-ahead log holds into the file, and empties the log.
    @Override
    public void end(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma wal_checkpoint(truncate)");
        }
    }

    @Override
    public boolean gone(SQLException failure) {
        return false;
    }

    @Override
    public String clause(SQLException failure) {
        return clause(failure, path);
    }

    @Override
    public String name(SQLException failure) {
        return code(failure, failure.getClass().getSimpleName());
    }

    /// For writing a file that exists: a commit returns when the disk has it.
    static SQLiteDataSource writing(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setJournalSizeLimit(WAL_KEPT_BYTES);
        config.enforceForeignKeys(true);
        config.setGetGeneratedKeys(false); // nobody asks for them
        config.enableRecursiveTriggers(true); // else `insert or replace` deletes a row without asking the trigger
        config.setBusyTimeout(BUSY_MILLIS);
        return source(file, config);
    }

    /// For reading a file that another connection may be writing.
    static SQLiteDataSource reading(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return source(file, config);
    }

    private static SQLiteDataSource source(Path file, SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    /// What is wrong with the file's structure; empty where nothing is.
    static Optional<String> damage(Connection connection) throws SQLException {
        String found = text(connection, "pragma quick_check(1)");
        return found.equals("ok")
                ? Optional.empty()
                : Optional.of(found.lines().findFirst().orElse("unknown"));
    }

    static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    /// What happened, without what SQLite refined it by: `SQLITE_IOERR_FSYNC` is `SQLITE_IOERR`. Except that
    /// the file which connections share could not be made longer: the disk is full then.
    static SQLiteErrorCode code(SQLException failure) {
        if (!(failure instanceof SQLiteException known)) {
            return SQLiteErrorCode.SQLITE_ERROR;
        }
        return known.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE
                ? SQLiteErrorCode.SQLITE_FULL
                : SQLiteErrorCode.getErrorCode(known.getResultCode().code & 0xFF);
    }

    /// One clause: why nothing could be written to the file.
    static String clause(SQLException failure, Path file) {
        return switch (code(failure)) {
            case SQLITE_FULL -> "the disk with `%s` is full".formatted(file);
            case SQLITE_READONLY -> "`%s` is read-only".formatted(file);
            case SQLITE_IOERR -> "reading or writing `%s` failed (%s)".formatted(file, code(failure, ""));
            case SQLITE_CORRUPT, SQLITE_NOTADB -> "`%s` is damaged (%s)".formatted(file, code(failure, ""));
            default -> "`%s` could not be written (%s)".formatted(file, code(failure, ""));
        };
    }

    private static String code(SQLException failure, String otherwise) {
        return failure instanceof SQLiteException known ? known.getResultCode().name() : otherwise;
    }
}
