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
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.sqlite.SQLiteDataSource;

/// The ledger's tables, as the migrations under `db/ledger` make them.
final class LedgerSchema implements Schema {
    static final int APPLICATION_ID = 0x494E4C43;

    private static final int SALT_BYTES = 32;

    /// Flyway tells its progress at INFO; only what a human should act on is passed on. Held, because a logger that
    /// nobody holds forgets its level.
    private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

    @Override
    public String noun() {
        return "ledger";
    }

    @Override
    public int applicationId() {
        return APPLICATION_ID;
    }

    @Override
    public void migrate(SQLiteDataSource source, String where) throws SQLException {
        FLYWAY.setLevel(Level.WARNING);
        try {
            Flyway flyway = Flyway.configure(LedgerSchema.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:db/ledger")
                    .failOnMissingLocations(true)
                    .placeholders(Map.of("origin", UUID.randomUUID().toString(), "salt", salt()))
                    .load();
            refuseNewer(flyway, where);
            flyway.migrate();
        } catch (FlywayException e) {
            throwIfSqlFailed(e);
            throw new LedgerUnavailable(
                    "the schema of the ledger `%s` is not one that this version of Interlock made: run the version that wrote it"
                            .formatted(where),
                    e);
        }
    }

    /// What SQLite says about a disk or a file is said there where all of its failures are put into words.
    private static void throwIfSqlFailed(FlywayException failure) throws SQLException {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                throw sql;
            }
        }
    }

    private static void refuseNewer(Flyway flyway, String where) {
        MigrationInfo current = flyway.info().current();
        String known = Arrays.stream(flyway.info().all())
                .filter(migration -> migration.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .max(Comparable::compareTo)
                .map(Object::toString)
                .orElse("none");
        if (current != null && !current.getState().isResolved()) {
            throw LedgerUnavailable.newer("ledger", where, current.getVersion().toString(), known);
        }
    }

    private static String salt() {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return HexFormat.of().formatHex(salt);
    }
}
