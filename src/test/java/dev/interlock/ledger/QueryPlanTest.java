package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is asked for each object or decision must not read the whole ledger, however SQLite would estimate it.
class QueryPlanTest {
    @TempDir
    Path directory;

    static Stream<Arguments> lookUps() {
        return Stream.of(
                Arguments.of("of", (Consumer<LedgerReader>) reader -> reader.of("u")),
                Arguments.of("content", (Consumer<LedgerReader>) reader -> reader.content("d")),
                Arguments.of("recalled", (Consumer<LedgerReader>) reader -> reader.recalled("u")),
                Arguments.of("newest", (Consumer<LedgerReader>) reader -> reader.newest("u", "c")),
                Arguments.of("created", (Consumer<LedgerReader>) reader -> reader.created("u")),
                Arguments.of("has", (Consumer<LedgerReader>) reader -> reader.has("Gap", "id")),
                Arguments.of("drift", (Consumer<LedgerReader>) reader -> reader.drift("name")),
                Arguments.of("applied", (Consumer<LedgerReader>) reader -> reader.applied("d")),
                Arguments.of("amendment", (Consumer<LedgerReader>) reader -> reader.amendment("d", 9)),
                Arguments.of("byEntry", (Consumer<LedgerReader>) reader -> reader.byEntry("id")),
                Arguments.of("tally", (Consumer<LedgerReader>) reader -> reader.tally("d", 9)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lookUps")
    void lookUpUsesTheIndexOfWhatItLooksFor(String name, Consumer<LedgerReader> lookUp) throws SQLException {
        List<String> plans = plans(lookUp);
        assertThat(plans).isNotEmpty();
        assertThat(plans)
                .as(name)
                .noneMatch(step -> step.startsWith("SCAN") && !step.equals("SCAN CONSTANT ROW"))
                .noneMatch(step -> step.contains("entry_kind (") || step.contains("entry_standing ("));
    }

    @Test
    void whatFollowsALedgerReadsFromItsPlaceOn() throws SQLException {
        assertThat(plans(reader -> reader.changed(5, 10))).anyMatch(step -> step.contains("rowid>?"));
        assertThat(plans(reader -> reader.after(5, 10))).anyMatch(step -> step.contains("rowid>?"));
    }

    @Test
    void denialsAreFoundWithoutReadingWhatWasLetIn() throws SQLException {
        assertThat(plans(reader -> reader.beforeDenials(Instant.EPOCH)))
                .contains("SEARCH entry USING COVERING INDEX entry_denials (at>?)");
        assertThat(plans(reader -> reader.denied(5, 10)))
                .containsExactly("SEARCH entry USING INDEX entry_standing (standing=? AND sequence>?)");
        assertThat(plans(reader -> reader.deniedAgain(5, 10)))
                .containsExactly(
                        "SEARCH again USING INDEX entry_kind (kind=? AND sequence>?)",
                        "SEARCH first USING INDEX entry_once (kind=? AND id=?)");
    }

    private List<String> plans(Consumer<LedgerReader> asking) throws SQLException {
        Place place = new Place.File(directory.resolve("ledger.db"));
        try (Ledger ledger = Ledger.open(place, Ledger.Settings.DEFAULTS);
                Appender appender = new Appender(ledger.engine(), ledger.connect(false))) {
            appender.add(Row.decision(Entries.allowed("id", "checkout", Instant.EPOCH), ledger.origin()));
            appender.commit();
        }
        List<String> plans = new ArrayList<>();
        try (Connection connection = new Sqlite(Path.of(place.toString())).reading();
                LedgerReader reader =
                        LedgerReader.over(new Sqlite(Path.of(place.toString())), told(connection, plans))) {
            plans.clear();
            asking.accept(reader);
        }
        return plans;
    }

    /// Notes for each statement how it will be carried out.
    private static Connection told(Connection connection, List<String> plans) {
        return (Connection) Proxy.newProxyInstance(
                QueryPlanTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        try (PreparedStatement explain =
                                        connection.prepareStatement("explain query plan " + arguments[0]);
                                ResultSet rows = explain.executeQuery()) {
                            while (rows.next()) {
                                plans.add(rows.getString("detail"));
                            }
                        }
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
