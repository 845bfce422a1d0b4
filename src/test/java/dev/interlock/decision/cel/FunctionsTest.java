package dev.interlock.decision.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.interlock.decision.Fixture;
import dev.interlock.decision.cel.library.KubernetesLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/// Every expression gives what a real API server gave for it (`cel/functions.yaml`).
final class FunctionsTest {
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void givesWhatTheApiServerGives(String family, String expression, String expected) {
        assertThat(answer(expression)).as(family).isEqualTo(expected);
    }

    @Test
    void everyFunctionHasCases() {
        List<String> expressions = cases().map(each -> (String) each.get()[1]).toList();
        assertThat(expressions).hasSizeGreaterThan(350);
        for (String function : KubernetesLibrary.functionNames()) {
            String called = function.startsWith("@") ? "sortBy(" : function + "(";
            assertThat(expressions).as(function).anyMatch(each -> each.contains(called));
        }
    }

    static Stream<Arguments> cases() {
        return families().entrySet().stream()
                .flatMap(family -> family.getValue().stream()
                        .map(each -> Arguments.of(family.getKey(), expression(each), expected(each))));
    }

    private static String expression(Map<String, Object> each) {
        return (String) Objects.requireNonNull(each.get("expression"));
    }

    private static String expected(Map<String, Object> each) {
        Object value = each.get("value");
        if (value != null) {
            return "gives " + value;
        }
        return each.containsKey("error") ? "fails" : "is refused";
    }

    /// As an item of a list for `format`: so the API server was asked.
    private static String answer(String expression) {
        try {
            Expression formatted = Expression.string("'%s'.format([" + expression + "])", Variables.NONE);
            return switch (formatted.evaluate(Fixture.situation().bindings())) {
                case Expression.Result.Value(Object value) -> "gives " + value;
                case Expression.Result.Failed _ -> "fails";
            };
        } catch (InvalidExpression e) {
            return "is refused";
        }
    }

    private static Map<String, List<Map<String, Object>>> families() {
        try (InputStream cases = FunctionsTest.class.getResourceAsStream("/cel/functions.yaml")) {
            return new Yaml().load(cases);
        } catch (IOException e) {
            return fail(e);
        }
    }
}
