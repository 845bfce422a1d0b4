package dev.interlock.decision.cel;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.decision.Bindings;
import dev.interlock.decision.Budget;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Fixture;
import dev.interlock.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What expressions can name and what becomes of them. The functions are in `FunctionsTest`.
final class ExpressionTest {
    private static final Workload WORKLOAD = Fixture.deployment(obj(
            "containers", List.of(Fixture.container("app", "nginx:1.2")),
            "initContainers",
                    List.of(
                            obj("name", "proxy", "image", "envoy", "restartPolicy", "Always"),
                            obj("name", "migrate", "image", "no image!")),
            "volumes", List.of(obj("name", "data"))));

    record Case(String expression, String expected) {}

    private static List<Case> cases(String table, String expected) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ExpressionTest.class.getResourceAsStream("/cel/expressions.yaml"))) {
            JsonNode rows = new ObjectMapper(new YAMLFactory()).readTree(in).path(table);
            return StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> new Case(
                            row.path("expression").asText(), row.path(expected).asText()))
                    .toList();
        }
    }

    static List<Case> values() throws IOException {
        return cases("values", "value");
    }

    static List<Case> refused() throws IOException {
        return cases("refused", "message");
    }

    static List<Case> failed() throws IOException {
        return cases("failed", "cause");
    }

    private static Bindings bindings() {
        return Fixture.situation(Fixture.create(WORKLOAD), new Claim.Unlisted()).bindings();
    }

    @ParameterizedTest
    @MethodSource("values")
    void valueIs(Case each) {
        assertThat(Expression.any(each.expression(), Variables.NONE).evaluate(bindings()))
                .isInstanceOfSatisfying(
                        Expression.Result.Value.class,
                        result -> assertThat(result.value()).hasToString(each.expected()));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatDoesNotCompileIsRefusedWithItsPlace(Case each) {
        assertThatThrownBy(() -> Expression.bool(each.expression(), Variables.NONE))
                .isInstanceOf(InvalidExpression.class)
                .message()
                .startsWith(each.expected())
                .doesNotContain("\n");
    }

    /// The cause says where and of what kind, and quotes nothing of the object.
    @ParameterizedTest
    @MethodSource("failed")
    void whatHasNoValueSaysWhy(Case each) {
        assertThat(Expression.bool(each.expression(), Variables.NONE).evaluate(bindings()))
                .isInstanceOfSatisfying(
                        Expression.Result.Failed.class,
                        result -> assertThat(result.cause()).endsWith(each.expected()));
    }

    @Test
    void variablesUseThoseBeforeThemAndAreTyped() {
        Variables variables = Variables.NONE
                .with("wanted", "object.spec.replicas")
                .with("more", "variables.wanted + 1")
                .with("never", "object.spec.foo");
        assertThat(Expression.bool("variables.more == 3", variables).evaluate(bindings()))
                .isEqualTo(new Expression.Result.Value(true));
        assertThat(Expression.bool("variables.more == 4 || variables.never == 1", variables)
                        .evaluate(bindings()))
                .isEqualTo(
                        new Expression.Result.Failed(
                                "line 1, column 33: variable `never` has no value: line 1, column 12: there is no such field or key; ask has() first, or write .? before it"));
        assertThatThrownBy(() -> Expression.bool("variables.later", variables))
                .hasMessage("line 1, column 10: undefined field 'later'");
        assertThatThrownBy(() -> Variables.NONE.with("a", "variables.b"))
                .hasMessage("line 1, column 1: undeclared reference to 'variables'");
    }

    @Test
    void variableIsEvaluatedOnceInAnEvaluationAndOnlyWhereItIsUsed() {
        String long100 = Stream.iterate(0, i -> i + 1).limit(100).toList().toString();
        Variables variables = Variables.NONE.with("sum", "%s.map(i, i * 2).size()".formatted(long100));
        long once = spent(Expression.bool("variables.sum == 100", variables));
        long twice = spent(Expression.bool("variables.sum == 100 && variables.sum + variables.sum == 200", variables));
        assertThat(spent(Expression.bool("true", variables))).isLessThan(10);
        assertThat(once).isGreaterThan(100);
        assertThat(twice).isLessThan(once + 30);
    }

    private static long spent(Expression expression) {
        Bindings bindings = bindings();
        expression.evaluate(bindings);
        return bindings.budget().spent();
    }

    private static final Workload LARGE = Workload.of(
            WORKLOAD.kind(),
            WORKLOAD.object()
                    .with(
                            "data",
                            obj(
                                    "items",
                                    IntStream.range(0, 1_000)
                                            .mapToObj(i -> obj("name", "n" + i, "text", "x".repeat(900)))
                                            .toList(),
                                    "few",
                                    IntStream.range(0, 40)
                                            .mapToObj(i -> obj("name", "n" + i, "text", "x".repeat(5_000)))
                                            .toList())));

    static List<Case> ordinary() {
        return List.of(
                new Case("object.?data.?items[?0].?x.?y.?z.orValue(1) == 1", "1000"),
                new Case("object.?data.?few[0].?name.orValue('') == 'n0'", "1000"),
                new Case("object.data.items.all(i, i.?name.orValue('') != '')", "20000"),
                new Case("object.data.items.filter(i, i.name != 'n3').size() == 999", "60000"),
                new Case("object.data.items.map(i, i.name).distinct().size() == 1000", "60000"),
                new Case("variables.few.all(c, variables.few.exists_one(d, d.name == c.name))", "60000"),
                new Case("object.data.few.all(c, ['^n[0-9]+$', '^m$'].exists(p, c.name.matches(p)))", "5000"),
                new Case("object.data.few.all(c, !c.name.matches('(?i)[^\\\\x00-\\\\x7F]'))", "5000"));
    }

    /// Whatever the object's size: 1.1 MB here.
    @ParameterizedTest
    @MethodSource("ordinary")
    void ordinaryRulesOverLargeObjectsHaveAValueAndAreCheap(Case each) {
        Variables variables = Variables.NONE.with("few", "object.data.few + object.?data.?more.orValue([])");
        Budget budget = new Budget(() -> 0);
        Bindings bindings =
                new Bindings(Fixture.create(LARGE), LARGE, new Claim.Unlisted(), Fixture.PRODUCTION, budget);
        assertThat(Expression.bool(each.expression(), variables).evaluate(bindings))
                .isEqualTo(new Expression.Result.Value(true));
        assertThat(budget.spent()).isLessThan(Long.parseLong(each.expected()));
    }

    /// What a comprehension has made so far is charged for once, and not again at each item.
    @Test
    void aLoopOverAThousandItemsHasAValue() {
        assertThat(spent(
                        "lists.range(1000).map(i, string(i) + ' of a thousand').filter(t, t != '').size() == 1000",
                        Variables.NONE))
                .isLessThan(80_000);
        assertThat(spent("lists.range(1000).transformMapEntry(i, v, {string(i): v}).size() == 1000", Variables.NONE))
                .isLessThan(80_000);
    }

    /// Each costs 3,600 steps to compile.
    @Test
    void regularExpressionThatStandsThereIsCompiledWithThePolicyAndNotInARequest() {
        Variables variables = Variables.NONE.with("short", "workload.containers.all(c, c.name.matches('a{0,900}'))");
        assertThat(List.of(
                        spent("!'b'.matches('^a{900}')", Variables.NONE),
                        spent("'aa'.find('a{0,900}') == 'aa'", Variables.NONE),
                        spent("variables.short", variables)))
                .allSatisfy(steps -> assertThat(steps).isLessThan(1_000));
        assertThat(spent("!'b'.matches('^a' + '{900}')", Variables.NONE)).isGreaterThan(3_600);
    }

    private static long spent(String expression, Variables variables) {
        Budget budget = new Budget(() -> 0);
        Bindings bindings =
                new Bindings(Fixture.create(WORKLOAD), WORKLOAD, new Claim.Unlisted(), Fixture.PRODUCTION, budget);
        assertThat(Expression.bool(expression, variables).evaluate(bindings))
                .isEqualTo(new Expression.Result.Value(true));
        return budget.spent();
    }

    @Test
    void expressionsAreEqualByTheirTextsAndTheirVariables() {
        Variables one = Variables.NONE.with("a", "1");
        assertThat(Expression.bool("true", Variables.NONE)).isEqualTo(Expression.bool("true", Variables.NONE));
        assertThat(Expression.bool("variables.a == 1", one))
                .isEqualTo(Expression.bool("variables.a == 1", Variables.NONE.with("a", "1")))
                .isNotEqualTo(Expression.bool("variables.a == 1", Variables.NONE.with("a", "2")))
                .isNotEqualTo(Expression.bool("variables.a == 2", one));
    }

    @Test
    void messageIsText() {
        assertThat(Expression.string("'replicas: ' + string(object.spec.replicas)", Variables.NONE)
                        .evaluate(bindings()))
                .isEqualTo(new Expression.Result.Value("replicas: 2"));
        assertThatThrownBy(() -> Expression.string("1 + 1", Variables.NONE))
                .hasMessage("it gives a int and must give a string");
    }

    @Test
    void storedObjectIsThereInAnUpdate() {
        Workload old = Fixture.deployment("nginx:1.1");
        Bindings bindings = new Bindings(
                Fixture.update(old, WORKLOAD), WORKLOAD, new Claim.Unlisted(), Map.of(), new Budget(() -> 0));
        assertThat(Expression.string(
                                "request.operation + ' ' + oldObject.spec.template.spec.containers[0].image",
                                Variables.NONE)
                        .evaluate(bindings))
                .isEqualTo(new Expression.Result.Value("UPDATE nginx:1.1"));
    }
}
