package dev.interlock.ledger;

import java.sql.SQLException;
import org.sqlite.SQLiteDataSource;

/// The ledger's tables, as the migrations under `db/sqlite` make them.
final class SqliteSchema implements Schema {
    static final int APPLICATION_ID = 0x494E4C43;

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
        new Migrations(source, "db/sqlite", noun(), where).run(Migrations.identity());
    }
}
