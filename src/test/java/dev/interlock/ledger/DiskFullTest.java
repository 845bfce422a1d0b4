package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.decision.Journal.Journaled;
import dev.interlock.decision.Journal.Journaled.Durable;
import dev.interlock.decision.Journal.Journaled.NotDurable;
import dev.interlock.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// On a file system of its own, which only root can mount. What does not need one is in [LedgerJournalTest].
@Timeout(60)
class DiskFullTest {
    private static final Ledger.Settings NO_RESERVE = new Ledger.Settings(0, 1_000, Duration.ZERO);

    @TempDir
    Path directory;

    private Optional<SmallDisk> small = Optional.empty();
    private Path disk;

    @BeforeEach
    void mount() {
        small = SmallDisk.mount(directory, "3m");
        assumeThat(small).isPresent();
        disk = small.orElseThrow().path();
    }

    @AfterEach
    void unmount() {
        small.ifPresent(SmallDisk::close);
    }

    @Test
    void aFullDiskIsSaidToBeFullAndTheJournalGoesOnWhenThereIsRoom() throws Exception {
        Path ballast = Files.write(disk.resolve("ballast"), new byte[1 << 20]);
        List<String> acknowledged = new ArrayList<>();
        try (Ledger ledger = Ledger.open(new Place.File(disk.resolve("ledger.db")), NO_RESERVE);
                LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            Journaled last = new Durable("");
            for (int i = 0; last instanceof Durable; i++) {
                last = append(journal, "uid-" + i, acknowledged);
            }
            assertThat(last).isEqualTo(new NotDurable("the disk with `%s` is full".formatted(ledger.place())));

            Files.delete(ballast);
            await().until(() -> append(journal, "after-" + acknowledged.size(), acknowledged) instanceof Durable);

            try (LedgerReader reader = LedgerReader.open(ledger.place());
                    Connection connection = ledger.engine().reading()) {
                assertThat(reader.after(0, 100_000))
                        .hasOnlyElementsOfType(Stored.Decided.class)
                        .extracting(stored -> ((Stored.Decided) stored).entry().id())
                        .isEqualTo(acknowledged);
                assertThat(Sqlite.damage(connection)).isEmpty();
            }
        }
    }

    @Test
    void aReadOnlyFileSystemIsRefused() throws Exception {
        Path file = disk.resolve("ledger.db");
        Ledger.open(new Place.File(file), NO_RESERVE).close();
        assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(new Place.File(file), NO_RESERVE))
                .withMessage(
                        "the ledger `%s` cannot be used (Read-only file system):"
                                + " let the user that Interlock runs as write there, or name another file",
                        file);
    }

    @Test
    void aDiskWithoutRoomForALedgerGetsNone() throws Exception {
        Files.write(disk.resolve("ballast"), new byte[(3 << 20) - (20 << 10)]);
        Path file = disk.resolve("ledger.db");
        assertThatExceptionOfType(LedgerUnavailable.class)
                .isThrownBy(() -> Ledger.open(new Place.File(file), NO_RESERVE))
                .withMessage(
                        "the ledger cannot be opened, the disk with `%s` is full: make room or mend the disk, or name another file",
                        file);
        assertThat(file).doesNotExist();
    }

    private static Journaled append(LedgerJournal journal, String id, List<String> acknowledged) {
        Instant now = InstantSource.system().instant();
        Journaled journaled = journal.append(Entries.allowed(id, id, now), now.plusSeconds(20))
                .toCompletableFuture()
                .join();
        if (journaled instanceof Durable(String entry)) {
            acknowledged.add(entry);
        }
        return journaled;
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
