package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Journal.Journaled.Durable;
import dev.interlock.testing.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Failures 5 and 6: a file that ends too early, as a disk leaves it that lost what it had promised to keep.
/// `make torture` cuts at every byte.
class TornFileTest {
    private static final int STEP = Boolean.getBoolean("interlock.torture") ? 1 : 1_009;

    /// The write-ahead log as https://sqlite.org/fileformat2.html#walformat has it.
    private static final int LOG_HEADER = 32;

    private static final int FRAME = 24 + 4096;
    private static final Ledger.Settings SETTINGS = new Ledger.Settings(0, 100, Duration.ZERO);

    @TempDir
    Path directory;

    /// @param end of the write-ahead log once the entry was acknowledged
    private record Commit(String id, long end) {}

    private List<Commit> written(int entries) throws IOException {
        Path file = directory.resolve("whole.db");
        Path log = directory.resolve("whole.db-wal");
        List<Commit> commits = new ArrayList<>();
        try (Ledger ledger = Ledger.open(new Place.File(file), SETTINGS);
                LedgerReader _ = LedgerReader.open(new Place.File(file)); // keeps the log from being tidied away
                LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            for (int i = 0; i < entries; i++) {
                append(journal, "entry-" + i);
                commits.add(new Commit("entry-" + i, Files.size(log)));
            }
            Files.copy(file, directory.resolve("kept.db"));
            Files.copy(log, directory.resolve("kept.db-wal"));
        }
        return commits;
    }

    private static void append(LedgerJournal journal, String id) {
        Instant now = InstantSource.system().instant();
        assertThat(journal.append(Entries.allowed(id, id, now), now.plusSeconds(20))
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new Durable(id));
    }

    private static List<Stored> rows(Path file) {
        try (LedgerReader reader = LedgerReader.open(new Place.File(file))) {
            return reader.after(0, 1_000);
        }
    }

    private static List<String> ids(Path file) {
        return rows(file).stream()
                .map(row -> ((Stored.Decided) row).entry().id())
                .toList();
    }

    @Test
    void logThatIsCutAnywhereInItsLastThreeCommitsLeavesEveryCommitBeforeTheCut() throws IOException {
        List<Commit> commits = written(6);
        byte[] whole = Files.readAllBytes(directory.resolve("kept.db-wal"));
        int from = Math.toIntExact(commits.get(2).end());
        assertThat(whole).hasSize(Math.toIntExact(commits.getLast().end()));
        int cuts = 0;
        for (int cut = from; cut <= whole.length; cut++) {
            int frame = (cut - LOG_HEADER) % FRAME;
            boolean edge = frame <= 1 || frame == FRAME - 1;
            if (edge || cut % STEP == 0) {
                int at = cut;
                List<String> expected = commits.stream()
                        .filter(commit -> commit.end() <= at)
                        .map(Commit::id)
                        .toList();
                cut(whole, cut);
                assertThat(ids(torn())).as("cut at byte %d", cut).isEqualTo(expected);
                if (edge) {
                    cut(whole, cut);
                    assertGoesOnAfter(expected);
                }
                cuts++;
                if (cuts % 10_000 == 0) {
                    Progress.say("%d cuts, at byte %d of %d to %d".formatted(cuts, cut, from, whole.length));
                }
            }
        }
        assertThat(cuts).isGreaterThan(100);
        Progress.say("the log cut at %d places in its last three commits".formatted(cuts));
    }

    private Path torn() {
        return directory.resolve("torn.db");
    }

    private void cut(byte[] log, int at) throws IOException {
        Files.deleteIfExists(directory.resolve("torn.db-shm"));
        Files.copy(directory.resolve("kept.db"), torn(), StandardCopyOption.REPLACE_EXISTING);
        Files.write(directory.resolve("torn.db-wal"), Arrays.copyOf(log, at));
    }

    private void assertGoesOnAfter(List<String> expected) {
        try (Ledger ledger = Ledger.open(new Place.File(torn()), SETTINGS);
                LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            assertThat(ids(torn())).isEqualTo(expected);
            append(journal, "after");
            assertThat(ids(torn()))
                    .isEqualTo(
                            Stream.concat(expected.stream(), Stream.of("after")).toList());
        }
    }

    /// Where the log is in the file already, nothing tells what is missing from what was never there. So none of it
    /// is used, and it is left as it is, unless what is missing was empty.
    @Test
    void fileThatIsCutAnywhereIsRefusedAndLeftAsItIsOrHasEverything() throws Exception {
        written(40);
        Path tidy = directory.resolve("whole.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + tidy);
                Statement statement = connection.createStatement()) {
            statement.execute("pragma wal_checkpoint(TRUNCATE)");
        }
        byte[] whole = Files.readAllBytes(tidy);
        List<Stored> everything = rows(tidy);
        int refused = 0;
        int cuts = 0;
        for (int cut = whole.length - 3 * 4096; cut < whole.length; cut += STEP) {
            Path torn = directory.resolve("cut.db");
            byte[] bytes = Arrays.copyOf(whole, cut);
            Files.write(torn, bytes);
            try (Ledger _ = Ledger.open(new Place.File(torn), SETTINGS)) {
                assertThat(rows(torn)).as("cut at byte %d", cut).isEqualTo(everything);
            } catch (LedgerUnavailable e) {
                assertThat(Files.readAllBytes(torn)).isEqualTo(bytes);
                refused++;
            }
            cuts++;
        }
        assertThat(refused)
                .as("each of them: it ends within a page, or too early")
                .isEqualTo(cuts);
        Progress.say("the file cut at %d places in its last three pages, refused at %d".formatted(cuts, refused));
    }
}
