package dev.interlock.decision.check;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Violation;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The check kind `expression`.
class ExpressionHoldsTest {
    private static final Workload WORKLOAD = Fixture.deployment(obj(
            "containers",
            List.of(obj(
                    "name", "app",
                    "image", "nginx",
                    "env", List.of(obj("name", "PASSWORD", "value", "hunter2"), obj("name", "DEBUG", "value", "1"))))));

    private static CheckResult asked(String expression, Optional<String> message, Optional<String> messageExpression) {
        return new ExpressionHolds(
                        Expression.bool(expression, Variables.NONE),
                        message,
                        messageExpression.map(text -> Expression.string(text, Variables.NONE)))
                .evaluate(WORKLOAD, Fixture.situation(Fixture.create(WORKLOAD), new Claim.Unlisted()));
    }

    @Test
    void whatHoldsPassesAndWhatHasNoValueIsAnErrorOfTheCheck() {
        assertThat(asked("object.spec.replicas == 2", Optional.empty(), Optional.empty()))
                .isEqualTo(new CheckResult.Passed());
        assertThat(asked("object.spec.foo == 2", Optional.of("m"), Optional.empty()))
                .isEqualTo(
                        new CheckResult.Errored(
                                "the expression has no value: line 1, column 12: there is no such field or key; ask has() first, or write .? before it"));
    }

    static Stream<Arguments> messages() {
        String env = "object.spec.template.spec.containers[0].env";
        return Stream.of(
                Arguments.of("the expression", null, null, "`object.spec.replicas == 3` does not hold"),
                Arguments.of("the message", "three replicas", null, "three replicas"),
                Arguments.of("what is made, without blanks around it", "m", "' made\\n'", "made"),
                Arguments.of("what is made", "three replicas", "'has ' + string(object.spec.replicas)", "has 2"),
                Arguments.of("the message, where none can be made", "m", "object.spec.foo + 'x'", "m"),
                Arguments.of("the message, where an empty one is made", "m", "'  '", "m"),
                Arguments.of("the message, where several lines are made", "m", "'a\\nb'", "m"),
                Arguments.of(
                        "the message, where too much is made", "m", "lists.range(600).map(i, '123456789').join()", "m"),
                Arguments.of("the message, where a secret would be told", "m", "'is ' + " + env + "[0].value", "m"),
                Arguments.of(
                        "the expression, where a secret would be told",
                        null,
                        "string(" + env + "[0].value)",
                        "`object.spec.replicas == 3` does not hold"),
                Arguments.of(
                        "what is made of what is no secret", "m", "'DEBUG is ' + " + env + "[1].value", "DEBUG is 1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void violationSays(String what, String message, String messageExpression, String said) {
        assertThat(asked(
                        "object.spec.replicas  ==\n  3",
                        Optional.ofNullable(message),
                        Optional.ofNullable(messageExpression)))
                .as(what)
                .isEqualTo(new CheckResult.Failed(new NonEmpty<>(List.of(new Violation("ExpressionFalse", "", said)))));
    }

    /// That it tells none of many values would take longer to see than its words may take.
    @Test
    void case32_aMessageThatCannotBeHeldAgainstAllValuesIsNotSaid() {
        Workload many = Fixture.deployment(obj(
                "containers",
                List.of(obj(
                        "name",
                        "app",
                        "image",
                        "nginx",
                        "env",
                        IntStream.range(0, 25_000)
                                .mapToObj(i -> obj("name", "V" + i, "value", "value-" + i))
                                .toList()))));
        ExpressionHolds check = new ExpressionHolds(
                Expression.bool("false", Variables.NONE),
                Optional.of("m"),
                Optional.of(Expression.string("lists.range(500).map(i, '1234567890').join()", Variables.NONE)));
        assertThat(check.evaluate(many, Fixture.situation(Fixture.create(many), new Claim.Unlisted())))
                .isEqualTo(new CheckResult.Failed(new NonEmpty<>(List.of(new Violation("ExpressionFalse", "", "m")))));
    }

    @Test
    void messageIsCutWhereItIsLong() {
        String made = "'" + "x".repeat(600) + "'";
        assertThat(asked("false", Optional.empty(), Optional.of(made)))
                .isInstanceOfSatisfying(
                        CheckResult.Failed.class,
                        failed -> assertThat(failed.violations().first().message())
                                .hasSize(512)
                                .endsWith("x…"));
    }
}
