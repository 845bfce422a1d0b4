package dev.interlock.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Whether there is room for evidence, and whether the file is still where it was: looked at once a second at
/// most, because a database that was deleted or replaced can be written for ever, and nobody will read it.
final class Room {
    private static final Duration LOOKED_FOR = Duration.ofSeconds(1);

    private final LongSupplier freeBytes;
    private final BooleanSupplier inPlace;
    private final long reserveBytes;
    private final String where;
    private Instant looked = Instant.EPOCH;
    private Optional<String> found = Optional.empty();

    Room(LongSupplier freeBytes, BooleanSupplier inPlace, long reserveBytes, String where) {
        this.freeBytes = freeBytes;
        this.inPlace = inPlace;
        this.reserveBytes = reserveBytes;
        this.where = where;
    }

    /// One clause: why nothing may be written now; empty where it may.
    Optional<String> shortage(Instant now) {
        if (now.isBefore(looked) || !now.isBefore(looked.plus(LOOKED_FOR))) {
            found = look();
            looked = now;
        }
        return found;
    }

    private Optional<String> look() {
        if (!inPlace.getAsBoolean()) {
            return Optional.of(
                    "`%s` is no longer the file that was opened, restart the process that writes it".formatted(where));
        }
        return freeBytes.getAsLong() < reserveBytes
                ? Optional.of("less than %s free on the disk with `%s`, a reserve is kept for recovery"
                        .formatted(size(reserveBytes), where))
                : Optional.empty();
    }

    private static String size(long bytes) {
        return bytes % (1 << 20) == 0 ? bytes / (1 << 20) + " MiB" : bytes + " bytes";
    }
}
