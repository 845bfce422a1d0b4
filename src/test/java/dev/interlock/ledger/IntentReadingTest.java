package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Entry;
import dev.interlock.decision.Trigger;
import dev.interlock.drift.Intent;
import dev.interlock.workload.Content;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a ledger says of an object: what was approved of it, what covers it, what is recalled.
@ParameterizedClass
@EnumSource(Keeping.class)
class IntentReadingTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final String UID = "uid-of-checkout";

    private final Keeping keeping;

    @TempDir
    Path directory;

    private Ledger ledger;
    private LedgerReader reader;

    IntentReadingTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void open() {
        ledger = Ledger.open(keeping.places(directory).admissions(), Ledger.Settings.DEFAULTS);
        reader = LedgerReader.open(ledger.place());
    }

    @AfterEach
    void close() {
        reader.close();
        ledger.close();
    }

    private void add(Entry... entries) throws SQLException {
        try (Appender appender = new Appender(ledger.engine(), ledger.connect(false))) {
            for (Entry entry : entries) {
                appender.add(Row.decision(entry, ledger.origin()));
            }
            appender.commit();
        }
    }

    private void amend(String entry, String decision) throws SQLException {
        try (Appender appender = new Appender(ledger.engine(), ledger.connect(false))) {
            appender.add(Row.amendment(new Amendment(1, entry, decision, "Undecided", true, "late", AT), "payments"));
            appender.commit();
        }
    }

    private static Entry of(Trigger trigger, String id, String value, String outcome, boolean promoter) {
        return Entries.of(trigger, id, "checkout", value, outcome, promoter, AT);
    }

    private static String content(String value) {
        return Entries.content("checkout", value);
    }

    @Test
    void intentsAreWhatApprovesOrCoversInTheLedgersOrder() throws SQLException {
        add(
                of(Trigger.BASELINE, "baseline", "v0", "Denied", false),
                of(Trigger.ADMISSION, "promoted", "v1", "Allowed", true),
                of(Trigger.ADMISSION, "warned", "v2", "Warned", true),
                of(Trigger.ADMISSION, "denied", "v3", "Denied", true),
                of(Trigger.ADMISSION, "by-hand", "v4", "Allowed", false),
                of(Trigger.ADMISSION, "kept-out", "v5", "Undecided", true),
                of(Trigger.REASSESSMENT, "kept", "v1", "Allowed", false),
                Entries.admission("other", "cart", "v1", "Allowed", AT));
        assertThat(reader.of(UID))
                .extracting(intent -> intent.entry() + " " + intent.standing())
                .containsExactly("baseline COVERS", "promoted APPROVES", "warned APPROVES", "by-hand COVERS");
        Intent promoted = reader.of(UID).get(1);
        assertThat(promoted.content()).isEqualTo(content("v1"));
        assertThat(promoted.template()).isPresent();
        assertThat(promoted.requester()).contains("alice");
        assertThat(promoted.at()).isEqualTo(AT);
        assertThat(reader.of(UID).getFirst().requester())
                .as("nobody asked for a baseline")
                .isEmpty();
        assertThat(reader.of("uid-of-nobody")).isEmpty();
    }

    @Test
    void law5_entryThatWasAnsweredOtherwiseIsNoIntent() throws SQLException {
        Entry late = of(Trigger.ADMISSION, "late", "v1", "Allowed", true);
        add(late, of(Trigger.ADMISSION, "in-time", "v1", "Allowed", true));
        amend("late", late.decision().id());
        assertThat(reader.of(UID)).extracting(Intent::entry).containsExactly("in-time");
    }

    @Test
    void contentReadsBackAsItWasDecidedAbout() throws SQLException {
        Entry entry = of(Trigger.ADMISSION, "promoted", "v1", "Allowed", true);
        add(entry);
        Content content = entry.decision().basis().content();
        assertThat(reader.content(content.digest())).contains(content.value());
        assertThat(reader.content("none")).isEmpty();
    }

    @Test
    void recalledIsWhatWasDeniedWhenItWasLastLookedAt() throws SQLException {
        assertThat(reader.recalled(UID)).isEmpty();
        add(
                of(Trigger.ADMISSION, "a", "v1", "Allowed", true),
                of(Trigger.REASSESSMENT, "b", "v1", "Denied", false),
                of(Trigger.REASSESSMENT, "c", "v2", "Denied", false),
                Entries.of(Trigger.REASSESSMENT, "d", "cart", "v1", "Denied", false, AT));
        assertThat(reader.recalled(UID)).containsExactlyInAnyOrder(content("v1"), content("v2"));
        add(of(Trigger.REASSESSMENT, "e", "v1", "Warned", false));
        assertThat(reader.recalled(UID)).containsExactly(content("v2"));
        add(of(Trigger.ADMISSION, "f", "v2", "Allowed", true));
        assertThat(reader.recalled(UID)).as("an admission is no second look").containsExactly(content("v2"));
        add(of(Trigger.REASSESSMENT, "g", "v1", "Denied", false));
        assertThat(reader.recalled(UID)).containsExactlyInAnyOrder(content("v1"), content("v2"));
    }

    @Test
    void objectIsCreatedThroughTheGateOnlyByAnAdmissionThatLetItIn() throws SQLException {
        add(
                of(Trigger.BASELINE, "a", "v1", "Allowed", false),
                of(Trigger.REASSESSMENT, "b", "v1", "Allowed", false),
                of(Trigger.ADMISSION, "c", "v1", "Denied", true),
                of(Trigger.ADMISSION, "d", "v1", "Undecided", true));
        assertThat(reader.created(UID)).isFalse();
        add(of(Trigger.ADMISSION, "e", "v1", "Allowed", false));
        assertThat(reader.created(UID)).isTrue();
        assertThat(reader.created("uid-of-cart")).isFalse();
    }

    @Test
    void newestDecisionAboutAContentIsFoundWhateverItWas() throws SQLException {
        assertThat(reader.newest(UID, content("v1"))).isEmpty();
        add(
                of(Trigger.ADMISSION, "a", "v1", "Allowed", true),
                of(Trigger.REASSESSMENT, "b", "v1", "Denied", false),
                of(Trigger.ADMISSION, "c", "v2", "Allowed", true));
        assertThat(newest("v1")).contains("b");
        assertThat(newest("v2")).contains("c");
        assertThat(newest("v3")).isEmpty();
    }

    private Optional<String> newest(String value) {
        return reader.newest(UID, content(value))
                .map(row -> ((Stored.Decided) row).entry().id());
    }

    @Test
    void denialsAreThoseOfAdmissionsSinceThen() throws SQLException {
        add(
                Entries.of(Trigger.ADMISSION, "a", "checkout", "v1", "Denied", true, AT.minusMillis(1)),
                Entries.of(Trigger.ADMISSION, "b", "checkout", "v1", "Denied", true, AT),
                Entries.of(Trigger.ADMISSION, "c", "checkout", "v2", "Allowed", true, AT),
                Entries.of(Trigger.REASSESSMENT, "d", "checkout", "v2", "Denied", false, AT),
                Entries.of(Trigger.BASELINE, "e", "checkout", "v2", "Denied", false, AT),
                Entries.of(Trigger.ADMISSION, "f", "cart", "v2", "Denied", false, AT.plusMillis(1)));
        assertThat(reader.denials(AT)).extracting(DecisionEntry::id).containsExactly("b", "f");
    }

    @Test
    void changesNameTheObjectsWhoseApprovalsAreOthersNow() throws SQLException {
        Entry allowed = of(Trigger.ADMISSION, "a", "v1", "Allowed", true);
        add(
                allowed,
                of(Trigger.ADMISSION, "b", "v2", "Denied", true),
                of(Trigger.ADMISSION, "c", "v2", "Allowed", false),
                of(Trigger.REASSESSMENT, "d", "v1", "Denied", false));
        amend("a", allowed.decision().id());
        List<LedgerReader.Changed> changes = reader.changed(0, 10);
        assertThat(changes).extracting(LedgerReader.Changed::sequence).containsExactly(1L, 4L, 5L);
        assertThat(changes)
                .extracting(LedgerReader.Changed::uid)
                .containsExactly(Optional.of(UID), Optional.of(UID), Optional.of(UID));
        assertThat(reader.changed(1, 1))
                .extracting(LedgerReader.Changed::sequence)
                .containsExactly(4L);
        assertThat(reader.changed(5, 10)).isEmpty();
    }
}
