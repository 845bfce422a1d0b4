package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.ledger.Database;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Places;
import dev.interlock.testing.Postgres;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerCommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Database database;

    @BeforeEach
    void make() {
        database = Postgres.shared().empty();
    }

    private int run(String... arguments) {
        List<String> words = new ArrayList<>(List.of("ledger"));
        words.addAll(List.of(arguments));
        return Cli.run(
                new Terminal(
                        InputStream.nullInputStream(),
                        new PrintWriter(out),
                        new PrintWriter(err),
                        (_, _) -> {
                            throw new IllegalStateException("no cluster is asked");
                        },
                        InstantSource.system(),
                        _ -> {
                            throw new IllegalStateException("nothing is waited for");
                        },
                        "test"),
                words);
    }

    @Test
    void migrateMakesWhatIsMissingAndCanBeGivenAgain() {
        for (int i = 0; i < 2; i++) {
            assertThat(run("migrate", "--url", database.url(), "--user", "postgres"))
                    .as(err.toString())
                    .isZero();
        }
        assertThat(out.toString())
                .contains("%s has the tables of this version; interlock_webhook and interlock_operator may write."
                        .formatted(database));
        try (LedgerReader reader = LedgerReader.open(Places.in(database).admissions())) {
            assertThat(reader.last()).isZero();
        }
    }

    @Test
    void copyBringsAllAndSaysSo() {
        Places files = Places.in(directory);
        Ledger.open(files.admissions(), Ledger.Settings.DEFAULTS).close();
        assertThat(run("copy", directory.toString(), "--url", database.url(), "--user", "postgres"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .isEqualTo("0 entries of admissions and 0 of the operator are in %s, each equal to that in %s.\n"
                        .formatted(database, directory));
        Postgres.shared()
                .execute(
                        Places.in(database).admissions(),
                        "insert into entry (id, kind, decision, at, body) values ('forged', 'Decision', 'd', 'now', '{}')");
        assertThat(run("copy", directory.toString(), "--url", database.url(), "--user", "postgres"))
                .isEqualTo(4);
        assertThat(err.toString()).contains("the database has more rows of table entry than");
    }

    @Test
    void whatIsWrongIsSaidInOneSentenceWithItsExitCode() {
        assertThat(run("copy", directory.resolve("none").toString(), "--url", database.url(), "--user", "postgres"))
                .isEqualTo(2);
        assertThat(run("migrate", "--url", "jdbc:postgresql:///db?password=hidden", "--user", "postgres"))
                .isEqualTo(2);
        assertThat(run("migrate", "--url", "jdbc:postgresql://localhost:1/db", "--user", "postgres"))
                .isEqualTo(3);
        assertThat(run("migrate", "--url", Postgres.shared().url("none"), "--user", "postgres"))
                .isEqualTo(2);
        assertThat(run("migrate", "--user", "postgres")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()
                        .lines()
                        .filter(line -> line.startsWith("interlock: "))
                        .toList())
                .hasSize(6)
                .satisfiesExactly(
                        line -> assertThat(line).contains("there is no directory"),
                        line -> assertThat(line).contains("the URL cannot be used: it is not of the form"),
                        line -> assertThat(line).contains("cannot be reached"),
                        line -> assertThat(line).contains("does not exist: name another database, or create it"),
                        line -> assertThat(line).contains("--url"),
                        line -> assertThat(line).contains("say which command"));
        assertThat(err.toString()).doesNotContain("hidden");
    }
}
