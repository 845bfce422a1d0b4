package dev.interlock.feedback;

import static dev.interlock.feedback.Worlds.CHECK;
import static dev.interlock.feedback.Worlds.DENYING;
import static dev.interlock.feedback.Worlds.POLICY;
import static dev.interlock.feedback.Worlds.at;
import static dev.interlock.feedback.Worlds.ticks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.decision.CheckId;
import dev.interlock.decision.Mode;
import dev.interlock.decision.Tightening;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Single rules as people meet them.
class FeedbackRuleTest {
    private static final Tighten ENFORCE = new Tighten.RaiseToEnforce(DENYING);

    private static Rule rule(int count, Duration within, Duration hold) {
        return new Rule(new Trigger.Drift(count, within), ENFORCE, Scope.SERVICE, hold);
    }

    private static History drifts(int... ticks) {
        List<Onset> onsets = IntStream.of(ticks)
                .mapToObj(tick -> new Onset("drift-%02d".formatted(tick), "payments", at(tick)))
                .toList();
        return new History(onsets, List.of(), List.of());
    }

    private static List<Tightening> of(Rule rule, History history, int now) {
        return Effective.of(List.of(rule), POLICY, history, at(now));
    }

    @Test
    void theThirdDriftRaisesTheCheckAndSaysWhy() {
        assertThat(of(rule(3, Duration.ofHours(1), ticks(30)), drifts(2, 5, 7), 8))
                .containsExactly(new Tightening(
                        DENYING,
                        Optional.of("payments"),
                        Optional.of(Mode.ENFORCE),
                        Map.of(),
                        "3 drifts in 1h",
                        List.of("drift-02", "drift-05", "drift-07"),
                        at(7),
                        at(37)));
    }

    @Test
    void aWindowThatIsStillFullDoesNotExtendTheHold() {
        Rule rule = rule(3, Duration.ofDays(7), ticks(3));
        assertThat(of(rule, drifts(0, 1, 2), 4)).hasSize(1);
        assertThat(of(rule, drifts(0, 1, 2), 5)).isEmpty();
        assertThat(of(rule, drifts(0, 1, 2, 4), 5)).singleElement().satisfies(extended -> {
            assertThat(extended.since()).isEqualTo(at(2));
            assertThat(extended.until()).isEqualTo(at(7));
            assertThat(extended.because()).containsExactly("drift-01", "drift-02", "drift-04");
        });
    }

    @Test
    void aHoldThatBeginsWhenAnotherEndsContinuesIt() {
        Rule rule = rule(1, ticks(1), ticks(3));
        assertThat(of(rule, drifts(0, 3), 4)).extracting(Tightening::since).containsExactly(at(0));
        assertThat(of(rule, drifts(0, 4), 4)).extracting(Tightening::since).containsExactly(at(4));
    }

    @Test
    void theWindowIsOpenAtItsStart() {
        assertThat(of(rule(2, ticks(5), ticks(3)), drifts(0, 5), 5)).isEmpty();
        assertThat(of(rule(2, ticks(5), ticks(3)), drifts(1, 5), 5)).hasSize(1);
    }

    @Test
    void anOnsetToldWithTwoTimesIsOneAtTheEarlier() {
        History history = new History(
                List.of(new Onset("drift-a", "payments", at(2)), new Onset("drift-a", "payments", at(1))),
                List.of(),
                List.of());
        assertThat(of(rule(2, ticks(5), ticks(3)), history, 2)).isEmpty();
        assertThat(of(rule(1, ticks(5), ticks(3)), history, 2))
                .extracting(Tightening::until)
                .containsExactly(at(4));
    }

    @Test
    void oneRecordThatDeniesThriceIsThreeDenialsAndOneName() {
        List<Denial> denials = IntStream.range(0, 3)
                .mapToObj(tick -> new Denial("decision", POLICY, DENYING.value(), "payments", at(tick)))
                .toList();
        Trigger on = new Trigger.Violations(DENYING, 3, Duration.ofSeconds(150));
        Rule rule = new Rule(on, new Tighten.SetThresholds(CHECK, Map.of("high", 0L)), Scope.POLICY, ticks(3));
        assertThat(of(rule, new History(List.of(), denials, List.of()), 2))
                .containsExactly(new Tightening(
                        CHECK,
                        Optional.empty(),
                        Optional.empty(),
                        Map.of("high", 0L),
                        "3 denials by images-pinned in 150s",
                        List.of("decision"),
                        at(2),
                        at(5)));
    }

    @Test
    void atMostTenNamesAreGivenTheLatestOfThem() {
        assertThat(of(
                        rule(12, ticks(60), ticks(3)),
                        drifts(IntStream.range(0, 13).toArray()),
                        12))
                .singleElement()
                .satisfies(tightening -> assertThat(tightening.because())
                        .hasSize(10)
                        .startsWith("drift-03")
                        .endsWith("drift-12"));
    }

    @Test
    void theCauseIsWrittenAsPeopleWriteIt() {
        assertThat(List.of(
                        new Trigger.Drift(1, Duration.ofSeconds(90)).cause(),
                        new Trigger.Drift(2, Duration.ofMinutes(90)).cause(),
                        new Trigger.Drift(3, Duration.ofHours(36)).cause(),
                        new Trigger.Drift(4, Duration.ofHours(168)).cause(),
                        new Trigger.Violations(DENYING, 1, Duration.ofHours(1)).cause()))
                .containsExactly(
                        "1 drift in 90s",
                        "2 drifts in 90m",
                        "3 drifts in 36h",
                        "4 drifts in 7d",
                        "1 denial by images-pinned in 1h");
    }

    @Test
    void theOrderIsByCheckServiceEndAndCause() {
        Tighten other = new Tighten.RaiseToEnforce(new CheckId("a-first"));
        List<Rule> rules = new ArrayList<>(List.of(
                new Rule(new Trigger.Drift(2, ticks(5)), ENFORCE, Scope.SERVICE, ticks(3)),
                new Rule(new Trigger.Drift(1, ticks(5)), ENFORCE, Scope.SERVICE, ticks(3)),
                new Rule(new Trigger.Drift(1, ticks(5)), ENFORCE, Scope.SERVICE, ticks(2)),
                new Rule(new Trigger.Drift(1, ticks(5)), ENFORCE, Scope.POLICY, ticks(9)),
                new Rule(new Trigger.Drift(1, ticks(5)), other, Scope.SERVICE, ticks(9))));
        for (List<Rule> permuted : Worlds.permutations(rules)) {
            assertThat(Effective.of(permuted, POLICY, drifts(0, 1), at(1)))
                    .extracting(one -> "%s %s %s %s"
                            .formatted(one.check(), one.service().orElse("*"), Worlds.tick(one.until()), one.cause()))
                    .containsExactly(
                            "a-first payments 10 1 drift in 5m",
                            "images-pinned * 10 1 drift in 5m",
                            "images-pinned payments 3 1 drift in 5m",
                            "images-pinned payments 4 1 drift in 5m",
                            "images-pinned payments 4 2 drifts in 5m");
        }
    }

    @Test
    void whereThereAreTooManyThoseThatEndLastAreKept() {
        List<Onset> onsets = IntStream.range(0, 250)
                .mapToObj(tick -> new Onset("drift-" + tick, "service-%03d".formatted(tick), at(tick)))
                .toList();
        History history = new History(onsets, List.of(), List.of());
        List<Tightening> all = of(rule(1, ticks(1), ticks(300)), history, 260);
        assertThat(Effective.bounded(all, 200)).isEqualTo(new Effective.Bounded(all.subList(50, 250), 50));
        assertThat(Effective.bounded(all.reversed(), 200)).isEqualTo(Effective.bounded(all, 200));
        assertThat(Effective.bounded(all, 250)).isEqualTo(new Effective.Bounded(all, 0));
    }

    @Test
    void aReleaseByAClockThatRunsAheadIsWaitedFor() {
        Release release = new Release(POLICY, DENYING.value(), Optional.empty(), at(6), "alice");
        History history = new History(drifts(1).onsets(), List.of(), List.of(release));
        Rule rule = rule(1, ticks(1), ticks(30));
        assertThat(of(rule, history, 2)).hasSize(1);
        assertThat(Effective.next(List.of(rule), POLICY, history, at(2))).contains(at(6));
        assertThat(of(rule, history, 6)).isEmpty();
    }

    @Test
    void aRuleThatCannotBeMeantIsRefused() {
        assertThatThrownBy(() -> new Trigger.Drift(0, ticks(1))).hasMessage("count must be at least 1: 0");
        assertThatThrownBy(() -> new Trigger.Violations(DENYING, 1, Duration.ZERO))
                .hasMessage("within must be whole seconds, from 1s to 3660d: PT0S");
        assertThatThrownBy(() -> rule(1, ticks(1), Duration.ofMillis(1500)))
                .hasMessage("hold must be whole seconds, from 1s to 3660d: PT1.5S");
        assertThatThrownBy(() -> rule(1, ticks(1), Duration.ofDays(3661))).hasMessageStartingWith("hold must be");
        assertThatThrownBy(() -> new Tighten.SetThresholds(CHECK, Map.of()))
                .hasMessage("at least one threshold must be set");
        assertThatThrownBy(() -> new Tighten.SetThresholds(CHECK, Map.of("high", -1L)))
                .hasMessage("threshold `high` must not be negative: -1");
    }
}
