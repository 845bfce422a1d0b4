package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorStateFileTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("operator.db");
    }

    @Test
    void whatWasSeenLiveIsKnownAtOnceAndOnTheDiskAfterTheNextFlush() throws Exception {
        try (OperatorState state = OperatorState.open(new Place.File(file))) {
            state.lastLive("uid-1", "old");
            state.lastLive("uid-1", "content-1");
            state.lastLive("uid-2", "content-2");
            state.forget("uid-2");
            assertThat(state.lastLive("uid-1")).contains("content-1");
            assertThat(state.lastLive("uid-2")).isEmpty();
            assertThat(remembered()).isEmpty();
            state.flush();
            state.flush();
            assertThat(remembered()).containsExactly("uid-1 content-1");
            state.forget("uid-1");
            assertThat(state.lastLive("uid-1")).isEmpty();
            assertThat(remembered()).isEmpty();
        }
    }

    private List<String> remembered() throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name || ' ' || value from memory order by name")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Test
    void stateOfTheVersionBeforeKeepsItsPlaces() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "create table cursor (origin text not null primary key, sequence integer not null) strict");
            statement.executeUpdate("insert into cursor (origin, sequence) values ('one', 7)");
            statement.executeUpdate("pragma application_id = " + 0x494E4F50);
            statement.executeUpdate("pragma user_version = 1");
        }
        try (OperatorState state = OperatorState.open(new Place.File(file))) {
            assertThat(state.after("one")).isEqualTo(7);
            state.lastLive("uid-1", "content-1");
            assertThat(state.lastLive("uid-1")).contains("content-1");
        }
    }

    @Test
    void aLedgerIsNoOperatorsState() {
        Ledger.open(new Place.File(file), Ledger.Settings.DEFAULTS).close();
        refused("the SQLite database `%s` is no operator's state: name another file");
    }

    @Test
    void twoOperatorsOfOneFileRefuse() {
        try (OperatorState _ = OperatorState.open(new Place.File(file))) {
            refused(
                    "the operator's state `%s` is being written by another process: stop that one, or name another file");
        }
    }

    @Test
    void stateOfANewerVersionIsRefused() throws Exception {
        OperatorState.open(new Place.File(file)).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("pragma user_version = 3");
        }
        refused("the operator's state `%s` has schema version 3, and this version of Interlock knows 2:"
                + " run the version that wrote it, or a newer one");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndStaysAsItIs() throws Exception {
        Files.writeString(
                file, "not a database, but long enough to have a header of a hundred bytes if it were one".repeat(3));
        byte[] before = Files.readAllBytes(file);
        refused("the operator's state `%s` is not a SQLite database:"
                + " restore it, or move it away to begin a new one; it was left as it is");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    private void refused(String sentence) {
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> OperatorState.open(new Place.File(file)))
                .withMessage(sentence.formatted(file));
    }
}
