package dev.interlock.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where a ledger is kept.
public sealed interface Place {
    /// A SQLite file, which one process writes and others on the same host read.
    record File(Path path) implements Place {
        public File {
            path = path.toAbsolutePath().normalize();
        }

        /// How many bytes are free on its disk; `NaN` where that cannot be found out now.
        public double freeBytes() {
            try {
                return Files.getFileStore(Optional.ofNullable(path.getParent()).orElse(path))
                        .getUsableSpace();
            } catch (IOException _) {
                return Double.NaN;
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /// A schema of a PostgreSQL database, which several processes write.
    record Schema(Database database, String name) implements Place {
        @Override
        public String toString() {
            return "%s, schema %s".formatted(database, name);
        }
    }
}
