package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Entry;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.ledger.AppliedEntry;
import dev.interlock.ledger.Entries;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerJournal;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Place;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.WorkloadKind;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Law 7: allowed is not applied. The clock is moved by hand.
@Timeout(60)
class AppliedWatchTest {
    private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
    private static final int OVER = (int) AppliedWatch.PATIENCE.toSeconds();

    @TempDir
    Path directory;

    private final Map<ObjectKey, LiveObject> live = new HashMap<>();
    private final Set<ObjectKey> behind = new HashSet<>();
    private boolean watched = true;
    private Instant now = START;
    private Ledger admissions;
    private LedgerReader admissionReader;
    private OperatorLedger ledger;
    private LedgerReader reader;
    private OperatorState state;
    private AppliedWatch watch;

    @BeforeEach
    void start() {
        admissions = Ledger.open(new Place.File(directory.resolve("webhook.db")), Ledger.Settings.DEFAULTS);
        admissionReader = LedgerReader.open(admissions.place());
        ledger = OperatorLedger.open(new Place.File(directory.resolve("operator.db")));
        reader = LedgerReader.open(ledger.place());
        state = OperatorState.open(new Place.File(directory.resolve("state.db")));
        AppliedWatch.Live objects = new AppliedWatch.Live() {
            @Override
            public boolean synced() {
                return true;
            }

            @Override
            public Optional<LiveObject> find(ObjectKey key) {
                return Optional.ofNullable(live.get(key));
            }

            @Override
            public boolean watched(WorkloadKind kind) {
                return watched;
            }

            @Override
            public boolean current(ObjectKey key) {
                return !behind.contains(key);
            }
        };
        watch = new AppliedWatch(objects, admissionReader, ledger, state, () -> now, () -> now);
        watch.look();
    }

    @AfterEach
    void stop() {
        watch.close();
        state.close();
        reader.close();
        ledger.close();
        admissionReader.close();
        admissions.close();
    }

    private void lookAt(int second) {
        now = START.plusSeconds(second);
        watch.look();
        watch.prove();
        watch.look();
    }

    /// An admission of the Deployment `payments/<name>` with that value in its environment, at the start.
    private Entry admit(String id, String name, String value, String outcome) {
        return append(Entries.admission(id, name, value, outcome, START));
    }

    private Entry append(Entry entry) {
        try (LedgerJournal journal = LedgerJournal.start(admissions, InstantSource.system())) {
            journal.append(entry, InstantSource.system().instant().plusSeconds(20))
                    .toCompletableFuture()
                    .join();
        }
        return entry;
    }

    private static LiveObject version(Entry entry) {
        ObjectRef subject = entry.decision().basis().request().subject();
        return new LiveObject(
                WorkloadKind.DEPLOYMENT,
                subject,
                "1",
                Optional.empty(),
                false,
                false,
                Optional.of(entry.decision().basis().content().digest()));
    }

    private static ObjectKey key(String name) {
        return new ObjectKey(WorkloadKind.DEPLOYMENT, "payments", name);
    }

    private Optional<String> applied(Entry entry) {
        return reader.applied(entry.decision().id()).map(AppliedEntry::applied);
    }

    @Test
    void law7_whatIsSeenLiveIsPersistedThoughItIsGoneAMomentLater() {
        Entry lives = admit("a", "lives", "v1", "Warned");
        Entry went = admit("b", "went", "v1", "Allowed");
        live.put(key("lives"), version(lives));
        watch.arrived(version(went));
        lookAt(1);
        assertThat(applied(lives)).contains("Persisted");
        assertThat(applied(went)).contains("Persisted");
    }

    @Test
    void law7_whatIsNotSeenIsNotPersistedOnceItCanComeNoMore() {
        Entry lost = admit("a", "lost", "v1", "Allowed");
        Entry denied = admit("b", "denied", "v1", "Denied");
        lookAt(1);
        lookAt(OVER);
        assertThat(applied(lost)).isEmpty();
        lookAt(1 + OVER);
        assertThat(applied(lost)).contains("NotPersisted");
        assertThat(applied(denied)).as("nothing was let in").isEmpty();
    }

    @Test
    void law7_whatARetryTookThePlaceOfIsSuperseded() {
        Entry first = admit("a", "retried", "v1", "Allowed");
        Entry second = admit("b", "retried", "v2", "Allowed");
        live.put(key("retried"), version(second));
        lookAt(1);
        lookAt(1 + OVER);
        assertThat(applied(second)).contains("Persisted");
        assertThat(applied(first)).contains("Superseded");
    }

    @Test
    void law7_oneOccurrenceThatIsPersistedIsWhatTheDecisionCameTo() {
        Entry refused = admit("a", "twice", "v1", "Allowed");
        lookAt(1);
        lookAt(1 + OVER);
        assertThat(applied(refused)).contains("NotPersisted");
        Entry again = append(Entries.again(refused, "b", START));
        live.put(key("twice"), version(again));
        lookAt(2 + OVER);
        assertThat(again.decision().id()).isEqualTo(refused.decision().id());
        assertThat(applied(refused)).contains("Persisted");
    }

    @Test
    void law7_nothingIsSaidOfWhatNobodyWatched() {
        Entry unwatched = admit("a", "unwatched", "v1", "Allowed");
        watched = false;
        lookAt(1);
        lookAt(10 + OVER);
        assertThat(applied(unwatched)).as("the watch is down: it is waited for").isEmpty();
        stop();
        now = START.plusSeconds(60);
        start();
        watched = true;
        lookAt(60);
        lookAt(60 + OVER);
        assertThat(applied(unwatched)).as("it may have come and gone meanwhile").isEmpty();
        assertThat(state.after(admissions.origin() + "#applied")).isEqualTo(admissionReader.last());
    }

    @Test
    void case26_aWatchThatFellSilentDoesNotMakeWhatWasStoredNotPersisted() {
        Entry stored = admit("a", "stored", "v1", "Allowed");
        behind.add(key("stored"));
        lookAt(1);
        lookAt(10 + OVER);
        assertThat(applied(stored))
                .as("the API server has another version than the watch told")
                .isEmpty();
        watch.arrived(version(stored));
        behind.clear();
        lookAt(11 + OVER);
        assertThat(applied(stored)).contains("Persisted");
    }

    @Test
    void whatIsNotSettledIsTakenUpAgainAfterARestartAndNothingIsWrittenTwice() {
        Entry late = admit("a", "late", "v1", "Allowed");
        Entry early = admit("b", "early", "v1", "Allowed");
        live.put(key("early"), version(early));
        lookAt(1);
        stop();
        start();
        live.put(key("late"), version(late));
        lookAt(2);
        assertThat(applied(late)).contains("Persisted");
        assertThat(reader.after(0, 10, Set.of("Applied"))).hasSize(2);
    }
}
