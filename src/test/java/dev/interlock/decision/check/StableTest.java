package dev.interlock.decision.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Check;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.DriftFact;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Violation;
import dev.interlock.decision.check.Stable.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The check kind `stability`.
class StableTest {
    private static final Limit TWO_IN_AN_HOUR = new Limit(2, Duration.ofHours(1), "1h");

    private static DriftFact drift(String name, long minutesAgo, boolean open) {
        return new DriftFact(name, "shop", Fixture.AT.minus(Duration.ofMinutes(minutesAgo)), open, false);
    }

    private static DriftFact continuing(String name, long minutesAgo) {
        return new DriftFact(name, "shop", Fixture.AT.minus(Duration.ofMinutes(minutesAgo)), true, true);
    }

    private static List<Violation> violations(Check check, List<DriftFact> drift) {
        return switch (check.evaluate(
                Fixture.deployment("nginx"), Fixture.situation(drift.toArray(DriftFact[]::new)))) {
            case CheckResult.Passed _ -> List.of();
            case CheckResult.Failed(var found) -> found.items();
            case CheckResult.Errored(String cause) -> throw new AssertionError(cause);
        };
    }

    static Stream<Arguments> cases() {
        Stable none = new Stable(Optional.of(0L), Optional.empty());
        Stable one = new Stable(Optional.of(1L), Optional.empty());
        Stable seldom = new Stable(Optional.empty(), Optional.of(TWO_IN_AN_HOUR));
        Stable both = new Stable(Optional.of(0L), Optional.of(new Limit(0, Duration.ofHours(1), "1h")));
        return Stream.of(
                Arguments.of("no drift", none, List.of(), List.of()),
                Arguments.of("one open, none allowed", none, List.of(drift("a", 5, true)), List.of("OpenDrift")),
                Arguments.of("one open, one allowed", one, List.of(drift("a", 5, true)), List.of()),
                Arguments.of(
                        "one open and one resolved",
                        one,
                        List.of(drift("a", 5, true), drift("b", 5, false)),
                        List.of()),
                Arguments.of("however long it is open", none, List.of(drift("a", 99_999, true)), List.of("OpenDrift")),
                Arguments.of("one that goes on is open", none, List.of(continuing("a", 5)), List.of("OpenDrift")),
                Arguments.of(
                        "as many in the time as allowed",
                        seldom,
                        List.of(drift("a", 5, true), drift("b", 10, false)),
                        List.of()),
                Arguments.of(
                        "one more, resolved or not",
                        seldom,
                        List.of(drift("a", 5, false), drift("b", 10, false), drift("c", 59, false)),
                        List.of("DriftFrequent")),
                Arguments.of(
                        "the time ends before its first moment",
                        seldom,
                        List.of(drift("a", 5, true), drift("b", 10, false), drift("c", 60, false)),
                        List.of()),
                Arguments.of(
                        "one that goes on did not begin",
                        seldom,
                        List.of(drift("a", 5, true), drift("b", 10, false), continuing("c", 15)),
                        List.of()),
                Arguments.of("both", both, List.of(drift("a", 5, true)), List.of("OpenDrift", "DriftFrequent")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void driftIsBorneUpToTheLimit(String what, Stable check, List<DriftFact> drift, List<String> codes) {
        assertThat(violations(check, drift))
                .as(what)
                .extracting(Violation::code)
                .isEqualTo(codes);
    }

    @Test
    void violationNamesServiceCountsAndTheFirstDrifts() {
        List<DriftFact> drift = Stream.of("drift-4", "drift-1", "drift-3", "drift-2")
                .map(name -> drift(name, 5, true))
                .toList();
        assertThat(violations(new Stable(Optional.of(1L), Optional.of(TWO_IN_AN_HOUR)), drift))
                .extracting(Violation::message)
                .containsExactly(
                        "service `shop` has 4 open drifts, at most 1 allowed (drift-1, drift-2, drift-3);"
                                + " restore or promote what drifted",
                        "service `shop` drifted 4 times in 1h, at most 2 allowed (drift-1, drift-2, drift-3);"
                                + " see why it is changed by hand");
    }

    @Test
    void law11_thresholdsAreOnlyEverTightened() {
        Stable declared = new Stable(Optional.of(2L), Optional.of(TWO_IN_AN_HOUR));
        for (long value = 0; value <= 4; value++) {
            long least = Math.min(value, 2);
            assertThat(declared.tightened(Map.of(Stable.MAX_OPEN_DRIFT, value)))
                    .isEqualTo(new Stable(Optional.of(least), Optional.of(TWO_IN_AN_HOUR)));
            assertThat(declared.tightened(Map.of(Stable.MAX_DRIFT, value)))
                    .isEqualTo(new Stable(Optional.of(2L), Optional.of(new Limit(least, Duration.ofHours(1), "1h"))));
        }
        assertThat(declared.tightened(Map.of("unknown", 0L))).isEqualTo(declared);
        Stable unlimited = new Stable(Optional.empty(), Optional.of(TWO_IN_AN_HOUR));
        assertThat(unlimited.tightened(Map.of(Stable.MAX_OPEN_DRIFT, 0L)))
                .as("a limit that is not declared is none to tighten")
                .isEqualTo(unlimited);
    }

    @Test
    void itIsAboutThePromotion() {
        assertThat(new Stable(Optional.of(1L), Optional.empty()).aboutPromotion())
                .isTrue();
    }
}
