package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.decision.Approvals;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Trigger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What is approved is known to admissions soon after it is in a ledger, without their reading one.
@ParameterizedClass
@EnumSource(Keeping.class)
@Timeout(60)
class ApprovalIndexTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration WINDOW = Duration.ofDays(30);
    private static final String UID = "uid-of-checkout";

    private final Keeping keeping;

    @TempDir
    Path directory;

    private Places places;
    private Ledger ledger;

    ApprovalIndexTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void open() {
        places = keeping.places(directory);
        ledger = Ledger.open(places.admissions(), Ledger.Settings.DEFAULTS);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private ApprovalIndex index() {
        return ApprovalIndex.follow(ledger.place(), places.ledger(), WINDOW);
    }

    private Entry add(String id, String value, boolean promoter) throws SQLException {
        Entry entry = Entries.of(Trigger.ADMISSION, id, "checkout", value, "Allowed", promoter, AT);
        try (Appender appender = new Appender(ledger.engine(), ledger.connect(false))) {
            appender.add(Row.decision(entry, ledger.origin()));
            appender.commit();
        }
        return entry;
    }

    private static Set<String> contents(String... values) {
        return Arrays.stream(values)
                .map(value -> Entries.content("checkout", value))
                .collect(Collectors.toSet());
    }

    @Test
    void whatWasThereAtTheStartIsKnownOnceLoadedAndWhatComesIsFollowed() throws SQLException {
        Entry first = add("a", "v1", true);
        add("b", "v2", false);
        try (ApprovalIndex index = index()) {
            await().until(index::loaded);
            Approvals approvals = index.of(UID, AT);
            assertThat(approvals.contents()).isEqualTo(contents("v1"));
            assertThat(approvals.wayBack())
                    .containsExactly(first.decision().basis().template());
            assertThat(index.of("uid-of-nobody", AT)).isEqualTo(Approvals.NONE);

            add("c", "v3", true);
            await().untilAsserted(() -> assertThat(index.of(UID, AT).contents()).isEqualTo(contents("v1", "v3")));
            assertThat(index.of(UID, AT).wayBack()).hasSize(2);
            assertThat(index.of(UID, AT.plus(WINDOW)).wayBack())
                    .as("v1 was superseded as long ago as the window is")
                    .hasSize(1);
        }
    }

    @Test
    void entryThatWasAnsweredOtherwiseIsTakenBack() throws SQLException {
        Entry entry = add("a", "v1", true);
        try (ApprovalIndex index = index()) {
            await().untilAsserted(() -> assertThat(index.of(UID, AT).contents()).isEqualTo(contents("v1")));
            try (Appender appender = new Appender(ledger.engine(), ledger.connect(false))) {
                appender.add(Row.amendment(
                        new Amendment(1, "a", entry.decision().id(), "Undecided", true, "late", AT), "payments"));
                appender.commit();
            }
            await().untilAsserted(() -> assertThat(index.of(UID, AT).contents()).isEmpty());
        }
    }

    @Test
    void law10_recallClosesTheWayBackAndChangesNoApproval() throws SQLException {
        add("a", "v1", true);
        try (ApprovalIndex index = index()) {
            await().untilAsserted(() -> assertThat(index.of(UID, AT).wayBack()).hasSize(1));
            try (OperatorLedger operator = OperatorLedger.open(places.ledger())) {
                operator.decided(
                        List.of(Entries.of(Trigger.REASSESSMENT, "r1", "checkout", "v1", "Denied", false, AT)));
                await().untilAsserted(
                                () -> assertThat(index.of(UID, AT).wayBack()).isEmpty());
                assertThat(index.of(UID, AT).contents()).isEqualTo(contents("v1"));
                operator.decided(
                        List.of(Entries.of(Trigger.REASSESSMENT, "r2", "checkout", "v1", "Allowed", false, AT)));
                await().untilAsserted(
                                () -> assertThat(index.of(UID, AT).wayBack()).hasSize(1));
            }
        }
    }

    @Test
    void operatorsLedgerNeedNotBeThere() throws SQLException {
        add("a", "v1", true);
        try (ApprovalIndex index = index()) {
            await().until(index::loaded);
            assertThat(index.of(UID, AT).contents()).isEqualTo(contents("v1"));
        }
    }
}
