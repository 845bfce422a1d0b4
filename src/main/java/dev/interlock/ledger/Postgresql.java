package dev.interlock.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;

/// A schema of a PostgreSQL database: how it is connected to, and what its errors mean in words.
///
/// Every wait has an end that the server or the driver keeps: a request has a deadline, and a process that
/// was stopped in the middle of a transaction must not hold up the others.
final class Postgresql implements Engine {
    static final String CONNECTION_LOST = "08006";

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration IN_TRANSACTION = Duration.ofSeconds(2);

    /// A request waits for what is written, and it has seconds.
    private static final Limits WRITING = new Limits("off", Duration.ofSeconds(4), Duration.ofSeconds(6));

    /// Nobody waits for what is read in the background, and it may be much.
    private static final Limits READING = new Limits("on", Duration.ofSeconds(60), Duration.ofSeconds(70));

    /// @param readOnly  `on` or `off`
    /// @param statement what the server ends
    /// @param socket    what the driver gives up on, where the server does not answer any more
    private record Limits(String readOnly, Duration statement, Duration socket) {}

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
        return reader().getConnection();
    }

    @Override
    public Connection writing(boolean suspect) throws SQLException {
        return source(WRITING).getConnection();
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

    /// For looking only.
    PGSimpleDataSource reader() {
        return source(READING);
    }

    private PGSimpleDataSource source(Limits limits) {
        PGSimpleDataSource source = unbounded();
        source.setSocketTimeout(seconds(limits.socket()));
        source.setOptions(
                "-c default_transaction_read_only=%s -c synchronous_commit=on -c statement_timeout=%d -c lock_timeout=%d -c idle_in_transaction_session_timeout=%d"
                        .formatted(
                                limits.readOnly(),
                                limits.statement().toMillis(),
                                limits.statement().toMillis(),
                                IN_TRANSACTION.toMillis()));
        return source;
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }

    /// So that a connection that a network has forgotten is not found out by a request.
    @Override
    public Duration patience() {
        return Duration.ofSeconds(5);
    }

    @Override
    public boolean remote() {
        return true;
    }

    /// One transaction after another, whichever process it is of: who reads what is behind a place must not
    /// miss what is committed later with an earlier one.
    @Override
    public void begin(Connection connection) throws SQLException {
        ask(connection, "select pg_advisory_xact_lock(%s)".formatted(lock("appends to")));
    }

    /// Takes the schema for this connection alone, for as long as the connection lives. A process that stops for
    /// longer than that loses it: the server ends what is silent.
    ///
    /// @return whether no other connection has it
    boolean alone(Connection connection, Duration silence) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set idle_session_timeout = %d".formatted(silence.toMillis()));
        }
        return ask(connection, "select pg_try_advisory_lock(%s)".formatted(lock("leads in")))
                .equals("t");
    }

    /// A number that stands for a name, in SQL.
    private String lock(String what) {
        return "hashtextextended('interlock %s %s', 0)".formatted(what, place.name());
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
    public boolean gone(SQLException failure) {
        return kind(failure).equals("08") || sqlState(failure).startsWith("57P");
    }

    @Override
    public String clause(SQLException failure) {
        return "`%s` %s (%s)".formatted(where(), problem(failure), name(failure));
    }

    /// Why it cannot be used. A user, a password or a name that is wrong stays wrong.
    LedgerUnavailable unavailable(String noun, SQLException failure) {
        String sentence = "the %s cannot be used: %s".formatted(noun, clause(failure));
        boolean lasting =
                Set.of("28", "3D").contains(kind(failure)) || sqlState(failure).equals("08004");
        return lasting ? LedgerUnavailable.lasting(sentence, failure) : new LedgerUnavailable(sentence, failure);
    }

    private static String kind(SQLException failure) {
        String state = sqlState(failure);
        return state.length() == 5 ? state.substring(0, 2) : "";
    }

    /// By PostgreSQL's error codes and their classes, its manual's appendix A.
    private static String problem(SQLException failure) {
        return switch (sqlState(failure)) {
            case "42501" ->
                "gives this user too few rights: use the owner for `interlock ledger migrate`, and the role that it was told for a process";
            case "42704" -> "has not the role that is named: create it";
            case "57014" -> "did not answer in time";
            case "08004" -> "does not accept this user and password: set those of a role that may use it";
            default ->
                switch (kind(failure)) {
                    case "08" -> "cannot be reached";
                    case "28" -> "does not accept this user and password: set those of a role that may use it";
                    case "3D" -> "does not exist: name another database, or create it";
                    case "3F", "42" -> "has not the tables that `interlock ledger migrate` makes";
                    case "53" -> "has no room or no connections left";
                    case "57" -> "is stopping, or ended this session";
                    default -> "could not be written";
                };
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
