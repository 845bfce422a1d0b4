package dev.interlock.feedback;

import static dev.interlock.feedback.Worlds.CHECK;
import static dev.interlock.feedback.Worlds.DENYING;
import static dev.interlock.feedback.Worlds.LAST_NOW;
import static dev.interlock.feedback.Worlds.POLICY;
import static dev.interlock.feedback.Worlds.at;
import static dev.interlock.feedback.Worlds.drifts;
import static dev.interlock.feedback.Worlds.release;
import static dev.interlock.feedback.Worlds.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Tightening;
import dev.interlock.feedback.Oracle.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Law 11 of the design over every small world, and against an oracle that is written another way.
class EffectiveTest {
    private static final List<Rule> RULES = Worlds.rules();
    private static final List<List<Seen>> WORLDS = Worlds.upTo(5);

    private static List<Tightening> of(List<Rule> rules, History history, Instant now) {
        return Effective.of(rules, POLICY, history, now);
    }

    private static List<Tightening> of(List<Seen> world, int now) {
        return of(RULES, drifts(world), at(now));
    }

    private static Rule ruleOf(Tightening tightening) {
        return RULES.get(Math.toIntExact(tightening.thresholds().getOrDefault("high", -1L)));
    }

    private static <T> List<T> twice(List<T> items) {
        return Collections.nCopies(2, items).stream().flatMap(List::stream).toList();
    }

    /// Which rule it is of, for whom.
    private static String key(Tightening tightening) {
        return tightening.thresholds() + tightening.service().orElse("");
    }

    private static boolean holdsAsLong(Tightening still, Tightening tightening) {
        return key(still).equals(key(tightening))
                && !still.until().isBefore(tightening.until())
                && !still.since().isAfter(tightening.since());
    }

    @Test
    void law11_feedbackIsWhatTheDesignSaysInEveryWorld() {
        assertThat(WORLDS).hasSize(1 + 11 + 55 + 165 + 330 + 462);
        for (List<Seen> world : WORLDS) {
            for (int now = 0; now <= LAST_NOW; now++) {
                List<Tightening> actual = of(world, now);
                assertThat(actual).as("%s at %d", world, now).doesNotHaveDuplicates();
                assertThat(new HashSet<>(actual))
                        .as("%s at %d", world, now)
                        .isEqualTo(Oracle.of(RULES, world, List.of(), now));
            }
        }
    }

    @Test
    void law11_whatIsThereTwiceCountsOnce() {
        for (List<Seen> world : WORLDS) {
            List<Seen> worldTwice = twice(world);
            List<Rule> rulesTwice = twice(RULES);
            for (int now : List.of(2, 4, 6)) {
                assertThat(of(rulesTwice, drifts(worldTwice), at(now)))
                        .as("%s at %d", world, now)
                        .isEqualTo(of(world, now))
                        .isEqualTo(of(world, now));
            }
        }
    }

    @Test
    void law11_theOrderInWhichThingsAreToldIsNothing() {
        List<Rule> rules = RULES.stream()
                .filter(rule -> rule.on().count() > 1 && rule.hold().equals(ticks(3)))
                .toList();
        for (List<Seen> world : WORLDS) {
            List<Tightening> expected = of(rules, drifts(world), at(4));
            for (List<Seen> permuted : Worlds.permutations(world)) {
                if (!of(rules.reversed(), drifts(permuted), at(4)).equals(expected)) {
                    assertThat(of(rules.reversed(), drifts(permuted), at(4)))
                            .as("%s", permuted)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void law11_moreDriftNeverLoosens() {
        for (List<Seen> world : Worlds.upTo(4)) {
            for (int now = 0; now <= LAST_NOW; now++) {
                List<Tightening> before = of(world, now);
                for (Seen further : Worlds.slots()) {
                    List<Tightening> after = of(Worlds.with(world, further), now);
                    for (Tightening tightening : before) {
                        assertThat(after)
                                .as("%s and %s at %d", world, further, now)
                                .anyMatch(still -> holdsAsLong(still, tightening));
                    }
                }
            }
        }
    }

    @Test
    void law11_nothingIsTightenedBeyondItsRuleOrForLongerThanItsHold() {
        for (List<Seen> world : WORLDS) {
            for (int now = 0; now <= LAST_NOW; now++) {
                for (Tightening tightening : of(world, now)) {
                    Rule rule = ruleOf(tightening);
                    assertThat(tightening.mode()).isEmpty();
                    assertThat(tightening.check()).isEqualTo(rule.tighten().check());
                    assertThat(tightening.thresholds()).isEqualTo(((Tighten.SetThresholds) rule.tighten()).values());
                    assertThat(tightening.since()).isBeforeOrEqualTo(at(now));
                    assertThat(tightening.until()).isAfter(at(now)).isBeforeOrEqualTo(at(now).plus(rule.hold()));
                    assertThat(tightening.because())
                            .hasSize(rule.on().count())
                            .isSubsetOf(world.stream().map(Seen::name).toList());
                }
            }
        }
    }

    @Test
    void law11_whatIsDeclaredReturnsWhenTheHoldEndsAndNotBefore() {
        for (List<Seen> world : WORLDS) {
            for (Tightening tightening : of(world, 4)) {
                Instant end = tightening.until();
                assertThat(of(RULES, drifts(world), end.minusNanos(1))).contains(tightening);
                assertThat(of(RULES, drifts(world), end))
                        .noneMatch(other -> key(other).equals(key(tightening)));
            }
            assertThat(of(world, LAST_NOW)).isEmpty();
        }
    }

    /// An operator that never sleeps and remembers what it did: the other way to get at the same answer.
    private static Map<String, Instant> lived(List<Seen> world, Rule rule, Optional<Integer> released, int now) {
        Map<String, Instant> ends = new HashMap<>();
        List<Seen> known = new ArrayList<>();
        for (int tick = 0; tick <= now; tick++) {
            for (Seen one : world) {
                if (one.tick() == tick) {
                    known.add(one);
                    String group = rule.scope() == Scope.SERVICE ? one.service() : "";
                    Instant windowStart = at(tick).minus(rule.on().within());
                    long inWindow = known.stream()
                            .filter(other -> group.isEmpty() || other.service().equals(group))
                            .filter(other -> at(other.tick()).isAfter(windowStart))
                            .count();
                    if (inWindow >= rule.on().count()) {
                        ends.put(group, at(tick).plus(rule.hold()));
                    }
                }
            }
            if (released.equals(Optional.of(tick))) {
                known.clear();
                ends.clear();
            }
            Instant ending = at(tick);
            ends.values().removeIf(end -> !ending.isBefore(end));
        }
        return ends;
    }

    @Test
    void law11_anOperatorThatWasDeadForAWeekSaysWhatItWouldHaveSaidHadItLived() {
        for (List<Seen> world : Worlds.upTo(4)) {
            for (Rule rule : RULES) {
                for (Optional<Integer> released : List.of(Optional.<Integer>empty(), Optional.of(2))) {
                    List<Release> releases = released.stream()
                            .map(tick -> release(tick, Optional.empty()))
                            .toList();
                    for (int now : List.of(1, 2, 3, 4, 6)) {
                        Map<String, Instant> ends = new HashMap<>();
                        of(List.of(rule), drifts(world, releases), at(now))
                                .forEach(one -> ends.put(one.service().orElse(""), one.until()));
                        assertThat(ends)
                                .as("%s, %s, released at %s, at %d", world, rule, released, now)
                                .isEqualTo(lived(world, rule, released, now));
                    }
                }
            }
        }
    }

    @Test
    void law11_theDriftOfOneServiceTightensNothingForAnother() {
        List<Rule> rules =
                RULES.stream().filter(rule -> rule.scope() == Scope.SERVICE).toList();
        for (List<Seen> world : WORLDS) {
            List<Seen> own =
                    world.stream().filter(one -> one.service().equals("a")).toList();
            for (int now = 0; now <= LAST_NOW; now++) {
                List<Tightening> forA = of(rules, drifts(world), at(now)).stream()
                        .filter(one -> one.service().equals(Optional.of("a")))
                        .toList();
                assertThat(of(rules, drifts(own), at(now))).isEqualTo(forA);
            }
        }
    }

    @Test
    void law11_aReleaseEndsWhatWasAndTheCountStartsAnew() {
        List<Rule> rules =
                RULES.stream().filter(rule -> rule.hold().equals(ticks(3))).toList();
        for (List<Seen> world : Worlds.upTo(3)) {
            for (int tick = 0; tick <= 5; tick++) {
                for (Optional<String> service : List.of(Optional.<String>empty(), Optional.of("a"), Optional.of("b"))) {
                    List<Release> releases = List.of(release(tick, service));
                    for (int now = 0; now <= LAST_NOW; now++) {
                        assertThat(Set.copyOf(of(rules, drifts(world, releases), at(now))))
                                .as("%s, %s at %d", world, releases, now)
                                .isEqualTo(Oracle.of(rules, world, releases, now));
                    }
                }
            }
        }
    }

    @Test
    void aReleaseOfAnotherCheckOrPolicyEndsNothing() {
        List<Release> others = List.of(
                new Release(POLICY, "images-pinned", Optional.empty(), at(5), "alice"),
                new Release("staging", CHECK.value(), Optional.empty(), at(5), "alice"));
        for (List<Seen> world : Worlds.upTo(3)) {
            assertThat(of(RULES, drifts(world, others), at(5))).isEqualTo(of(world, 5));
        }
    }

    @Test
    void denialsOfTheCheckInThePolicyCountAsDriftDoes() {
        List<Rule> rules = RULES.stream().map(Worlds::onDenials).toList();
        for (List<Seen> world : Worlds.upTo(3)) {
            List<Denial> denials = world.stream()
                    .flatMap(one -> Stream.of(
                            denial(one, POLICY, DENYING.value()),
                            denial(one, POLICY, DENYING.value()),
                            denial(one, "staging", DENYING.value()),
                            denial(one, POLICY, "non-root")))
                    .toList();
            History history = new History(drifts(Worlds.slots()).onsets(), denials, List.of());
            for (int now = 0; now <= LAST_NOW; now++) {
                assertThat(Set.copyOf(of(rules, history, at(now))))
                        .as("%s at %d", world, now)
                        .isEqualTo(Oracle.of(rules, world, List.of(), now));
            }
        }
    }

    private static Denial denial(Seen seen, String policy, String check) {
        return new Denial(seen.name(), policy, check, seen.service(), at(seen.tick()));
    }

    @Test
    void whatIsDatedLaterThanNowIsNotThereYet() {
        for (List<Seen> world : WORLDS) {
            for (int now = 0; now < 5; now++) {
                int until = now;
                List<Seen> known =
                        world.stream().filter(one -> one.tick() <= until).toList();
                assertThat(of(known, now)).isEqualTo(of(world, now));
            }
        }
        assertThat(of(RULES, drifts(Worlds.slots(), List.of(release(6, Optional.empty()))), at(4)))
                .isEqualTo(of(Worlds.slots(), 4));
    }

    @Test
    void whatIsOutOfReachCanBeDropped() {
        for (Rule rule : RULES) {
            for (List<Seen> world : Worlds.upTo(4)) {
                for (int now = 0; now <= LAST_NOW; now++) {
                    Instant oldest = at(now).minus(Effective.reach(List.of(rule)));
                    List<Seen> kept = world.stream()
                            .filter(one -> at(one.tick()).isAfter(oldest))
                            .toList();
                    if (kept.size() < world.size()) {
                        assertThat(endings(of(List.of(rule), drifts(kept), at(now))))
                                .as("%s, %s at %d", world, rule, now)
                                .isEqualTo(endings(of(List.of(rule), drifts(world), at(now))));
                    }
                }
            }
        }
        assertThat(Effective.reach(RULES)).isEqualTo(ticks(6));
        assertThat(Effective.reach(List.of())).isZero();
    }

    private static List<String> endings(List<Tightening> tightenings) {
        return tightenings.stream()
                .map(one -> key(one) + one.because() + one.until())
                .toList();
    }

    @Test
    void untilNextTheAnswerStays() {
        for (List<Seen> world : Worlds.upTo(3)) {
            for (int now = 0; now <= LAST_NOW; now++) {
                int asked = now;
                List<Tightening> answer = of(world, now);
                Optional<Instant> next = Effective.next(RULES, POLICY, drifts(world), at(now));
                IntStream.rangeClosed(now, LAST_NOW)
                        .filter(tick -> next.isEmpty() || at(tick).isBefore(next.get()))
                        .forEach(tick -> assertThat(of(world, tick)).isEqualTo(answer));
                assertThat(next.filter(instant -> !instant.isAfter(at(asked)))).isEmpty();
                if (now >= 4) {
                    next.ifPresent(instant ->
                            assertThat(of(RULES, drifts(world), instant)).isNotEqualTo(answer));
                    assertThat(next.isPresent()).isEqualTo(!answer.isEmpty());
                }
            }
        }
    }
}
