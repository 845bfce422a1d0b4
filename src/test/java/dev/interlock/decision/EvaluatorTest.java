package dev.interlock.decision;

import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static dev.interlock.decision.Fixture.policyOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Cell;
import dev.interlock.decision.Fixture.Says;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Laws 1, 2, 3, 5, 6 and 9 of the design, over every small world: up to three checks, each in one of three
/// modes with one of three results, in one policy and in two.
class EvaluatorTest {
    private static final Workload WORKLOAD = Fixture.deployment("nginx");
    private static final List<List<Cell>> WORLDS = Fixture.worlds(3);

    private static boolean any(List<Cell> world, Mode mode, Says says) {
        return world.contains(new Cell(mode, says));
    }

    /// The outcome as law 2 words it, independently of how the evaluator is written.
    private static String expected(List<Cell> world) {
        if (any(world, Mode.ENFORCE, Says.FAILED)) {
            return "Denied";
        }
        if (any(world, Mode.ENFORCE, Says.ERRORED)) {
            return "Undecided";
        }
        return any(world, Mode.WARN, Says.FAILED) || any(world, Mode.WARN, Says.ERRORED) ? "Warned" : "Allowed";
    }

    private static Decision decideOn(List<Cell> world) {
        return decide(Fixture.create(WORKLOAD), evidence(policyOf("policy", OnUndecided.DENY, world)));
    }

    @Test
    void law2_outcomeHasOneDefinitionInEveryWorldOfOnePolicy() {
        assertThat(WORLDS).hasSize(1 + 9 + 81 + 729);
        for (List<Cell> world : WORLDS) {
            assertThat(decideOn(world).outcome()).as("%s", world).isEqualTo(expected(world));
        }
    }

    @Test
    void law2_denyOverridesOverSeveralPolicies() {
        List<List<Cell>> small = Fixture.worlds(2);
        for (List<Cell> one : small) {
            for (List<Cell> other : small) {
                List<Cell> both = Stream.concat(one.stream(), other.stream()).toList();
                Decision decision = decide(
                        Fixture.create(WORKLOAD),
                        evidence(policyOf("a", OnUndecided.DENY, one), policyOf("b", OnUndecided.DENY, other)));
                assertThat(decision.outcome()).as("%s and %s", one, other).isEqualTo(expected(both));
            }
        }
    }

    @Test
    void law2_undecidedAdmitsUnlessAPolicyWithAnEnforceCheckSaysDeny() {
        for (OnUndecided one : OnUndecided.values()) {
            for (OnUndecided other : OnUndecided.values()) {
                for (Mode otherMode : Mode.values()) {
                    Decision decision = decide(
                            Fixture.create(WORKLOAD),
                            evidence(
                                    policyOf("a", one, List.of(new Cell(Mode.ENFORCE, Says.ERRORED))),
                                    policyOf("b", other, List.of(new Cell(otherMode, Says.PASSED)))));
                    boolean denies =
                            one == OnUndecided.DENY || (other == OnUndecided.DENY && otherMode == Mode.ENFORCE);
                    assertThat(decision).isInstanceOf(Decision.Undecided.class);
                    assertThat(decision.admits()).isEqualTo(!denies);
                }
            }
        }
    }

    @Test
    void law2_warnAndAuditChecksNeitherDenyNorHideAnEnforceError() {
        for (List<Cell> world : WORLDS) {
            List<Cell> enforced =
                    world.stream().filter(cell -> cell.mode() == Mode.ENFORCE).toList();
            boolean denied = decideOn(world) instanceof Decision.Denied;
            boolean undecided = decideOn(world) instanceof Decision.Undecided;
            assertThat(denied).isEqualTo(decideOn(enforced) instanceof Decision.Denied);
            assertThat(undecided).isEqualTo(decideOn(enforced) instanceof Decision.Undecided);
        }
    }

    @Test
    void law3_everyViolationAndErrorIsReportedWhateverItsMode() {
        for (List<Cell> world : WORLDS) {
            long found =
                    world.stream().filter(cell -> cell.says() != Says.PASSED).count();
            assertThat(decideOn(world).basis().reasons()).as("%s", world).hasSize((int) found);
        }
    }

    @Test
    void law3_manyViolationsOfOneCheckAreAllReportedInAStableOrder() {
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            violations.add(new Violation("Bad", "spec.containers[%03d]".formatted(i), "is bad"));
        }
        Collections.shuffle(violations, new Random(7));
        Policy policy = Fixture.policy(
                "p",
                OnUndecided.DENY,
                Fixture.check("many", Mode.ENFORCE, (_, _) -> new CheckResult.Failed(new NonEmpty<>(violations))));
        List<Reason> reasons =
                decide(Fixture.create(WORKLOAD), evidence(policy)).basis().reasons();
        assertThat(reasons).hasSize(500).isSortedAccordingTo(Reason.ORDER);
    }

    @Test
    void law1_orderOfPoliciesAndOfChecksChangesNothing() {
        Random random = new Random(42);
        for (List<Cell> world : Fixture.worlds(2)) {
            List<Policy> policies = new ArrayList<>(List.of(
                    policyOf("a", OnUndecided.DENY, world),
                    policyOf("b", OnUndecided.ALLOW, world.reversed()),
                    policyOf("c", OnUndecided.DENY, world)));
            String first = decide(Fixture.create(WORKLOAD), evidence(policies)).toString();
            Collections.shuffle(policies, random);
            assertThat(decide(Fixture.create(WORKLOAD), evidence(policies)).toString())
                    .isEqualTo(first);
        }
    }

    @Test
    void law1_localeAndTimeZoneChangeNothing() {
        Locale before = Locale.getDefault();
        try {
            Set<String> ids = new HashSet<>();
            for (String tag : List.of("en-US", "tr-TR", "ar-EG", "th-TH-u-nu-thai")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                ids.add(decideOn(List.of(new Cell(Mode.ENFORCE, Says.FAILED))).id());
            }
            assertThat(ids).hasSize(1);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void law9_updateThatChangesNothingSignificantIsLetThroughWithoutADecision() {
        for (List<Cell> world : WORLDS) {
            Evaluation evaluation = Fixture.EVALUATOR.evaluate(
                    Fixture.update(WORKLOAD, WORKLOAD), evidence(policyOf("p", OnUndecided.DENY, world)));
            assertThat(evaluation).isInstanceOf(Evaluation.Unchanged.class);
        }
    }

    @Test
    void law9_violationThatTheStoredObjectHasTooWarnsWhereTheTemplateStays() {
        Workload relabelled = Workload.of(
                WORKLOAD.kind(),
                WORKLOAD.object()
                        .change(List.of("metadata", "labels"), labels -> labels.with("team", Fixture.node("x"))));
        for (List<Cell> world : WORLDS) {
            Decision decision =
                    decide(Fixture.update(WORKLOAD, relabelled), evidence(policyOf("p", OnUndecided.DENY, world)));
            assertThat(decision).as("%s", world).isNotInstanceOf(Decision.Denied.class);
            boolean relieved = any(world, Mode.ENFORCE, Says.FAILED);
            assertThat(decision.basis().reasons().stream()
                            .anyMatch(reason -> reason.relief() == Relief.ALREADY_PRESENT))
                    .isEqualTo(relieved);
            if (any(world, Mode.ENFORCE, Says.ERRORED)) {
                assertThat(decision).as("an error is never relieved: %s", world).isInstanceOf(Decision.Undecided.class);
            } else if (relieved) {
                assertThat(decision).isInstanceOf(Decision.Warned.class);
            }
        }
    }

    @Test
    void law9_sameViolationDeniesWhereTheTemplateChanges() {
        Decision decision = decide(
                Fixture.update(Fixture.deployment("httpd"), WORKLOAD),
                evidence(policyOf("p", OnUndecided.DENY, List.of(new Cell(Mode.ENFORCE, Says.FAILED)))));
        assertThat(decision).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void law9_newViolationDeniesThoughTheTemplateStays() {
        Workload relabelled = Workload.of(
                WORKLOAD.kind(),
                WORKLOAD.object()
                        .change(List.of("metadata", "labels"), labels -> labels.with("team", Fixture.node("x"))));
        Check aboutLabels = (workload, _) -> workload.equals(relabelled)
                ? new CheckResult.Failed(new NonEmpty<>(List.of(Fixture.VIOLATION)))
                : new CheckResult.Passed();
        Decision decision = decide(
                Fixture.update(WORKLOAD, relabelled),
                evidence(Fixture.policy("p", OnUndecided.DENY, Fixture.check("labels", Mode.ENFORCE, aboutLabels))));
        assertThat(decision).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void law5_missingEvidenceCountsAsOneMoreEnforceError() {
        for (OnUndecided onUndecided : OnUndecided.values()) {
            for (List<Cell> world : WORLDS) {
                Decision decision = decide(Fixture.create(WORKLOAD), evidence(policyOf("p", onUndecided, world)));
                List<Cell> more = Stream.concat(world.stream(), Stream.of(new Cell(Mode.ENFORCE, Says.ERRORED)))
                        .toList();
                assertThat(decision.withoutEvidence("disk full").outcome())
                        .as("%s", world)
                        .isEqualTo(expected(more));
            }
        }
    }

    @Test
    void law5_denialStaysADenialWithoutEvidence() {
        Decision denied = decide(
                Fixture.create(WORKLOAD),
                evidence(policyOf("p", OnUndecided.ALLOW, List.of(new Cell(Mode.ENFORCE, Says.FAILED)))));
        assertThat(denied.withoutEvidence("disk full")).isEqualTo(denied);
        assertThat(denied.withoutEvidence("disk full").admits()).isFalse();
    }

    @Test
    void law6_decisionCarriesAllThatARecordIsMadeFrom() {
        Decision decision = decideOn(List.of(new Cell(Mode.ENFORCE, Says.FAILED), new Cell(Mode.AUDIT, Says.FAILED)));
        Decision.Basis basis = decision.basis();
        assertThat(basis.reasons()).hasSize(2);
        assertThat(basis.policies()).containsExactly(new PolicyRef("policy", "policy-uid", 1));
        assertThat(basis.checks()).isEqualTo(2);
        assertThat(basis.stage().map(Object::toString)).hasValue("Stage[name=production]");
        assertThat(basis.content().digest()).hasSize(64);
        assertThat(basis.request().requester().username()).isEqualTo("jane");
    }

    @ParameterizedTest
    @EnumSource(Gate.class)
    void unknownNamespaceIsUndecidedByTheGate(Gate gate) {
        Decision decision = decide(
                Fixture.request(Operation.CREATE, WORKLOAD, Optional.empty(), gate),
                evidence(Optional.empty(), List.of()));
        assertThat(decision).isInstanceOf(Decision.Undecided.class);
        assertThat(decision.admits()).isEqualTo(gate == Gate.OPTIONAL);
    }

    @ParameterizedTest
    @EnumSource(Gate.class)
    void law16_unreadablePolicyMakesWhatItGuardsUndecided(Gate gate) {
        Policy unreadable =
                new Policy.Unreadable(new PolicyRef("odd", "odd-uid", 3), Match.ALL, "`spec.mode` is missing");
        Decision decision =
                decide(Fixture.request(Operation.CREATE, WORKLOAD, Optional.empty(), gate), evidence(unreadable));
        assertThat(decision).isInstanceOf(Decision.Undecided.class);
        assertThat(decision.admits()).isEqualTo(gate == Gate.OPTIONAL);
        assertThat(decision.basis().reasons().getFirst().violation().message()).contains("`spec.mode` is missing");
    }

    @Test
    void bugInACheckIsAnErrorOfThatCheckAndOfNoOther() {
        Check bug = (_, _) -> {
            throw new IllegalStateException("oops");
        };
        Decision decision = decide(
                Fixture.create(WORKLOAD),
                evidence(Fixture.policy(
                        "p",
                        OnUndecided.ALLOW,
                        Fixture.check("broken", Mode.ENFORCE, bug),
                        Fixture.check("other", Mode.WARN, Says.FAILED.check()))));
        assertThat(decision).isInstanceOf(Decision.Undecided.class);
        assertThat(decision.basis().reasons()).hasSize(2);
    }

    @Test
    void policyThatDoesNotMatchIsNotAsked() {
        Policy elsewhere = new Policy.Loaded(
                new PolicyRef("staging", "u", 1),
                new Match(Set.of("staging"), LabelSelector.EVERYTHING),
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(Fixture.check("never", Mode.ENFORCE, Says.FAILED.check())),
                List.of());
        Decision decision = decide(Fixture.create(WORKLOAD), evidence(elsewhere));
        assertThat(decision).isInstanceOf(Decision.Allowed.class);
        assertThat(decision.basis().policies()).isEmpty();
    }

    /// Policies that may have changed since decide nothing, whatever they say: as the gate has it.
    @Test
    void failure15_evidenceThatIsTooOldIsUndecidedAndNeverOlderPolicies() {
        Policy allows = Fixture.policy(
                "p", OnUndecided.ALLOW, Fixture.check("ok-check", Mode.ENFORCE, Fixture.Says.PASSED.check()));
        Evidence fresh = Fixture.evidence(allows);
        Evidence stale = new Evidence(
                fresh.cluster(),
                fresh.at(),
                fresh.namespaceLabels(),
                fresh.policies(),
                fresh.paths(),
                fresh.approvals(),
                fresh.drift(),
                Optional.of(Fixture.AT.minusSeconds(61)));
        for (Gate gate : Gate.values()) {
            Request request = Fixture.request(Operation.CREATE, Fixture.deployment("nginx"), Optional.empty(), gate);
            Decision decision = Fixture.decide(request, stale);
            assertThat(decision).isInstanceOf(Decision.Undecided.class);
            assertThat(decision.admits()).isEqualTo(gate == Gate.OPTIONAL);
            assertThat(decision.approves()).isFalse();
            assertThat(decision.basis().reasons())
                    .extracting(reason -> reason.violation().code())
                    .containsExactly("EvidenceStale");
        }
    }
}
