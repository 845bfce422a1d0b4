package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evaluator;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Fixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    private static final String CANARY = "canary-5f1d0c9a7e";

    @TempDir
    Path directory;

    @Test
    void theValueOfAnEnvironmentVariableNeverReachesTheDisk() throws Exception {
        Path file = directory.resolve("ledger.db");
        try (Ledger ledger = Ledger.open(new Place.File(file), Ledger.Settings.DEFAULTS)) {
            try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
                Instant now = InstantSource.system().instant();
                journal.append(new Entry(decided(ledger), now), now.plusSeconds(20))
                        .toCompletableFuture()
                        .join();

                String log = bytes(directory.resolve("ledger.db-wal"));
                assertThat(log)
                        .contains("\"TOKEN\"", "registry.example.com/app:1")
                        .doesNotContain(CANARY);
            }
            assertThat(bytes(file))
                    .contains("\"TOKEN\"", ledger.mask().of(CANARY))
                    .doesNotContain(CANARY);
        }
    }

    private static Decision decided(Ledger ledger) {
        Evidence evidence = Fixture.evidence(Optional.of(Map.of()), List.of());
        var evaluation = new Evaluator(ledger.mask())
                .evaluate(Entries.request("uid-1", "checkout", Entries.deployment("checkout", CANARY)), evidence);
        return ((Evaluation.Decided) evaluation).decision();
    }

    private static String bytes(Path file) throws Exception {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
