package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.testing.Progress;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Failure 5: writers that are killed while they write. `make torture` kills 500 on each engine.
@ParameterizedClass
@EnumSource(Keeping.class)
class CrashTest {
    private static final int KILLS = Boolean.getBoolean("interlock.torture") ? 500 : 6;

    private final Keeping keeping;

    @TempDir
    Path directory;

    CrashTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @Test
    void whatWasAcknowledgedSurvivesKillNineExactlyOnce() throws Exception {
        Place place = keeping.places(directory).admissions();
        Random random = new Random(20_261_125);
        List<String> acknowledged = new ArrayList<>(killedAfter(1, place, "run-0"));
        Set<String> kept = new HashSet<>();
        try (LedgerReader reader = LedgerReader.open(place)) { // as the operator's: it stays while writers come and go
            long read = keep(reader, 0, kept);
            assertHas(kept, acknowledged);
            for (int kill = 1; kill < KILLS; kill++) {
                List<String> newest = killedAfter(1 + random.nextInt(1_000), place, "run-" + kill);
                acknowledged.addAll(newest);
                read = keep(reader, read, kept);
                assertHas(kept, newest);
                if (kill % 50 == 0) {
                    Progress.say("%d of %d writers killed, %d entries acknowledged"
                            .formatted(kill, KILLS, acknowledged.size()));
                }
            }
        }
        Ledger.open(place, new Ledger.Settings(0, 1, Duration.ZERO)).close(); // checks the file's structure
        Set<String> all = new HashSet<>();
        try (LedgerReader reader = LedgerReader.open(place)) {
            keep(reader, 0, all);
        }
        assertHas(all, kept); // nothing that was there has gone
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS);
        assertThat(new HashSet<>(acknowledged)).as("no id twice").hasSameSizeAs(acknowledged);
        assertHas(all, acknowledged);
        Progress.say("%s: %d writers killed, %d entries acknowledged, %d kept"
                .formatted(keeping, KILLS, acknowledged.size(), all.size()));
    }

    /// With the set's own look-up: there are hundreds of thousands.
    private static void assertHas(Set<String> kept, Collection<String> wanted) {
        assertThat(wanted.stream().filter(id -> !kept.contains(id))).isEmpty();
    }

    /// Adds the ids of all entries behind a row, each of which must be new.
    ///
    /// @return the last row
    private static long keep(LedgerReader reader, long after, Set<String> ids) {
        long read = after;
        List<Stored> rows = reader.after(read, 1_000);
        while (!rows.isEmpty()) {
            for (Stored row : rows) {
                assertThat(row).isInstanceOf(Stored.Decided.class);
                assertThat(ids.add(((Stored.Decided) row).entry().id())).isTrue();
            }
            read = rows.getLast().sequence();
            rows = reader.after(read, 1_000);
        }
        return read;
    }

    /// Starts a writer, kills it when it has acknowledged so many, and returns all that it has acknowledged by then.
    private static List<String> killedAfter(int acknowledgements, Place place, String run) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.util.logging.manager=" + System.getProperty("java.util.logging.manager"),
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName()));
        command.addAll(CrashingWriter.arguments(place));
        command.add(run);
        Process writer = new ProcessBuilder(command)
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
