package dev.interlock.decision;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.management.ThreadMXBean;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.InvalidExpression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Abuse cases 20 and 32: whatever an expression does, and whatever it is given, the request is decided.
class HostileExpressionTest {
    private static final Variables VARIABLES = Variables.NONE
            .with("args", "object.spec.template.spec.containers[0].args")
            .with("big", "object.metadata.annotations.big")
            .with("few", "object.spec.template.spec.containers[1].args");

    private static final Workload HOSTILE = hostile();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MOST_BYTES = 128L * 1024 * 1024;

    /// Far more than any of them may take: a test that hangs says nothing.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    record Case(String name, String expression, String ends) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(HostileExpressionTest.class.getResourceAsStream("/cel/hostile.yaml"))) {
            JsonNode rows = new ObjectMapper(new YAMLFactory()).readTree(in);
            return StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> new Case(
                            row.path("name").asText(),
                            row.path("expression").asText(),
                            row.path("ends").asText()))
                    .toList();
        }
    }

    private static Workload hostile() {
        List<String> args =
                IntStream.range(0, 50_000).mapToObj("arg-%06d"::formatted).toList();
        Workload workload = Fixture.deployment(obj(
                "containers",
                List.of(
                        obj("name", "app", "image", "nginx", "args", args),
                        obj("name", "few", "image", "nginx", "args", args.subList(0, 20)))));
        return Workload.of(
                workload.kind(),
                workload.object()
                        .with("metadata", obj("name", "checkout", "annotations", obj("big", "a".repeat(500_000)))));
    }

    @Test
    void thereAreForty() throws IOException {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void case32_expressionThatCostsTooMuchEndsAsUndecided(Case each) {
        if (each.ends().equals("refused")) {
            assertThatThrownBy(() -> Expression.bool(each.expression(), VARIABLES))
                    .isInstanceOf(InvalidExpression.class);
            return;
        }
        Policy policy = Fixture.policy(
                "p",
                OnUndecided.DENY,
                Fixture.check(
                        "hostile",
                        Mode.ENFORCE,
                        new ExpressionHolds(
                                Expression.bool(each.expression(), VARIABLES), Optional.empty(), Optional.empty())));
        Evaluator evaluator = new Evaluator(Fixture.MASK, () -> System::nanoTime);
        Decision decision = assertTimeoutPreemptively(
                PATIENCE, () -> switch (evaluator.evaluate(Fixture.create(HOSTILE), Fixture.evidence(policy))) {
                    case Evaluation.Decided(Decision decided) -> decided;
                    case Evaluation.Unchanged _, Evaluation.NotGoverned _ ->
                        throw new AssertionError("a create changes something");
                });
        assertThat(decision.outcome()).isEqualTo("Undecided");
        assertThat(decision.basis().reasons())
                .extracting(reason -> reason.violation().message())
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .contains(
                                each.ends().equals("stopped")
                                        ? "it was stopped: "
                                        : "a function cannot take one of its arguments"));
    }

    /// Garbage is collected while everybody waits.
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void case20_noExpressionTakesMoreThanAFewDozenMegabytes(Case each) {
        if (each.ends().equals("refused")) {
            return;
        }
        Expression expression = Expression.bool(each.expression(), VARIABLES);
        Bindings bindings = new Bindings(
                Fixture.create(HOSTILE), HOSTILE, new Claim.Unlisted(), Fixture.PRODUCTION, new Budget(() -> 0));
        long taken = assertTimeoutPreemptively(PATIENCE, () -> {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            assertThat(expression.evaluate(bindings)).isInstanceOf(Expression.Result.Failed.class);
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        });
        assertThat(taken).isLessThan(MOST_BYTES);
    }

    /// By steps alone, without a clock: the same on a machine that is ten times slower.
    @Test
    void law1_whereAnExpressionIsStoppedIsTheSameOnEveryMachine() {
        Expression endless = Expression.bool("variables.args.all(a, variables.args.all(b, a != b + 'x'))", VARIABLES);
        List<Long> spent = IntStream.range(0, 3)
                .mapToObj(_ -> {
                    Budget budget = new Budget(() -> 0);
                    Bindings bindings = new Bindings(
                            Fixture.create(HOSTILE), HOSTILE, new Claim.Unlisted(), Fixture.PRODUCTION, budget);
                    assertThat(endless.evaluate(bindings))
                            .isEqualTo(new Expression.Result.Failed(
                                    "it was stopped: an expression may cost 100000 steps"));
                    return budget.spent();
                })
                .toList();
        assertThat(spent).containsOnly(spent.getFirst());
    }

    @Test
    void case20_allExpressionsOfARequestShareOneBudget() {
        Expression costly = Expression.bool("variables.few.all(a, a != 'x') && variables.args.size() > 0", VARIABLES);
        Budget budget = new Budget(() -> 0);
        Bindings bindings =
                new Bindings(Fixture.create(HOSTILE), HOSTILE, new Claim.Unlisted(), Fixture.PRODUCTION, budget);
        long goodOnes = IntStream.range(0, 1_000)
                .filter(_ -> costly.evaluate(bindings) instanceof Expression.Result.Value)
                .count();
        assertThat(goodOnes).isBetween(20L, 200L);
        assertThat(costly.evaluate(bindings))
                .isEqualTo(new Expression.Result.Failed(
                        "it was stopped: the expressions of one request may cost 500000 steps"));
    }

    /// What steps do not see, time does.
    @Test
    void expressionThatTakesTooLongIsStopped() {
        long[] now = {0};
        Budget budget = new Budget(() -> now[0] += 1_000_000);
        Bindings bindings =
                new Bindings(Fixture.create(HOSTILE), HOSTILE, new Claim.Unlisted(), Fixture.PRODUCTION, budget);
        assertThat(Expression.bool("variables.args.all(a, a != 'x')", VARIABLES).evaluate(bindings))
                .isEqualTo(new Expression.Result.Failed("it was stopped: an expression may take 100 ms"));
    }
}
