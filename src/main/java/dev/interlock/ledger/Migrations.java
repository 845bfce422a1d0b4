package dev.interlock.ledger;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Tables and how they came to be, by Flyway.
final class Migrations {
    private static final int SALT_BYTES = 32;

    /// Flyway tells its progress at INFO; only what a human should act on is passed on. Held, because a
    /// logger that nobody holds forgets its level.
    private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

    private final String noun;
    private final String where;
    private final FluentConfiguration configuration;

    /// @param location of the scripts
    /// @param noun     the word for what is kept there, in sentences
    /// @param where    its path or URL, in sentences
    Migrations(DataSource source, String location, String noun, String where) {
        FLYWAY.setLevel(Level.WARNING);
        this.noun = noun;
        this.where = where;
        this.configuration = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + location)
                .failOnMissingLocations(true);
    }

    /// Of a database that has several.
    Migrations in(String schema) {
        configuration.schemas(schema).defaultSchema(schema);
        return this;
    }

    private interface Step<T> {
        T on(Flyway flyway);
    }

    /// What a new ledger says of itself: a name, and what values are hidden with.
    static Map<String, String> identity() {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return Map.of(
                "origin", UUID.randomUUID().toString(), "salt", HexFormat.of().formatHex(salt));
    }

    /// Brings the tables to what this version knows.
    ///
    /// @param identity as [#identity] gives it, for what is begun
    /// @throws LedgerUnavailable where a newer version made them, or one that is not known
    void run(Map<String, String> identity) throws SQLException {
        configuration.placeholders(identity);
        var _ = attempt(flyway -> {
            var _ = refuseNewer(flyway);
            return flyway.migrate();
        });
    }

    /// How far the tables are.
    enum Extent {
        NONE,
        SOME,
        ALL
    }

    /// @throws LedgerUnavailable as [#run]
    Extent extent() throws SQLException {
        return attempt(flyway -> {
            MigrationInfoService info = refuseNewer(flyway);
            if (info.current() == null) {
                return Extent.NONE;
            }
            return info.pending().length > 0 ? Extent.SOME : Extent.ALL;
        });
    }

    private <T> T attempt(Step<T> step) throws SQLException {
        try {
            return step.on(configuration.load());
        } catch (FlywayException e) {
            throwIfSqlFailed(e);
            throw LedgerUnavailable.lasting(
                    "the schema of the %s `%s` is not one that this version of Interlock made: run the version that wrote it"
                            .formatted(noun, where),
                    e);
        }
    }

    /// What a database says about itself is said there where all of its failures are put into words.
    private static void throwIfSqlFailed(FlywayException failure) throws SQLException {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                throw sql;
            }
        }
    }

    /// What there is, where it is none of a newer version.
    private MigrationInfoService refuseNewer(Flyway flyway) {
        MigrationInfoService info = flyway.info();
        MigrationInfo current = info.current();
        String known = Arrays.stream(info.all())
                .filter(migration -> migration.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .max(Comparable::compareTo)
                .map(Object::toString)
                .orElse("none");
        if (current != null && !current.getState().isResolved()) {
            throw LedgerUnavailable.newer(noun, where, current.getVersion().toString(), known);
        }
        return info;
    }
}
