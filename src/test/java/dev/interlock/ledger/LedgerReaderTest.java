package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interlock.decision.Entry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Keeping.class)
@Timeout(30)
class LedgerReaderTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

    private final Keeping keeping;

    @TempDir
    Path directory;

    private Ledger ledger;

    LedgerReaderTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void open() {
        ledger = Ledger.open(keeping.places(directory).admissions(), Ledger.Settings.DEFAULTS);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void rowsAreSeenWhileTheWriterIsBusyInTheirOrderAndWithoutAGap() {
        AtomicBoolean stop = new AtomicBoolean();
        List<Long> seen = new ArrayList<>();
        try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system());
                LedgerReader reader = LedgerReader.open(ledger.place());
                ExecutorService callers = Executors.newFixedThreadPool(4)) {
            for (int caller = 0; caller < 4; caller++) {
                String prefix = "uid-" + caller + "-";
                callers.execute(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        append(journal, Entries.allowed(prefix + i, "checkout", AT))
                                .join();
                    }
                });
            }
            while (seen.size() < 1_000) {
                reader.after(seen.isEmpty() ? 0 : seen.getLast(), 100).forEach(stored -> seen.add(stored.sequence()));
            }
            stop.set(true);
        }
        assertThat(seen)
                .isEqualTo(IntStream.rangeClosed(1, seen.size())
                        .mapToObj(Long::valueOf)
                        .toList());
    }

    @Test
    void aRowThatCannotBeUnderstoodIsNamedAndPassedBy() throws Exception {
        try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            append(journal, Entries.allowed("uid-1", "checkout", AT)).join();
        }
        insert("uid-2", "{\"schema\":1,\"id\":\"uid-2\"}");
        insert("uid-3", "{\"schema\":");
        insert("uid-4", "[]");
        try (LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system())) {
            append(journal, Entries.allowed("uid-5", "checkout", AT)).join();
        }
        try (LedgerReader reader = LedgerReader.open(ledger.place())) {
            List<Stored> rows = reader.after(0, 10);
            assertThat(rows).hasSize(5);
            assertThat(rows.subList(1, 4)).hasOnlyElementsOfType(Stored.Unreadable.class);
            assertThat(rows.getLast()).isInstanceOf(Stored.Decided.class);
            assertThat(((Stored.Unreadable) rows.get(1)).cause())
                    .startsWith("the body of a row of kind `Decision` is not readable: ");
            assertThat(reader.byEntry("uid-3")).containsInstanceOf(Stored.Unreadable.class);
        }
    }

    @Test
    void theNewestRowAndTheNewestAmendmentOfADecisionAreFound() throws Exception {
        try (LedgerReader reader = LedgerReader.open(ledger.place())) {
            assertThat(reader.last()).isZero();
            Amendment first = new Amendment(1, "uid-1", "d", "Undecided", false, "too late", AT);
            Amendment second = new Amendment(1, "uid-2", "d", "Undecided", true, "too late", AT);
            try (Appender appender = new Appender(ledger.engine(), ledger.connect(false))) {
                appender.add(Row.amendment(first, "payments"));
                appender.add(Row.amendment(second, "payments"));
                appender.commit();
            }
            assertThat(reader.last()).isEqualTo(2);
            assertThat(reader.amendment("d", 2)).contains(second);
            assertThat(reader.amendment("d", 1)).contains(first);
            assertThat(reader.amendment("d", 0)).isEmpty();
            assertThat(reader.amendment("other", 2)).isEmpty();
        }
    }

    @Test
    void aReaderChangesNothing() throws Exception {
        try (LedgerReader reader = LedgerReader.open(ledger.place());
                Connection connection = ledger.engine().reading();
                Statement statement = connection.createStatement()) {
            assertThat(reader.origin()).isEqualTo(ledger.origin());
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.executeUpdate("insert into input (digest, body) values ('d', '{}')"));
        }
    }

    private void insert(String id, String body) throws SQLException {
        try (Connection connection = ledger.connect(false);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "insert into entry (id, kind, decision, at, body) values ('%s', 'Decision', 'd', 'now', '%s')"
                            .formatted(id, body));
        }
    }

    private static CompletableFuture<?> append(LedgerJournal journal, Entry entry) {
        return journal.append(entry, InstantSource.system().instant().plusSeconds(20))
                .toCompletableFuture();
    }
}
