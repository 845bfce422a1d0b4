package dev.interlock.ledger;

import dev.interlock.workload.Mask;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// What a ledger says of itself. Written once, never changed.
final class Meta {
    static final String CLUSTER = "cluster";

    private Meta() {}

    /// Its name among all ledgers.
    static String origin(Connection connection) throws SQLException {
        return required(connection, "origin");
    }

    /// What the values in it are hidden with.
    static Mask mask(Connection connection) throws SQLException {
        return new Mask(HexFormat.of().parseHex(required(connection, "salt")));
    }

    /// What tells it from all others, see [Migrations#identity].
    static Map<String, String> identity(Connection connection) throws SQLException {
        return Map.of("origin", required(connection, "origin"), "salt", required(connection, "salt"));
    }

    /// Whose evidence it is: said by the first process that knows its cluster, and the same for ever.
    ///
    /// @return the cluster that it belongs to, which may be another
    static String cluster(Connection connection, String mine) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into meta (key, value) values (?, ?) on conflict do nothing")) {
            insert.setString(1, CLUSTER);
            insert.setString(2, mine);
            insert.executeUpdate();
        }
        return required(connection, CLUSTER);
    }

    private static String required(Connection connection, String key) throws SQLException {
        return value(connection, key)
                .orElseThrow(() -> new SQLException("the ledger does not say its %s".formatted(key)));
    }

    static Optional<String> value(Connection connection, String key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select value from meta where key = ?")) {
            query.setString(1, key);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }
}
