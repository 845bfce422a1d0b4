package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CrashTest {
    private static final int KILLS = 6;

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedSurvivesKillNineExactlyOnce() throws Exception {
        Path file = directory.resolve("ledger.db");
        Random random = new Random(20_261_125);
        List<String> acknowledged = new ArrayList<>(killedAfter(1, file, "run-0"));
        try (LedgerReader reader = LedgerReader.open(
                new Place.File(file))) { // as the operator's: it stays while the writer comes and goes
            for (int kill = 1; kill < KILLS; kill++) {
                acknowledged.addAll(killedAfter(1 + random.nextInt(3_000), file, "run-" + kill));
                assertThat(ids(reader)).containsAll(acknowledged);
            }
        }
        Ledger.open(new Place.File(file), new Ledger.Settings(0, 1, Duration.ZERO))
                .close(); // checks the file's structure
        try (LedgerReader reader = LedgerReader.open(new Place.File(file))) {
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS).doesNotHaveDuplicates();
            assertThat(ids(reader)).doesNotHaveDuplicates().containsAll(acknowledged);
        }
    }

    private static List<String> ids(LedgerReader reader) {
        List<Stored> rows = reader.after(0, Integer.MAX_VALUE);
        assertThat(rows).hasOnlyElementsOfType(Stored.Decided.class);
        return rows.stream()
                .map(stored -> ((Stored.Decided) stored).entry().id())
                .toList();
    }

    /// Starts a writer, kills it when it has acknowledged so many, and returns all that it has acknowledged by then.
    private static List<String> killedAfter(int acknowledgements, Path file, String run) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.util.logging.manager=" + System.getProperty("java.util.logging.manager"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        file.toString(),
                        run)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                acknowledged.add(line);
                if (acknowledged.size() == acknowledgements) {
                    writer.toHandle().destroyForcibly(); // kill -9, and what it printed stays to be read
                }
                line = lines.readLine();
            }
        }
        writer.waitFor();
        assertThat(acknowledged).as("the writer ended by itself").hasSizeGreaterThanOrEqualTo(acknowledgements);
        return acknowledged.stream()
                .filter(line -> line.endsWith(";"))
                .map(line -> line.substring(0, line.length() - 1))
                .toList();
    }
}
