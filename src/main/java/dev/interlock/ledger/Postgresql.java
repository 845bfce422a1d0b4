package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/// A schema of a PostgreSQL database: how it is connected to, and what its errors mean in words.
///
/// Every wait has an end that the server or the driver keeps: a request has a deadline, and a process that
/// was stopped in the middle of a transaction must not hold up the others.
final class Postgresql implements Engine {
    static final String CONNECTION_LOST = "08006";

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration STATEMENT = Duration.ofSeconds(4);
    private static final Duration SOCKET = Duration.ofSeconds(6);
    private static final Duration IN_TRANSACTION = Duration.ofSeconds(2);

    private final Place.Schema place;
    private final Database database;

    Postgresql(Place.Schema place) {
        this.place = place;
        this.database = place.database();
    }

    @Override
    public String where() {
        return "%s, schema %s".formatted(database.where(), place.name());
    }

    @Override
    public String whole() {
        return "the database answers and this user may read the schema";
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public void requireLedger() {
        new PostgresqlSchema(place, PostgresqlSchema.Kind.LEDGER).requireCurrent();
    }

    @Override
    public Connection reading() throws SQLException {
        return source("on").getConnection();
    }

    @Override
    public Connection writing(boolean suspect) throws SQLException {
        return source("off").getConnection();
    }

    /// For a schema of its own, with none of the limits on how long a statement may take.
    PGSimpleDataSource unbounded() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        database.user().ifPresent(source::setUser);
        database.password().ifPresent(source::setPassword);
        source.setCurrentSchema(place.name());
        source.setApplicationName("interlock");
        source.setConnectTimeout(seconds(CONNECT));
        source.setLoginTimeout(seconds(CONNECT));
        source.setTcpKeepAlive(true);
        return source;
    }

    private PGSimpleDataSource source(String readOnly) {
        PGSimpleDataSource source = unbounded();
        source.setSocketTimeout(seconds(SOCKET));
        source.setOptions(
                "-c default_transaction_read_only=%s -c synchronous_commit=on -c statement_timeout=%d -c lock_timeout=%d -c idle_in_transaction_session_timeout=%d"
                        .formatted(readOnly, STATEMENT.toMillis(), STATEMENT.toMillis(), IN_TRANSACTION.toMillis()));
        return source;
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }

    /// One transaction after another, whichever process it is of: who reads what is behind a place must not
    /// miss what is committed later with an earlier one.
    @Override
    public void begin(Connection connection) throws SQLException {
        ask(connection, "select pg_advisory_xact_lock(hashtextextended('interlock ' || current_schema(), 0))");
    }

    /// Takes the schema for this connection alone, for as long as the connection lives. A process that stops for
    /// longer than that loses it: the server ends what is silent.
    ///
    /// @return whether no other connection has it
    boolean alone(Connection connection, Duration silence) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set idle_session_timeout = %d".formatted(silence.toMillis()));
        }
        return ask(
                        connection,
                        "select pg_try_advisory_lock(hashtextextended('interlock leads ' || current_schema(), 0))")
                .equals("t");
    }

    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            String found = rows.next() ? rows.getString(1) : "";
            return found == null ? "" : found;
        }
    }

    @Override
    public void end(Connection connection) {
        // Nothing is left to be moved.
    }

    @Override
    public String clause(SQLException failure) {
        return "`%s` %s (%s)".formatted(where(), problem(failure), name(failure));
    }

    /// Why it cannot be used. A user, a password or a name that is wrong stays wrong.
    LedgerUnavailable unavailable(String noun, SQLException failure) {
        String sentence = "the %s cannot be used: %s".formatted(noun, clause(failure));
        return switch (kind(failure)) {
            case "28", "3D" -> LedgerUnavailable.lasting(sentence, failure);
            default -> new LedgerUnavailable(sentence, failure);
        };
    }

    private static String kind(SQLException failure) {
        String state = sqlState(failure);
        return state.length() == 5 ? state.substring(0, 2) : "";
    }

    /// By the classes of PostgreSQL's error codes, its manual's appendix A.
    private static String problem(SQLException failure) {
        return switch (kind(failure)) {
            case "08" -> "cannot be reached";
            case "28" -> "does not accept this user and password: set those of a role that may use it";
            case "3D" -> "does not exist: name another database, or create it";
            case "3F", "42" ->
                "has not the tables, or not the rights for this user, that `interlock ledger migrate` makes";
            case "53" -> "has no room or no connections left";
            case "57" -> "is stopping, or ended this session";
            default -> "could not be written";
        };
    }

    @Override
    public String name(SQLException failure) {
        return sqlState(failure);
    }

    private static String sqlState(SQLException failure) {
        String state = failure.getSQLState();
        return state == null ? failure.getClass().getSimpleName() : state;
    }
}
