package dev.interlock.ledger;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL database, and who asks it.
///
/// @param url      `jdbc:postgresql://host[:port]/database[?parameters]`
/// @param user     empty where the URL or the driver's defaults name one
/// @param password likewise; shown nowhere
public record Database(String url, Optional<String> user, Optional<String> password) {
    private static final Pattern URL = Pattern.compile("(jdbc:postgresql://[^/?#@\\s]+/[^/?#@\\s]+)(\\?\\S*)?");

    /// @throws IllegalArgumentException where the URL does not name a host and a database; its message says so without
    ///     the URL, which may have a password in it
    public Database {
        if (!URL.matcher(url).matches() || !parses(url)) {
            throw new IllegalArgumentException(
                    "it is not of the form `jdbc:postgresql://host:5432/database`, with the user and the password apart from it");
        }
    }

    /// As the driver takes it, whose own complaint would repeat it with all that is in it.
    private static boolean parses(String url) {
        try {
            new PGSimpleDataSource().setUrl(url);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /// The URL without its parameters.
    String where() {
        Matcher matcher = URL.matcher(url);
        return matcher.matches() ? matcher.group(1) : "";
    }

    @Override
    public String toString() {
        return where();
    }
}
