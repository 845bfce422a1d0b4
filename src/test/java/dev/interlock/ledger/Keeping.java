package dev.interlock.ledger;

import dev.interlock.testing.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/// The databases that the suite of the ledger runs on.
enum Keeping {
    SQLITE {
        @Override
        Places places(Path directory) {
            return Places.in(directory);
        }

        @Override
        void execute(Place place, String sql) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + place);
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        }

        @Override
        String refusing(String row) {
            return "create trigger refuse before insert on entry when new.id = '%s' begin select raise(abort, 'refused'); end"
                    .formatted(row);
        }

        @Override
        String refusingNoMore() {
            return "drop trigger refuse";
        }
    },
    POSTGRESQL {
        @Override
        Places places(Path directory) {
            return Postgres.shared().fresh();
        }

        @Override
        void execute(Place place, String sql) {
            Postgres.shared().execute(place, sql);
        }

        @Override
        String refusing(String row) {
            return "create trigger refuse_one before insert on entry for each row when (new.id = '%s') execute function refuse()"
                    .formatted(row);
        }

        @Override
        String refusingNoMore() {
            return "drop trigger refuse_one on entry";
        }
    };

    /// Places of their own, with nothing in them.
    ///
    /// @param directory that is empty
    abstract Places places(Path directory);

    /// As the owner of the place.
    abstract void execute(Place place, String sql);

    /// SQL that has the database refuse a row of that id.
    abstract String refusing(String row);

    abstract String refusingNoMore();
}
