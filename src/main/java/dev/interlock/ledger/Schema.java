package dev.interlock.ledger;

import java.sql.SQLException;
import org.sqlite.SQLiteDataSource;

/// What a kind of file holds.
interface Schema {
    /// The word for such a file in sentences.
    String noun();

    /// The mark in the file's header that tells it from any other SQLite database.
    int applicationId();

    /// Brings the file to the schema that this version knows: a new one from nothing, an old one from where it is.
    ///
    /// @throws LedgerUnavailable where a newer version wrote the file, or one that is not known
    void migrate(SQLiteDataSource source, String where) throws SQLException;
}
