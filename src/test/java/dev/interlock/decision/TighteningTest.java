package dev.interlock.decision;

import static dev.interlock.decision.Fixture.AT;
import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static dev.interlock.decision.Fixture.withTightenings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.check.Stable;
import dev.interlock.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Law 11 as the evaluator keeps it: whatever stands in a policy's status, it can only tighten, and not for ever.
class TighteningTest {
    private static final CheckId CHECK = new CheckId("images-pinned");
    private static final Workload WORKLOAD = Fixture.deployment("nginx");
    private static final Instant UNTIL = Instant.parse("2026-11-25T14:20:00Z");

    private static Tightening raised(Optional<String> service, Optional<Mode> mode, Instant until) {
        return new Tightening(
                CHECK, service, mode, Map.of(), "3 drifts in 1h", List.of("drift-1"), AT.minusSeconds(60), until);
    }

    private static Tightening set(String threshold, long value, Instant until) {
        return new Tightening(
                new CheckId("stable"),
                Optional.empty(),
                Optional.empty(),
                Map.of(threshold, value),
                "3 drifts in 1h",
                List.of("drift-1"),
                AT.minusSeconds(60),
                until);
    }

    private static Policy declared(Mode mode, Says says) {
        return Fixture.policy("p", OnUndecided.DENY, Fixture.check(CHECK.value(), mode, says.check()));
    }

    /// Denied, Undecided, Warned, Allowed: the stricter the smaller.
    private static int strictness(Decision decision) {
        return List.of("Denied", "Undecided", "Warned", "Allowed").indexOf(decision.outcome());
    }

    /// Two tightenings at most, each of any service, mode and end, of a check in any mode with any result.
    @Test
    void law11_evaluatorTakesTheStricterOfDeclaredAndEffectiveInEveryWorld() {
        List<Tightening> each = new ArrayList<>();
        for (Optional<String> service :
                List.of(Optional.<String>empty(), Optional.of("shop"), Optional.of("another"))) {
            for (Optional<Mode> mode : List.of(
                    Optional.<Mode>empty(),
                    Optional.of(Mode.AUDIT),
                    Optional.of(Mode.WARN),
                    Optional.of(Mode.ENFORCE))) {
                for (Instant until : List.of(AT.minusSeconds(1), AT, AT.plusMillis(1))) {
                    each.add(raised(service, mode, until));
                }
            }
        }
        for (Mode mode : Mode.values()) {
            for (Says says : Says.values()) {
                Decision declared = decide(Fixture.create(WORKLOAD), evidence(declared(mode, says)));
                Decision enforced = decide(Fixture.create(WORKLOAD), evidence(declared(Mode.ENFORCE, says)));
                for (Tightening one : each) {
                    for (Tightening other : each) {
                        Decision decision = decide(
                                Fixture.create(WORKLOAD), evidence(withTightenings(declared(mode, says), one, other)));
                        boolean raises = mode != Mode.AUDIT && (raises(one) || raises(other));
                        assertThat(decision.outcome())
                                .as("%s %s under %s and %s", mode, says, one, other)
                                .isEqualTo((raises ? enforced : declared).outcome());
                        assertThat(strictness(decision)).isLessThanOrEqualTo(strictness(declared));
                    }
                }
            }
        }
    }

    private static boolean raises(Tightening tightening) {
        return tightening.mode().equals(Optional.of(Mode.ENFORCE))
                && tightening.until().isAfter(AT)
                && !tightening.service().equals(Optional.of("another"));
    }

    @Test
    void law11_thresholdIsTheLeastOfDeclaredAndEffective() {
        for (long declared = 0; declared <= 3; declared++) {
            for (long effective = 0; effective <= 3; effective++) {
                for (int open = 0; open <= 4; open++) {
                    Policy policy = withTightenings(
                            Fixture.policy(
                                    "p",
                                    OnUndecided.DENY,
                                    Fixture.check(
                                            "stable",
                                            Mode.ENFORCE,
                                            new Stable(Optional.of(declared), Optional.empty()))),
                            set(Stable.MAX_OPEN_DRIFT, effective, UNTIL),
                            set(Stable.MAX_OPEN_DRIFT, 0, AT));
                    Decision decision =
                            decide(Fixture.create(WORKLOAD), Fixture.withDrift(evidence(policy), drifts(open)));
                    assertThat(decision instanceof Decision.Denied)
                            .as("declared %d, effective %d, open %d", declared, effective, open)
                            .isEqualTo(open > Math.min(declared, effective));
                }
            }
        }
    }

    private static DriftFact[] drifts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new DriftFact("drift-" + i, "shop", AT.minus(Duration.ofMinutes(5)), true, false))
                .toArray(DriftFact[]::new);
    }

    @Test
    void law11_onlyDriftOfTheSubjectsServiceCounts() {
        Policy policy = Fixture.policy(
                "p",
                OnUndecided.DENY,
                Fixture.check("stable", Mode.ENFORCE, new Stable(Optional.of(0L), Optional.empty())));
        DriftFact anothers = new DriftFact("drift-1", "another", AT, true, false);
        assertThat(decide(Fixture.create(WORKLOAD), Fixture.withDrift(evidence(policy), anothers)))
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void law2_tighteningToEnforceMakesAnErrorUndecidedByThePolicysOwnWord() {
        for (OnUndecided onUndecided : OnUndecided.values()) {
            Policy policy = withTightenings(
                    Fixture.policy("p", onUndecided, Fixture.check(CHECK.value(), Mode.WARN, Says.ERRORED.check())),
                    raised(Optional.empty(), Optional.of(Mode.ENFORCE), UNTIL));
            Decision decision = decide(Fixture.create(WORKLOAD), evidence(policy));
            assertThat(decision).isInstanceOf(Decision.Undecided.class);
            assertThat(decision.admits()).isEqualTo(onUndecided == OnUndecided.ALLOW);
        }
    }

    static Stream<Arguments> texts() {
        Tightening today = new Tightening(
                CHECK,
                Optional.empty(),
                Optional.of(Mode.ENFORCE),
                Map.of(),
                "3 drifts in 1h",
                List.of("drift-a", "drift-b", "drift-c"),
                AT,
                UNTIL);
        return Stream.of(
                Arguments.of(
                        today,
                        "tightened from Warn to Enforce until 14:20 UTC because of 3 drifts in 1h"
                                + " (drift-a, drift-b, drift-c)"),
                Arguments.of(
                        new Tightening(
                                CHECK,
                                Optional.of("shop"),
                                Optional.of(Mode.ENFORCE),
                                Map.of(),
                                "4 drifts in 1h",
                                List.of("drift-a", "drift-b", "drift-c", "drift-d", "drift-e"),
                                AT,
                                Instant.parse("2026-12-01T09:05:00Z")),
                        "tightened from Warn to Enforce until 2026-12-01 09:05 UTC because of 4 drifts in 1h"
                                + " (drift-a, drift-b, drift-c and 2 more)"),
                Arguments.of(
                        new Tightening(
                                CHECK,
                                Optional.empty(),
                                Optional.of(Mode.ENFORCE),
                                Map.of(),
                                "a reason",
                                List.of(),
                                AT,
                                UNTIL),
                        "tightened from Warn to Enforce until 14:20 UTC because of a reason"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void denialSaysFromWhatToWhatUntilWhenAndWhy(Tightening tightening, String text) {
        Decision decision = decide(
                Fixture.create(WORKLOAD), evidence(withTightenings(declared(Mode.WARN, Says.FAILED), tightening)));
        assertThat(decision).isInstanceOf(Decision.Denied.class);
        assertThat(decision.basis().reasons()).singleElement().satisfies(reason -> {
            assertThat(reason.tightened()).contains(text);
            assertThat(reason.mode()).isEqualTo(Mode.ENFORCE);
        });
        assertThat(decision.basis().tightened())
                .extracting(Decision.InForce::tightening)
                .containsExactly(tightening);
    }

    @Test
    void denialByATightenedThresholdSaysWhichAndThatOfTwoTheLastToEndIsNamed() {
        Policy policy = withTightenings(
                Fixture.policy(
                        "p",
                        OnUndecided.DENY,
                        Fixture.check("stable", Mode.ENFORCE, new Stable(Optional.of(2L), Optional.empty()))),
                set(Stable.MAX_OPEN_DRIFT, 0, UNTIL.minusSeconds(60)),
                set(Stable.MAX_OPEN_DRIFT, 1, UNTIL));
        Decision decision = decide(Fixture.create(WORKLOAD), Fixture.withDrift(evidence(policy), drifts(2)));
        assertThat(decision.basis().reasons())
                .singleElement()
                .extracting(reason -> reason.tightened().orElseThrow())
                .isEqualTo("tightened to maxOpenDrift 1 until 14:20 UTC because of 3 drifts in 1h (drift-1)");
    }

    @Test
    void whatWouldHaveDeniedAsDeclaredIsNotSaidToBeTightened() {
        Decision declared = decide(
                Fixture.create(WORKLOAD),
                evidence(withTightenings(
                        declared(Mode.ENFORCE, Says.FAILED),
                        raised(Optional.empty(), Optional.of(Mode.ENFORCE), UNTIL))));
        assertThat(declared.basis().reasons())
                .singleElement()
                .satisfies(reason -> assertThat(reason.tightened()).isEmpty());
    }

    @Test
    void columnNamesServiceCheckAndEnd() {
        assertThat(raised(Optional.of("shop"), Optional.of(Mode.ENFORCE), UNTIL).shown(AT))
                .isEqualTo("shop: images-pinned to Enforce until 14:20 UTC (3 drifts in 1h)");
        assertThat(set(Stable.MAX_DRIFT, 1, UNTIL).shown(AT))
                .isEqualTo("stable to maxDrift 1 until 14:20 UTC (3 drifts in 1h)");
    }
}
