package dev.interlock.ledger;

import dev.interlock.workload.Mask;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// One body of evidence, as those have it who append to it.
public final class Ledger implements AutoCloseable {
    private final Place place;
    private final Engine engine;
    private final Hold hold;
    private final Settings settings;
    private final String origin;
    private final Mask mask;

    private Ledger(Place place, Engine engine, Hold hold, Settings settings, String origin, Mask mask) {
        this.place = place;
        this.engine = engine;
        this.hold = hold;
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

    /// A file is taken for this process, made where there is none, and migrated where an older version made it. A
    /// schema of a database is left as its owner made it.
    ///
    /// @throws LedgerUnavailable where it cannot be used; it is left as it was then
    public static Ledger open(Place place, Settings settings) {
        Engine engine = Engine.of(place);
        Hold hold = switch (place) {
            case Place.File file -> SqliteFile.open(file.path(), new SqliteSchema());
            case Place.Schema _ -> {
                engine.requireLedger();
                yield Hold.NOTHING;
            }
        };
        try (Connection connection = engine.reading()) {
            return new Ledger(place, engine, hold, settings, Meta.origin(connection), Meta.mask(connection));
        } catch (SQLException | IllegalArgumentException e) {
            hold.close();
            if (engine instanceof Postgresql database && e instanceof SQLException failure) {
                throw database.unavailable("ledger", failure);
            }
            throw new LedgerUnavailable(
                    "the ledger `%s` does not say its origin and salt: restore it; it was left as it is"
                            .formatted(engine.where()),
                    e);
        }
    }

    /// Says whose evidence this is, where nobody has said it yet.
    ///
    /// @param cluster the uid of the namespace `kube-system`
    /// @throws LedgerUnavailable where it is another cluster's, or cannot be asked now
    public void belongsTo(String cluster) {
        try (Connection connection = connect(false)) {
            String owner = Meta.cluster(connection, cluster);
            if (!owner.equals(cluster)) {
                throw LedgerUnavailable.another(engine.where(), owner, cluster);
            }
        } catch (SQLException e) {
            throw new LedgerUnavailable("the ledger cannot be written: %s".formatted(engine.clause(e)), e);
        }
    }

    /// Hides values in what this ledger keeps.
    public Mask mask() {
        return mask;
    }

    /// Names this ledger, for good and among all.
    public String origin() {
        return origin;
    }

    public Place place() {
        return place;
    }

    Engine engine() {
        return engine;
    }

    Settings settings() {
        return settings;
    }

    Connection connect(boolean suspect) throws SQLException {
        return engine.writing(suspect);
    }

    long freeBytes() {
        return hold.freeBytes();
    }

    boolean inPlace() {
        return hold.inPlace();
    }

    /// Lets another process write where only one may. Close the journal first.
    @Override
    public void close() {
        hold.close();
    }
}
