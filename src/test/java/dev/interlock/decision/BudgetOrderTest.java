package dev.interlock.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// All expressions of a request share one budget: who takes from it first.
class BudgetOrderTest {
    private static final int TEN = 10;

    /// Costs an expression's whole budget: seven of them and more than a request's is gone.
    private static final Expression HOSTILE =
            Expression.bool("[1,2,3,4,5,6,7,8].all(a, %s)".formatted(nested(7)), Variables.NONE);

    private static final Expression CHEAP = Expression.bool("object.kind == 'Deployment'", Variables.NONE);

    private static final Expression FALSE = Expression.bool("object.kind == 'Pod'", Variables.NONE);

    private static String nested(int depth) {
        return depth == 0 ? "a > 0" : "[1,2,3,4,5,6,7,8].all(b%d, %s)".formatted(depth, nested(depth - 1));
    }

    private static ConfiguredCheck[] hostile(Mode mode) {
        return IntStream.range(0, TEN)
                .mapToObj(i -> holds("hostile-" + i, mode, HOSTILE))
                .toArray(ConfiguredCheck[]::new);
    }

    private static ConfiguredCheck holds(String id, Mode mode, Expression expression) {
        return Fixture.check(id, mode, new ExpressionHolds(expression, Optional.empty(), Optional.empty()));
    }

    private static Decision decide(Policy... policies) {
        return Fixture.decide(Fixture.create(Fixture.deployment("nginx")), Fixture.evidence(policies));
    }

    private static List<String> undecided(Decision decision) {
        return decision.basis().reasons().stream()
                .filter(reason -> reason.mode() == Mode.ENFORCE)
                .map(reason -> reason.check() + ": " + reason.violation().code())
                .toList();
    }

    /// By name it comes first, or last.
    @ParameterizedTest
    @CsvSource({"aaa,AUDIT", "zzz,AUDIT", "aaa,WARN", "zzz,WARN"})
    void checksThatDoNotEnforceTakeNothingFromOneThatDoes(String name, Mode mode) {
        Decision decision = decide(
                Fixture.policy(name, OnUndecided.DENY, hostile(mode)),
                Fixture.policy("enforced", OnUndecided.DENY, holds("cheap", Mode.ENFORCE, CHEAP)));
        assertThat(decision.outcome()).isEqualTo(mode == Mode.AUDIT ? "Allowed" : "Warned");
        assertThat(decision.basis().reasons()).hasSize(TEN);
    }

    @Test
    void whatOnlyRecordsTakesNothingFromWhatWarns() {
        Decision decision = decide(
                Fixture.policy("aaa", OnUndecided.DENY, hostile(Mode.AUDIT)),
                Fixture.policy("warned", OnUndecided.DENY, holds("cheap", Mode.WARN, CHEAP)));
        assertThat(decision.outcome()).isEqualTo("Allowed");
    }

    @Test
    void checksOfOnePolicyAreAskedByWhatTheyDoToo() {
        Decision decision = decide(Fixture.policy(
                "p",
                OnUndecided.DENY,
                Stream.concat(Stream.of(holds("z-cheap", Mode.ENFORCE, CHEAP)), Stream.of(hostile(Mode.AUDIT)))
                        .toArray(ConfiguredCheck[]::new)));
        assertThat(decision.outcome()).isEqualTo("Allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aaa", "zzz"})
    void conditionsOfWhatOnlyRecordsTakeNothingFromWhatEnforces(String name) {
        Match costly = new Match(
                Set.of(),
                LabelSelector.EVERYTHING,
                Set.of(),
                Set.of(),
                LabelSelector.EVERYTHING,
                IntStream.range(0, TEN)
                        .mapToObj(i -> new Condition("c" + i, HOSTILE))
                        .toList());
        Policy recorded = new Policy.Loaded(
                new PolicyRef(name, name + "-uid", 1),
                costly,
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(Fixture.check("any", Mode.AUDIT, Says.PASSED.check())),
                List.of());
        Decision decision =
                decide(recorded, Fixture.policy("enforced", OnUndecided.DENY, holds("cheap", Mode.ENFORCE, CHEAP)));
        assertThat(decision.outcome()).isEqualTo("Allowed");
    }

    /// A check that feedback raised does more than it is declared to do, and is asked with those that do so.
    @Test
    void checkThatFeedbackRaisedIsAskedWithThoseThatEnforce() {
        Policy raised = Fixture.withTightenings(
                Fixture.policy("raised", OnUndecided.DENY, holds("cheap", Mode.WARN, FALSE)),
                new Tightening(
                        new CheckId("cheap"),
                        Optional.empty(),
                        Optional.of(Mode.ENFORCE),
                        Map.of(),
                        "3 drifts in 1h",
                        List.of(),
                        Fixture.AT,
                        Fixture.AT.plus(Duration.ofDays(1))));
        assertThat(decide(Fixture.policy("aaa", OnUndecided.DENY, hostile(Mode.WARN)), raised)
                        .outcome())
                .isEqualTo("Denied");
    }

    /// Nobody but those who enforce can take from it: that is what the budget is for.
    @Test
    void whatEnforcesAndCostsTooMuchLeavesUndecided() {
        Decision decision = decide(
                Fixture.policy("aaa", OnUndecided.DENY, hostile(Mode.ENFORCE)),
                Fixture.policy("enforced", OnUndecided.DENY, holds("cheap", Mode.ENFORCE, CHEAP)));
        assertThat(undecided(decision)).hasSize(TEN + 1).contains("cheap: CheckErrored");
    }

    /// Whatever is asked first, a decision names its policies and its reasons by their names.
    @Test
    void law1_orderInWhichTheyAreAskedIsNotThatOfWhatIsSaid() {
        Decision decision = decide(
                Fixture.policy("a", OnUndecided.DENY, Fixture.check("xx", Mode.AUDIT, Says.FAILED.check())),
                Fixture.policy("b", OnUndecided.DENY, Fixture.check("xx", Mode.WARN, Says.FAILED.check())),
                Fixture.policy(
                        "c",
                        OnUndecided.DENY,
                        Fixture.check("xx", Mode.AUDIT, Says.FAILED.check()),
                        Fixture.check("yy", Mode.ENFORCE, Says.FAILED.check())));
        assertThat(decision.basis().policies()).extracting(PolicyRef::name).containsExactly("a", "b", "c");
        assertThat(decision.basis().reasons())
                .extracting(reason -> reason.policy() + "/" + reason.check())
                .containsExactly("a/xx", "b/xx", "c/xx", "c/yy");
    }
}
