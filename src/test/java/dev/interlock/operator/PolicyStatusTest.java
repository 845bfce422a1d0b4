package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.api.v1alpha1.Condition;
import dev.interlock.api.v1alpha1.PromotionPolicyStatus;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Tightening;
import dev.interlock.feedback.Rule;
import dev.interlock.feedback.Scope;
import dev.interlock.feedback.Tighten;
import dev.interlock.feedback.Trigger;
import dev.interlock.kubernetes.GateState;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.operator.PolicyStatus.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a policy's status says, from what was observed.
class PolicyStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.999Z");
    private static final Instant LATER = NOW.plusSeconds(3_600);
    private static final PolicyRef REF = new PolicyRef("production", "uid-1", 7);
    private static final Match PRODUCTION = new Match(Set.of("production"), LabelSelector.EVERYTHING);
    private static final LabelSelector SHOP = new LabelSelector(Map.of("team", "shop"), List.of());
    private static final Map<String, Map<String, String>> GATED = Map.of(
            "shop", Map.of("interlock.dev/stage", "production", "interlock.dev/gate", "required"),
            "pay", Map.of("interlock.dev/stage", "production", "interlock.dev/gate", "optional"),
            "dev", Map.of("interlock.dev/stage", "development"),
            "bare", Map.of());
    private static final List<Replica> UP_TO_DATE = List.of(new Replica("a", 7), new Replica("b", 7));

    private static Policy policy(Match match) {
        return new Policy.Loaded(REF, match, OnUndecided.DENY, Fixture.OWNER, List.of(), List.of());
    }

    private static PolicyView view(Policy policy) {
        return new PolicyView(policy, List.of(), List.of(), Optional.empty());
    }

    private static PromotionPolicyStatus status(Policy policy, List<Replica> replicas) {
        return PolicyStatus.of(
                view(policy),
                new GateState.Whole(),
                GATED,
                replicas,
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                null,
                NOW);
    }

    private static PromotionPolicyStatus matched(Match match, Map<String, Map<String, String>> namespaces) {
        return PolicyStatus.of(
                view(policy(match)),
                new GateState.Whole(),
                namespaces,
                UP_TO_DATE,
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                null,
                NOW);
    }

    private static Condition condition(PromotionPolicyStatus status, String type) {
        List<Condition> conditions = Objects.requireNonNull(status.conditions());
        assertThat(conditions)
                .extracting(Condition::type)
                .containsExactly("Ready", "Matched", "DriftWatched", "Feedback");
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /// With what is said of its resources and of its expressions.
    private static PromotionPolicyStatus said(Optional<Said> asked, Optional<Said> typed) {
        return status(policy(PRODUCTION), new GateState.Whole(), asked, typed, null);
    }

    private static PromotionPolicyStatus status(
            Policy policy,
            GateState gate,
            Optional<Said> asked,
            Optional<Said> typed,
            @Nullable PromotionPolicyStatus before) {
        return PolicyStatus.of(view(policy), gate, GATED, UP_TO_DATE, Overview.Seen.NOTHING, asked, typed, before, NOW);
    }

    @Test
    void nobodyIsReadyWhileTheApiServerDoesNotAskAboutWhatIsNamed() {
        PromotionPolicyStatus said = said(
                Optional.of(new Said("False", "NotAsked", "not told yet to ask about services.v1")), Optional.empty());
        assertThat(Objects.requireNonNull(said.conditions()).getFirst().reason())
                .isEqualTo("ResourcesNotAsked");
        assertThat(Objects.requireNonNull(said.conditions()).getFirst().message())
                .isEqualTo("not told yet to ask about services.v1");
        assertThat(Objects.requireNonNull(said.conditions()).getLast().status()).isEqualTo("False");
    }

    @Test
    void whatTheApiServerDoesNotHaveKeepsNobodyFromBeingReady() {
        PromotionPolicyStatus said = said(
                Optional.of(new Said("False", "NotServed", "the API server has no servises.v1")), Optional.empty());
        assertThat(Objects.requireNonNull(said.conditions()).getFirst().status())
                .isEqualTo("True");
        assertThat(Objects.requireNonNull(said.conditions()).getLast().reason()).isEqualTo("NotServed");
    }

    @Test
    void whatIsSaidOfItsExpressionsIsOneMoreCondition() {
        PromotionPolicyStatus said =
                said(Optional.empty(), Optional.of(new Said("False", "TypeProblems", "1 problems")));
        assertThat(said.conditions())
                .hasSize(5)
                .last()
                .isEqualTo(new Condition(
                        "ExpressionsTyped", "False", "TypeProblems", "1 problems", "2026-11-25T10:00:00Z", 7));
        assertThat(said.ready()).as("it changes no decision").isEqualTo("True");
    }

    /// As after each start of the operator: a condition that goes and comes back would wake whoever watches it.
    @Test
    void whatWasSaidOfItsExpressionsHoldsWhileTheSchemasAreBeingRead() {
        Optional<Said> found = Optional.of(new Said("False", "TypeProblems", "1 problems"));
        PromotionPolicyStatus before = said(Optional.empty(), found);
        assertThat(typedAgain(policy(PRODUCTION), before)).isEqualTo(before);
        Policy changed = new Policy.Loaded(
                new PolicyRef(REF.name(), REF.uid(), 8),
                PRODUCTION,
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(),
                List.of());
        assertThat(Objects.requireNonNull(typedAgain(changed, before).conditions())
                        .getLast()
                        .status())
                .as("another generation has other expressions")
                .isEqualTo("Unknown");
    }

    private static PromotionPolicyStatus typedAgain(Policy policy, PromotionPolicyStatus before) {
        return status(policy, new GateState.Whole(), Optional.empty(), Optional.of(ExpressionTypes.BEING_READ), before);
    }

    static Stream<Arguments> gates() {
        return Stream.of(
                Arguments.of(new GateState.Missing(), "NoGate", "nothing is asked"),
                Arguments.of(new GateState.WithoutAuthority(), "GateWithoutAuthority", "no caBundle yet"),
                Arguments.of(
                        new GateState.Narrowed(
                                "required.gate.interlock.dev: `rules` leave out resources or operations"),
                        "GateNarrowed",
                        "in required.gate.interlock.dev: `rules` leave out resources or operations; apply the gate's"));
    }

    /// Catalogue 19: Ready means that it is enforced.
    @ParameterizedTest
    @MethodSource("gates")
    void case19_noPolicyIsReadyWhereTheApiServerAsksLessThanItShould(GateState gate, String reason, String message) {
        PromotionPolicyStatus status = status(policy(PRODUCTION), gate, Optional.empty(), Optional.empty(), null);
        assertThat(condition(status, "Ready").reason()).isEqualTo(reason);
        assertThat(status.ready()).isEqualTo("False");
        assertThat(status.message()).contains(message);
    }

    static Stream<Arguments> replicas() {
        return Stream.of(
                Arguments.of(List.of(7L), "True", "Enforced", "all 1 webhook processes decide by generation 7"),
                Arguments.of(List.of(7L, 7L, 7L), "True", "Enforced", "all 3 webhook processes"),
                Arguments.of(List.of(7L, 8L), "True", "Enforced", "all 2 webhook processes"),
                Arguments.of(List.of(), "False", "NoWebhook", "no webhook process is running"),
                Arguments.of(
                        List.of(6L),
                        "False",
                        "WebhookBehind",
                        "1 of 1 webhook processes do not decide by generation 7 yet: replica-0"),
                Arguments.of(
                        List.of(7L, 6L, 7L),
                        "False",
                        "WebhookBehind",
                        "1 of 3 webhook processes do not decide by generation 7 yet: replica-1"),
                Arguments.of(
                        List.of(0L, 7L),
                        "False",
                        "WebhookBehind",
                        "1 of 2 webhook processes do not decide by generation 7 yet: replica-0"),
                Arguments.of(List.of(0L, 6L), "False", "WebhookBehind", "yet: replica-0, replica-1"));
    }

    @ParameterizedTest
    @MethodSource("replicas")
    void readyIsTrueOnlyWhenEveryLiveReplicaDecidesByThisGeneration(
            List<Long> generations, String status, String reason, String message) {
        List<Replica> live = IntStream.range(0, generations.size())
                .mapToObj(i -> new Replica("replica-" + i, generations.get(i)))
                .toList();
        PromotionPolicyStatus said = status(policy(PRODUCTION), live);
        Condition ready = condition(said, "Ready");
        assertThat(ready.status()).isEqualTo(status);
        assertThat(ready.reason()).isEqualTo(reason);
        assertThat(ready.message()).contains(message);
        assertThat(said.ready()).isEqualTo(status);
        assertThat(said.message()).isEqualTo(ready.message());
    }

    @Test
    void theGenerationThatItSpeaksOfIsNamed() {
        PromotionPolicyStatus said = status(policy(PRODUCTION), UP_TO_DATE);
        assertThat(said.observedGeneration()).isEqualTo(7);
        assertThat(said.conditions()).extracting(Condition::observedGeneration).containsExactly(7L, 7L, 7L, 7L);
    }

    @Test
    void anUnreadablePolicyIsNeverReadyAndSaysWhatThatMeans() {
        Policy unreadable = new Policy.Unreadable(REF, PRODUCTION, "`spec.mode` is missing");
        PromotionPolicyStatus said = status(unreadable, UP_TO_DATE);
        Condition ready = condition(said, "Ready");
        assertThat(ready.status()).isEqualTo("False");
        assertThat(ready.reason()).isEqualTo("Unreadable");
        assertThat(ready.message()).contains("undecided").endsWith("`spec.mode` is missing");
        assertThat(said.namespaces()).as("by its raw match").isEqualTo(2);
    }

    static Stream<Arguments> unmatched() {
        return Stream.of(
                Arguments.of(
                        new Match(Set.of("staging", "live"), LabelSelector.EVERYTHING),
                        "no namespace matches interlock.dev/stage in (live, staging)"),
                Arguments.of(
                        new Match(Set.of("production"), SHOP),
                        "no namespace matches interlock.dev/stage in (production) and its namespaceSelector"),
                Arguments.of(
                        new Match(
                                Set.of("production"),
                                new LabelSelector(Map.of(), List.of(new LabelSelector.Exists("team")))),
                        "no namespace matches interlock.dev/stage in (production) and its namespaceSelector"),
                Arguments.of(new Match(Set.of(), SHOP), "no namespace matches its namespaceSelector"));
    }

    @ParameterizedTest
    @MethodSource("unmatched")
    void aPolicyThatGuardsNothingSaysByWhatItLooked(Match match, String message) {
        PromotionPolicyStatus said = matched(match, GATED);
        Condition matched = condition(said, "Matched");
        assertThat(matched.status()).isEqualTo("False");
        assertThat(matched.reason()).isEqualTo("NoNamespace");
        assertThat(matched.message()).isEqualTo(message);
        assertThat(said.namespaces()).isZero();
    }

    @Test
    void namespacesBehindEitherGateAreGated() {
        PromotionPolicyStatus said = matched(PRODUCTION, GATED);
        Condition matched = condition(said, "Matched");
        assertThat(matched.status()).isEqualTo("True");
        assertThat(matched.reason()).isEqualTo("Gated");
        assertThat(matched.message()).isEqualTo("guards 2 namespaces, all behind the gate");
        assertThat(said.namespaces()).isEqualTo(2);
    }

    @Test
    void namespacesThatItGuardsButThatAreNotGatedAreNamed() {
        Map<String, Map<String, String>> namespaces = new HashMap<>(GATED);
        namespaces.put("zoo", Map.of("interlock.dev/stage", "production"));
        namespaces.put("art", Map.of("interlock.dev/stage", "production", "interlock.dev/gate", "Required"));
        Condition matched = condition(matched(PRODUCTION, namespaces), "Matched");
        assertThat(matched.status()).isEqualTo("True");
        assertThat(matched.reason()).isEqualTo("NotAllGated");
        assertThat(matched.message())
                .startsWith("guards 4 namespaces, 2 of them have no label interlock.dev/gate=required or optional")
                .endsWith(": art, zoo");
    }

    @Test
    void stagesAreShownSortedAndAStarMeansAny() {
        assertThat(matched(new Match(Set.of("b", "c", "a"), LabelSelector.EVERYTHING), GATED)
                        .stages())
                .isEqualTo("a,b,c");
        assertThat(matched(Match.ALL, GATED).stages()).isEqualTo("*");
        assertThat(matched(Match.ALL, GATED).namespaces()).isEqualTo(4);
    }

    @Test
    void atMostTenNamesAreListed() {
        List<Replica> behind = IntStream.range(0, 13)
                .mapToObj(i -> new Replica("replica-%02d".formatted(i), 6))
                .toList();
        assertThat(condition(status(policy(PRODUCTION), behind), "Ready").message())
                .contains("13 of 13")
                .endsWith("replica-08, replica-09 and 3 more");
        assertThat(condition(status(policy(PRODUCTION), behind.subList(0, 10)), "Ready")
                        .message())
                .endsWith("replica-08, replica-09");

        Map<String, Map<String, String>> open = new TreeMap<>();
        IntStream.range(0, 11)
                .forEach(i -> open.put("ns-%02d".formatted(i), Map.of("interlock.dev/stage", "production")));
        assertThat(condition(matched(PRODUCTION, open), "Matched").message()).endsWith("ns-08, ns-09 and 1 more");
    }

    /// As the CRD bounds it; a status that the API server refuses is never seen.
    @Test
    void messagesStayWithinTheirBoundHoweverLongTheNamesAre() {
        List<Replica> behind = IntStream.range(0, 20)
                .mapToObj(i -> new Replica("r".repeat(250) + i, 6))
                .toList();
        PromotionPolicyStatus said = status(policy(PRODUCTION), behind);
        assertThat(condition(said, "Ready").message())
                .hasSizeLessThanOrEqualTo(1_024)
                .endsWith("…");
        assertThat(said.message()).isEqualTo(condition(said, "Ready").message());
    }

    @Test
    void aConditionsTimeMovesOnlyWithItsStatus() {
        PromotionPolicyStatus first = status(policy(PRODUCTION), UP_TO_DATE);
        assertThat(first.conditions())
                .extracting(Condition::lastTransitionTime)
                .hasSize(4)
                .containsOnly("2026-11-25T10:00:00Z");

        PromotionPolicyStatus behind = later(first, List.of(new Replica("a", 6)));
        assertThat(condition(behind, "Ready").lastTransitionTime()).isEqualTo("2026-11-25T11:00:00Z");
        assertThat(condition(behind, "Matched").lastTransitionTime()).isEqualTo("2026-11-25T10:00:00Z");

        PromotionPolicyStatus gone = PolicyStatus.of(
                view(policy(PRODUCTION)),
                new GateState.Whole(),
                GATED,
                List.of(),
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                behind,
                LATER.plusSeconds(60));
        assertThat(condition(gone, "Ready").reason()).isEqualTo("NoWebhook");
        assertThat(condition(gone, "Ready").lastTransitionTime())
                .as("another reason, the same status")
                .isEqualTo("2026-11-25T11:00:00Z");
    }

    private static PromotionPolicyStatus before(@Nullable List<Condition> conditions) {
        return new PromotionPolicyStatus(7, null, null, null, 0, null, conditions, null, null, null, null, null, null);
    }

    static Stream<Arguments> nothingBefore() {
        return Stream.of(
                Arguments.of((PromotionPolicyStatus) null),
                Arguments.of(before(null)),
                Arguments.of(before(List.of())));
    }

    @ParameterizedTest
    @MethodSource("nothingBefore")
    void withoutAnEarlierConditionItsTimeIsNow(@Nullable PromotionPolicyStatus previous) {
        PromotionPolicyStatus said = PolicyStatus.of(
                view(policy(PRODUCTION)),
                new GateState.Whole(),
                GATED,
                UP_TO_DATE,
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                previous,
                NOW);
        assertThat(condition(said, "Ready").lastTransitionTime()).isEqualTo("2026-11-25T10:00:00Z");
    }

    /// Else every look at the cluster would write, and every write be looked at.
    @Test
    void equalObservationsGiveAnEqualStatusInAnyOrderAndAtAnyTime() {
        List<Replica> replicas = List.of(new Replica("a", 6), new Replica("b", 5), new Replica("c", 7));
        Map<String, Map<String, String>> namespaces = new LinkedHashMap<>();
        namespaces.put("b", Map.of("interlock.dev/stage", "production"));
        namespaces.put("a", Map.of("interlock.dev/stage", "production"));
        PromotionPolicyStatus first = PolicyStatus.of(
                view(policy(PRODUCTION)),
                new GateState.Whole(),
                namespaces,
                replicas,
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                null,
                NOW);
        PromotionPolicyStatus second = PolicyStatus.of(
                view(policy(PRODUCTION)),
                new GateState.Whole(),
                new TreeMap<>(namespaces),
                replicas.reversed(),
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                first,
                LATER);
        assertThat(second).isEqualTo(first);
    }

    private static PromotionPolicyStatus later(PromotionPolicyStatus before, List<Replica> replicas) {
        return PolicyStatus.of(
                view(policy(PRODUCTION)),
                new GateState.Whole(),
                GATED,
                replicas,
                Overview.Seen.NOTHING,
                Optional.empty(),
                Optional.empty(),
                before,
                LATER);
    }

    private static PromotionPolicyStatus seen(PolicyView view, Overview.Seen seen) {
        return PolicyStatus.of(
                view, new GateState.Whole(), GATED, UP_TO_DATE, seen, Optional.empty(), Optional.empty(), null, NOW);
    }

    private static Overview.Seen seen(List<String> wouldDeny, List<Tightening> effective, int leftOut) {
        return new Overview.Seen(
                Optional.of(new Overview.Looked(400, wouldDeny)),
                Optional.of(7L),
                3,
                effective,
                leftOut,
                Optional.empty(),
                Optional.empty());
    }

    private static Tightening tightening(String service) {
        return new Tightening(
                new CheckId("images-pinned"),
                Optional.of(service),
                Optional.of(Mode.ENFORCE),
                Map.of(),
                "3 drifts in 1h",
                List.of("drift-1"),
                NOW,
                Instant.parse("2026-11-25T14:20:00Z"));
    }

    private static PolicyView fed(Optional<String> problem) {
        Rule rule = new Rule(
                new Trigger.Drift(3, Duration.ofHours(1)),
                new Tighten.RaiseToEnforce(new CheckId("images-pinned")),
                Scope.SERVICE,
                Duration.ofHours(4));
        return new PolicyView(policy(PRODUCTION), List.of(), List.of(rule), problem);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "20, 20", "21, 20", "300, 20"})
    void whatItWouldDenyIsCountedAndTheFirstTwentyAreNamed(int count, int named) {
        List<String> names = IntStream.range(0, count)
                .mapToObj(i -> "Deployment shop/service-%03d".formatted(i))
                .toList();
        PromotionPolicyStatus said = seen(view(policy(PRODUCTION)), seen(names, List.of(), 0));
        assertThat(said.wouldDeny()).isEqualTo(count);
        assertThat(said.wouldDenyNames()).isEqualTo(count == 0 ? null : names.subList(0, named));
        assertThat(said.openDrift()).isEqualTo(3);
        assertThat(said.matchedObjects()).isEqualTo(400);
        assertThat(said.deniedLastDay()).isEqualTo(7);
    }

    /// Nothing is not none: by these numbers a policy is made stricter.
    @Test
    void whatIsNotKnownIsAbsent() {
        PromotionPolicyStatus said = seen(view(policy(PRODUCTION)), Overview.Seen.NOTHING);
        assertThat(said.matchedObjects()).isNull();
        assertThat(said.deniedLastDay()).isNull();
        assertThat(said.wouldDeny()).isNull();
        assertThat(said.wouldDenyNames()).isNull();
    }

    @Test
    void driftIsNeverSaidToBeWatchedWhileItIsNot() {
        Condition watched = condition(seen(view(policy(PRODUCTION)), Overview.Seen.NOTHING), "DriftWatched");
        assertThat(watched.status()).isEqualTo("True");
        Condition behind = condition(
                seen(
                        view(policy(PRODUCTION)),
                        new Overview.Seen(
                                Optional.empty(),
                                Optional.of(0L),
                                0,
                                List.of(),
                                0,
                                Optional.empty(),
                                Optional.of("the watch is dead"))),
                "DriftWatched");
        assertThat(behind.status()).isEqualTo("Unknown");
        assertThat(behind.reason()).isEqualTo("Behind");
        assertThat(behind.message()).isEqualTo("drift may be there that is not shown: the watch is dead");
    }

    static Stream<Arguments> feedback() {
        return Stream.of(
                Arguments.of(view(policy(PRODUCTION)), 0, 0, "True", "NoRule", "no feedback is declared"),
                Arguments.of(fed(Optional.empty()), 0, 0, "True", "InForce", "0 values are tightened"),
                Arguments.of(fed(Optional.empty()), 2, 0, "True", "InForce", "2 values are tightened"),
                Arguments.of(
                        fed(Optional.of("spec.feedback[1]: `hold` is missing")),
                        1,
                        0,
                        "False",
                        "RuleUnreadable",
                        "left out, because it cannot be read: spec.feedback[1]: `hold` is missing"),
                Arguments.of(
                        fed(Optional.empty()),
                        200,
                        7,
                        "False",
                        "TooMany",
                        "7 more values are in force than a status has room for; those that end first are left out"));
    }

    @ParameterizedTest
    @MethodSource("feedback")
    void feedbackSaysWhatIsInForceAndWhatIsLeftOut(
            PolicyView view, int count, int leftOut, String status, String reason, String message) {
        List<Tightening> effective =
                IntStream.range(0, count).mapToObj(i -> tightening("s-" + i)).toList();
        PromotionPolicyStatus said = seen(view, seen(List.of(), effective, leftOut));
        Condition condition = condition(said, "Feedback");
        assertThat(condition.status()).isEqualTo(status);
        assertThat(condition.reason()).isEqualTo(reason);
        assertThat(condition.message()).isEqualTo(message);
        assertThat(said.effective() == null ? 0 : said.effective().size()).isEqualTo(count);
    }

    @Test
    void columnSaysWhatIsTightenedUntilWhenAndWhyWithinItsBound() {
        assertThat(seen(fed(Optional.empty()), seen(List.of(), List.of(), 0)).tightened())
                .isNull();
        assertThat(seen(fed(Optional.empty()), seen(List.of(), List.of(tightening("checkout"), tightening("cart")), 0))
                        .tightened())
                .isEqualTo("checkout: images-pinned to Enforce until 14:20 UTC (3 drifts in 1h);"
                        + " cart: images-pinned to Enforce until 14:20 UTC (3 drifts in 1h)");
        List<Tightening> many = IntStream.range(0, 200)
                .mapToObj(i -> tightening("😀".repeat(50) + i))
                .toList();
        String column = Objects.requireNonNull(
                seen(fed(Optional.empty()), seen(List.of(), many, 0)).tightened());
        assertThat(column.codePointCount(0, column.length())).isEqualTo(253);
        assertThat(column).endsWith("…");
    }
}
