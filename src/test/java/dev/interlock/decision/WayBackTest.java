package dev.interlock.decision;

import static dev.interlock.decision.Fixture.AT;
import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static dev.interlock.decision.Fixture.withApprovals;
import static dev.interlock.decision.Fixture.withDrift;
import static dev.interlock.decision.Fixture.withTightenings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.check.Stable;
import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Law 10: the way back is open.
class WayBackTest {
    private static final Workload GOOD = Fixture.deployment("good");
    private static final Workload LIVE = Fixture.deployment("live");
    private static final DriftFact OPEN = new DriftFact("drift-1", "shop", AT, true, false);

    /// Feedback made it Enforce and left no drift at all.
    private static final Tightening[] TIGHTENED = {tightened("content"), tightened("stable"), tightened("bad-image")};

    private static Tightening tightened(String check) {
        return new Tightening(
                new CheckId(check),
                Optional.empty(),
                Optional.of(Mode.ENFORCE),
                Map.of(Stable.MAX_OPEN_DRIFT, 0L),
                "3 drifts in 1h",
                List.of("drift-1"),
                AT,
                AT.plusSeconds(3_600));
    }

    private static Approvals back(Workload... workloads) {
        return new Approvals(
                Set.of(),
                Arrays.stream(workloads)
                        .map(workload -> Content.template(workload, Fixture.MASK))
                        .collect(Collectors.toSet()));
    }

    private static Evidence given(Approvals approvals, Policy policy) {
        return withDrift(withApprovals(evidence(policy), approvals), OPEN);
    }

    private static ConfiguredCheck content(Mode mode, Says says) {
        return Fixture.check("content", mode, says.check());
    }

    private static ConfiguredCheck stable(long maximum) {
        return Fixture.check("stable", Mode.ENFORCE, new Stable(Optional.of(maximum), Optional.empty()));
    }

    private static Policy policy(ConfiguredCheck... checks) {
        return withTightenings(Fixture.policy("p", OnUndecided.DENY, checks), TIGHTENED);
    }

    @Test
    void law10_stabilityAndWhatFeedbackTightenedWarnOnTheWayBackAndDenyNewContent() {
        Policy policy = policy(content(Mode.WARN, Says.FAILED), stable(5));
        Decision back = decide(Fixture.update(LIVE, GOOD), given(back(GOOD), policy));
        assertThat(back).isInstanceOf(Decision.Warned.class);
        assertThat(back.basis().reasons()).hasSize(2).allSatisfy(reason -> {
            assertThat(reason.effect()).isEqualTo(Effect.WARNS);
            assertThat(reason.relief()).isEqualTo(Relief.WAY_BACK);
            assertThat(reason.tightened()).isPresent();
        });
        assertThat(back.approves()).as("it is no relief of law 9").isTrue();

        Decision forth = decide(Fixture.update(LIVE, Fixture.deployment("new")), given(back(GOOD), policy));
        assertThat(forth).isInstanceOf(Decision.Denied.class);
        assertThat(forth.basis().reasons()).extracting(Reason::effect).containsOnly(Effect.DENIES);
    }

    @Test
    void law10_declaredStabilityWarnsOnTheWayBackToo() {
        Policy declared = Fixture.policy("p", OnUndecided.DENY, stable(0));
        assertThat(decide(Fixture.update(LIVE, GOOD), given(back(GOOD), declared)))
                .isInstanceOf(Decision.Warned.class);
        assertThat(decide(Fixture.update(LIVE, GOOD), given(Approvals.NONE, declared)))
                .isInstanceOf(Decision.Denied.class);
    }

    /// Every mode and result of a check about content, tightened or not.
    @Test
    void law10_declaredViolationsAndErrorsStayWhatTheyAreOnTheWayBack() {
        for (Mode mode : Mode.values()) {
            for (Says says : Says.values()) {
                Policy plain = Fixture.policy("p", OnUndecided.DENY, content(mode, says));
                Decision declared = decide(Fixture.update(LIVE, GOOD), given(Approvals.NONE, plain));
                Decision onTheWayBack =
                        decide(Fixture.update(LIVE, GOOD), given(back(GOOD), policy(content(mode, says))));
                assertThat(onTheWayBack.outcome())
                        .as("%s %s, as if there were no feedback", mode, says)
                        .isEqualTo(declared.outcome());
            }
        }
    }

    /// One check with a violation that the declared threshold has and one that only feedback finds.
    @Test
    void law10_reliefIsOfEachViolationByItselfAndNotOfTheCheck() {
        Check images = new Check() {
            @Override
            public CheckResult evaluate(Workload workload, Situation situation) {
                return new CheckResult.Failed(new NonEmpty<>(List.of(new Violation("Declared", "spec.a", "is bad"))));
            }

            @Override
            public Check tightened(Map<String, Long> thresholds) {
                return (_, _) -> new CheckResult.Failed(new NonEmpty<>(List.of(
                        new Violation("Declared", "spec.a", "is bad"),
                        new Violation("Tightened", "spec.b", "is bad"))));
            }
        };
        Policy policy = policy(Fixture.check("bad-image", Mode.ENFORCE, images));
        Decision decision = decide(Fixture.update(LIVE, GOOD), given(back(GOOD), policy));
        assertThat(decision.basis().reasons())
                .extracting(reason -> reason.violation().code() + " " + reason.effect() + " " + reason.relief())
                .containsExactly("Declared DENIES NONE", "Tightened WARNS WAY_BACK");
    }

    /// The old template comes back with a default that the API server fills in since it was upgraded.
    @Test
    void law10_aDefaultThatAnUpgradeOfKubernetesAddedIsNoNewContent() {
        Policy policy = policy(stable(5));
        for (Owned owned : Owned.values()) {
            Workload live = stored(withDefault("live", "filled in"), owned);
            assertThat(decide(Fixture.update(live, withDefault("good", "filled in")), given(back(GOOD), policy))
                            .admits())
                    .as("a field that %s owns", owned)
                    .isEqualTo(owned == Owned.NOBODY);
            assertThat(decide(Fixture.update(live, withDefault("good", "asked for")), given(back(GOOD), policy))
                            .admits())
                    .as("another value than the default is content")
                    .isFalse();
            assertThat(decide(Fixture.update(live, withDefault("new", "filled in")), given(back(GOOD), policy))
                            .admits())
                    .as("new content with the default")
                    .isFalse();
        }
    }

    private enum Owned {
        NOBODY,
        SOMEBODY,
        NO_MANAGERS
    }

    private static Workload withDefault(String image, String value) {
        return Fixture.deployment(Fixture.obj(
                "containers",
                List.of(Fixture.container("app", image).with("novel", Fixture.node(value))),
                "novelties",
                Fixture.obj("novel", value)));
    }

    private static Workload stored(Workload workload, Owned owned) {
        Node.Obj container = Fixture.obj(".", Node.Obj.EMPTY, "f:name", Node.Obj.EMPTY, "f:image", Node.Obj.EMPTY);
        Node.Obj podSpec = Fixture.obj(
                "f:containers",
                Fixture.obj(
                        "k:{\"name\":\"app\"}",
                        owned == Owned.SOMEBODY ? container.with("f:novel", Node.Obj.EMPTY) : container));
        Node.Obj fields = Fixture.obj(
                "f:spec",
                Fixture.obj(
                        "f:replicas",
                        Node.Obj.EMPTY,
                        "f:template",
                        Fixture.obj(
                                "f:metadata",
                                Fixture.obj("f:labels", Fixture.obj(".", Node.Obj.EMPTY, "f:app", Node.Obj.EMPTY)),
                                "f:spec",
                                podSpec)));
        return owned == Owned.NO_MANAGERS
                ? workload
                : Workload.of(
                        workload.kind(),
                        workload.object()
                                .change(
                                        List.of("metadata"),
                                        metadata -> metadata.with(
                                                "managedFields",
                                                Fixture.node(List.of(Fixture.obj("fieldsV1", fields))))));
    }

    @Test
    void law10_aCreateIsNoWayBack() {
        assertThat(decide(Fixture.create(GOOD), given(back(GOOD), policy(stable(5)))))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void law10_whatIsRecalledOrSupersededTooLongAgoIsNoWayBack() {
        String template = Content.template(GOOD, Fixture.MASK);
        String content = Content.of(GOOD, Fixture.MASK).digest();
        Duration window = Duration.ofDays(30);
        Approvals.Approved good =
                new Approvals.Approved(1, AT.minus(Duration.ofDays(90)), content, Optional.of(template));
        Policy policy = policy(stable(5));
        for (int superseded : List.of(29, 30)) {
            Approvals.Approved other =
                    new Approvals.Approved(2, AT.minus(Duration.ofDays(superseded)), "x", Optional.of("y"));
            assertThat(decide(
                                    Fixture.update(LIVE, GOOD),
                                    given(
                                            ApprovalHistory.NONE
                                                    .with(List.of(good, other))
                                                    .at(Set.of(), AT, window),
                                            policy))
                            .admits())
                    .as("superseded %d days ago", superseded)
                    .isEqualTo(superseded < 30);
            assertThat(decide(
                                    Fixture.update(LIVE, GOOD),
                                    given(
                                            ApprovalHistory.NONE
                                                    .with(List.of(good, other))
                                                    .at(Set.of(content), AT, window),
                                            policy))
                            .admits())
                    .as("recalled")
                    .isFalse();
        }
    }

    @Test
    void law10_restartsAndReplicasDoNotCloseTheWay() {
        Workload restarted = Workload.of(
                GOOD.kind(),
                GOOD.object()
                        .change(
                                List.of("spec"),
                                spec -> spec.with("replicas", new Node.Int(9))
                                        .change(
                                                List.of("template", "metadata"),
                                                metadata -> metadata.with(
                                                        "annotations",
                                                        Fixture.obj(
                                                                "kubectl.kubernetes.io/restartedAt",
                                                                "2026-11-25T10:00:00Z")))));
        assertThat(decide(Fixture.update(LIVE, restarted), given(back(GOOD), policy(stable(5)))))
                .isInstanceOf(Decision.Warned.class);
    }

    @Test
    void law10_otherChangesInTheSameRequestAreJudgedAsDeclared() {
        Workload relabelled = Workload.of(
                GOOD.kind(),
                GOOD.object().change(List.of("metadata", "labels"), labels -> labels.with("team", Fixture.node("x"))));
        Check aboutLabels = (workload, _) -> workload.labels().containsKey("team")
                ? new CheckResult.Failed(new NonEmpty<>(List.of(Fixture.VIOLATION)))
                : new CheckResult.Passed();
        Policy policy = policy(Fixture.check("labels", Mode.ENFORCE, aboutLabels), stable(5));
        assertThat(decide(Fixture.update(LIVE, relabelled), given(back(GOOD), policy)))
                .isInstanceOf(Decision.Denied.class);
        assertThat(decide(Fixture.update(LIVE, GOOD), given(back(GOOD), policy)))
                .isInstanceOf(Decision.Warned.class);
    }
}
