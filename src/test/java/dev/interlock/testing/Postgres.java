package dev.interlock.testing;

import dev.interlock.ledger.Database;
import dev.interlock.ledger.Place;
import dev.interlock.ledger.Places;
import dev.interlock.ledger.Provision;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL server of its own, with the two roles that processes have and as many databases as are asked for.
public final class Postgres implements AutoCloseable {
    private static final String TEMPLATE = "interlock_template";
    private static final String PASSWORD = "secret-of-a-test";
    private static final Provision.Roles ROLES = new Provision.Roles("interlock_webhook", "interlock_operator");

    private static @Nullable Postgres shared;

    private final Path data;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private EmbeddedPostgres server;

    private Postgres(Path data) throws IOException {
        this.data = data;
        this.server = launch(0);
        this.port = server.getPort();
    }

    /// On what is in the data directory, if there is anything.
    private EmbeddedPostgres launch(int port) throws IOException {
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    /// Ends the server and all of its connections at once, as a crash does.
    public void crash() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
            ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
            List<ProcessHandle> all = Stream.concat(Stream.of(postmaster), postmaster.descendants())
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(process -> process.onExit().join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts it again after a crash, at the same port.
    public void recover() {
        try {
            server.close(); // lets go of the directory, and leaves what is in it
            server = launch(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One for all tests of this JVM that do not stop it.
    public static synchronized Postgres shared() {
        Postgres known = shared;
        if (known == null) {
            known = start();
            shared = known;
            Runtime.getRuntime().addShutdownHook(new Thread(known::close));
        }
        return known;
    }

    public static Postgres start() {
        try {
            return start(Files.createTempDirectory("postgres-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param directory where its files are to be
    public static Postgres start(Path directory) {
        try {
            Postgres started = new Postgres(directory.toAbsolutePath().resolve("data"));
            for (String role : new String[] {ROLES.webhook(), ROLES.operator()}) {
                started.execute("postgres", "create role %s login password '%s'".formatted(role, PASSWORD));
            }
            started.execute("postgres", "create database " + TEMPLATE);
            new Provision(started.owner(TEMPLATE)).run(ROLES);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A database with the tables of this version and nothing in them, as the processes reach it: each place
    /// by the role that writes there.
    public Places fresh() {
        String database = "interlock_%d".formatted(databases.incrementAndGet());
        execute("postgres", "create database %s template %s".formatted(database, TEMPLATE));
        Places webhook = Places.in(as(ROLES.webhook(), database));
        Places operator = Places.in(as(ROLES.operator(), database));
        return new Places(webhook.admissions(), operator.ledger(), operator.state());
    }

    /// A database that has nothing in it.
    public Database empty() {
        String database = "interlock_%d".formatted(databases.incrementAndGet());
        execute("postgres", "create database " + database);
        return owner(database);
    }

    public Database owner(String database) {
        return new Database(url(database), Optional.of("postgres"), Optional.of("postgres"));
    }

    public Database as(String role, String database) {
        return new Database(url(database), Optional.of(role), Optional.of(PASSWORD));
    }

    public Provision.Roles roles() {
        return ROLES;
    }

    public String url(String database) {
        return "jdbc:postgresql://localhost:%d/%s".formatted(port, database);
    }

    /// As the owner, in the schema of a place.
    public void execute(Place place, String sql) {
        if (!(place instanceof Place.Schema schema)) {
            throw new IllegalArgumentException("no schema: " + place);
        }
        String url = schema.database().url();
        execute(url.substring(url.lastIndexOf('/') + 1), "set search_path to %s; %s".formatted(schema.name(), sql));
    }

    /// As the owner.
    public void execute(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(url(database), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /// The one number that a query finds, as the owner.
    public int number(String sql) {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
