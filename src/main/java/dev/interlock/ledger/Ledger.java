package dev.interlock.ledger;

import dev.interlock.workload.Mask;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;

/// One file of evidence, held by the one process that writes it.
public final class Ledger implements AutoCloseable {
    private final SqliteFile file;
    private final Settings settings;
    private final String origin;
    private final Mask mask;

    private Ledger(SqliteFile file, Settings settings, String origin, Mask mask) {
        this.file = file;
        this.settings = settings;
        this.origin = origin;
        this.mask = mask;
    }

    /// How a ledger is written.
    ///
    /// @param reserveBytes  what must stay free on its disk, so that there is room to recover in
    /// @param queueCapacity how many entries may wait for the disk
    /// @param coalesceFor   how long equal denials are counted rather than written, from the first durable one
    public record Settings(long reserveBytes, int queueCapacity, Duration coalesceFor) {
        public static final Settings DEFAULTS = new Settings(64L << 20, 10_000, Duration.ofSeconds(60));

        public Settings {
            if (reserveBytes < 0 || queueCapacity < 1 || coalesceFor.isNegative()) {
                throw new IllegalArgumentException(
                        "a reserve and a time to coalesce for are not negative, a queue has room for one");
            }
        }
    }

    /// Takes the file for this process, makes it where there is none, and migrates it where an older version made it.
    ///
    /// @throws LedgerUnavailable where it cannot be used; it is left as it was then
    public static Ledger open(Path file, Settings settings) {
        SqliteFile taken = SqliteFile.open(file, new LedgerSchema());
        try (Connection connection = Sqlite.reading(taken.path()).getConnection()) {
            String origin = Sqlite.text(connection, "select value from meta where key = 'origin'");
            return new Ledger(taken, settings, origin, mask(connection));
        } catch (SQLException | IllegalArgumentException e) {
            taken.close();
            throw new LedgerUnavailable(
                    "the ledger `%s` does not say its origin and salt: restore it; it was left as it is"
                            .formatted(taken.path()),
                    e);
        }
    }

    static Mask mask(Connection connection) throws SQLException {
        String salt = Sqlite.text(connection, "select value from meta where key = 'salt'");
        return new Mask(HexFormat.of().parseHex(salt));
    }

    /// Hides values in what this ledger keeps.
    public Mask mask() {
        return mask;
    }

    /// Names this file, for good and among all files.
    public String origin() {
        return origin;
    }

    public Path path() {
        return file.path();
    }

    Settings settings() {
        return settings;
    }

    Connection connect() throws SQLException {
        return file.connect();
    }

    long freeBytes() {
        return file.freeBytes();
    }

    boolean inPlace() {
        return file.inPlace();
    }

    /// Lets another process write the file. Close the journal first.
    @Override
    public void close() {
        file.close();
    }
}
