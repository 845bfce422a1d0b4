package dev.interlock.ledger;

import java.nio.file.Path;

/// Where the evidence of one cluster is kept.
///
/// @param admissions what the webhooks append to
/// @param ledger     what the operator appends to
/// @param state      what the operator remembers beside
public record Places(Place admissions, Place ledger, Place state) {
    /// Three files, for one process of each half.
    public static Places in(Path directory) {
        return new Places(
                new Place.File(directory.resolve("webhook.db")),
                new Place.File(directory.resolve("operator-ledger.db")),
                new Place.File(directory.resolve("operator.db")));
    }

    /// Three schemas, for several.
    public static Places in(Database database) {
        return new Places(
                new Place.Schema(database, "interlock_webhook"),
                new Place.Schema(database, "interlock_operator"),
                new Place.Schema(database, "interlock_state"));
    }
}
