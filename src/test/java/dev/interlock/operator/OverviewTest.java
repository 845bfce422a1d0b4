package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.CheckId;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Tightening;
import dev.interlock.feedback.Rule;
import dev.interlock.feedback.Scope;
import dev.interlock.feedback.Tighten;
import dev.interlock.feedback.Trigger;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.ledger.Entries;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerJournal;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.Place;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What feedback makes of what both ledgers say.
@Timeout(60)
class OverviewTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final Instant NOW = AT.plusSeconds(60);
    private static final Map<String, Map<String, String>> NAMESPACES =
            Map.of("payments", Map.of("interlock.dev/stage", "production"));

    @TempDir
    Path directory;

    private final KubernetesClient nobody = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl("https://127.0.0.1:1").build())
            .build();
    private final Caches caches = new Caches(nobody, "interlock-system");
    private Ledger admissions;
    private OperatorLedger ledger;
    private LedgerReader reader;
    private LedgerReader admissionReader;
    private DriftBook book;
    private Assessment assessment;
    private Overview overview;

    @BeforeEach
    void open() {
        admissions = Ledger.open(new Place.File(directory.resolve("webhook.db")), Ledger.Settings.DEFAULTS);
        admissionReader = LedgerReader.open(admissions.place());
        ledger = OperatorLedger.open(new Place.File(directory.resolve("operator.db")));
        reader = LedgerReader.open(ledger.place());
        book = new DriftBook(ledger, reader);
        assessment = new Assessment(
                caches, Fixture.EVALUATOR, new Intents(admissionReader, reader), ledger, InstantSource.fixed(NOW));
        overview = new Overview(book, assessment, admissionReader, _ -> true, () -> Optional.of("behind"));
    }

    @AfterEach
    void close() {
        reader.close();
        admissionReader.close();
        ledger.close();
        admissions.close();
        caches.close();
        nobody.close();
    }

    private static PolicyView view(String stage, Trigger trigger) {
        return new PolicyView(
                new Policy.Loaded(
                        new PolicyRef("production", "policy-uid", 3),
                        new Match(Set.of(stage), LabelSelector.EVERYTHING),
                        OnUndecided.DENY,
                        Fixture.OWNER,
                        List.of(),
                        List.of()),
                List.of(),
                List.of(new Rule(
                        trigger,
                        new Tighten.RaiseToEnforce(new CheckId("images-pinned")),
                        Scope.SERVICE,
                        Duration.ofHours(1))),
                Optional.empty());
    }

    private static Trigger denials() {
        return new Trigger.Violations(new CheckId("images-pinned"), 2, Duration.ofHours(1));
    }

    static Stream<Arguments> histories() {
        Entry one = Entries.denied("a", "checkout", AT);
        Entry other = Entries.denied("b", "cart", AT.plusSeconds(1));
        Entry fed = Entries.deniedByFeedback("c", "checkout", AT.plusSeconds(2));
        Entry fedToo = Entries.deniedByFeedback("d", "cart", AT.plusSeconds(3));
        return Stream.of(
                Arguments.of("one denial of two", List.of(one), false),
                Arguments.of("two denials of the service", List.of(one, other), true),
                Arguments.of("two that only feedback brought about", List.of(fed, fedToo), false),
                Arguments.of("one of each", List.of(one, fedToo), false),
                Arguments.of(
                        "one and a warning",
                        List.of(one, Entries.admission("e", "cart", "v1", "Warned", AT.plusSeconds(4))),
                        false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    void law11_denialThatOnlyFeedbackBroughtAboutDoesNotFeedBack(String what, List<Entry> entries, boolean tightens) {
        // Each in a journal of its own, so that equal denials are not counted together.
        for (Entry entry : entries) {
            try (LedgerJournal journal = LedgerJournal.start(admissions, InstantSource.system())) {
                journal.append(entry, InstantSource.system().instant().plusSeconds(20))
                        .toCompletableFuture()
                        .join();
            }
        }
        Overview.Seen seen = overview.of(view("production", denials()), NAMESPACES, NOW);
        assertThat(seen.effective()).as(what).hasSize(tightens ? 1 : 0);
        assertThat(seen.effective()).extracting(Tightening::service).allMatch(Optional.of("payments")::equals);
    }

    static Stream<Arguments> looks() {
        return Stream.of(
                Arguments.of(true, Optional.empty(), true),
                Arguments.of(false, Optional.empty(), false),
                Arguments.of(true, Optional.of("behind"), false));
    }

    @ParameterizedTest
    @MethodSource("looks")
    void whatLiveObjectsSayIsToldOnceAllOfThemWereLookedAtByThePolicyAsItIs(
            boolean looked, Optional<String> unknown, boolean told) {
        Overview.Seen seen = new Overview(book, assessment, admissionReader, _ -> looked, () -> unknown)
                .of(view("production", denials()), NAMESPACES, NOW);
        assertThat(seen.looked()).isEqualTo(told ? Optional.of(new Overview.Looked(0, List.of())) : Optional.empty());
        assertThat(seen.denied()).as("is of the ledger").contains(0L);
    }

    @Test
    void driftOfWhatThePolicyGuardsIsCountedAndTightensForItsServiceUntilTheHoldEnds() {
        Trigger drift = new Trigger.Drift(2, Duration.ofHours(1));
        book.began(Entries.drift("drift-1", "uid-1", Optional.empty(), AT));
        assertThat(overview.of(view("production", drift), NAMESPACES, NOW).effective())
                .isEmpty();
        book.began(Entries.drift("drift-2", "uid-2", Optional.empty(), AT.plusSeconds(1)));
        book.began(Entries.drift("drift-3", "uid-3", Optional.of("drift-2"), AT.plusSeconds(2)));
        Overview.Seen seen = overview.of(view("production", drift), NAMESPACES, NOW);
        Instant end = AT.plusSeconds(1).plus(Duration.ofHours(1));
        assertThat(seen.effective()).singleElement().satisfies(tightening -> {
            assertThat(tightening.service()).contains("checkout");
            assertThat(tightening.until()).isEqualTo(end);
            assertThat(tightening.because()).containsExactly("drift-1", "drift-2");
        });
        assertThat(seen.openDrift()).isEqualTo(3);
        assertThat(seen.unknown()).contains("behind");
        assertThat(seen.changesAt()).contains(end);
        assertThat(overview.of(view("production", drift), NAMESPACES, end).effective())
                .isEmpty();
        assertThat(overview.of(view("staging", drift), NAMESPACES, NOW))
                .as("a policy that guards another stage")
                .satisfies(other -> {
                    assertThat(other.effective()).isEmpty();
                    assertThat(other.openDrift()).isZero();
                });
        assertThat(overview.of(view("production", drift), Map.of(), NOW).effective())
                .as("a namespace that is gone")
                .isEmpty();
    }
}
