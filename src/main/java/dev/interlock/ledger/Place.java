package dev.interlock.ledger;

import java.nio.file.Path;

/// Where a ledger is kept.
public sealed interface Place {
    /// A SQLite file, which one process writes and others on the same host read.
    record File(Path path) implements Place {
        public File {
            path = path.toAbsolutePath().normalize();
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
