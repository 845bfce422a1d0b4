package dev.interlock.decision.cel;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.interlock.decision.Bindings;
import dev.interlock.decision.Budget;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Fixture;
import dev.interlock.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No text of an object makes a function take long, take much memory, or end in anything but a value or an evaluation
/// that is known to have failed (abuse cases 20 and 32).
final class HostileTextTest {
    private static final int LONG = 100_000;
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Variables VARIABLES = Variables.NONE.with("text", "object.metadata.annotations.text");

    /// Each is repeated up to 100,000 characters.
    private static final List<String> PATTERNS = List.of(
            "a",
            "1",
            "0",
            "9.",
            ".",
            ":",
            "1:",
            "::",
            "/",
            "%",
            "%41",
            "[",
            "[[:",
            "(",
            "(?:",
            "a{1000}",
            "{",
            "\\",
            "-",
            "a-",
            "v",
            "e",
            "1e",
            "&",
            "a=b&",
            "?",
            "#",
            "@",
            " ",
            "\n",
            "\u0000",
            "é",
            "\uD83D\uDE00",
            "%s",
            "%.9",
            "T",
            "|",
            "a|",
            "a*",
            "\\Q",
            "\"");

    private static Expression.Result result(String expression, String text) {
        Workload plain = Fixture.deployment("nginx");
        Workload hostile = Workload.of(
                plain.kind(), plain.object().with("metadata", obj("name", "x", "annotations", obj("text", text))));
        Bindings bindings = new Bindings(
                Fixture.create(hostile), hostile, new Claim.Unlisted(), Map.of(), new Budget(System::nanoTime));
        return Expression.any(expression.replace("text", "variables.text"), VARIABLES)
                .evaluate(bindings);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quantity('1' + text).add(quantity(text)).isInteger()",
                "isQuantity('0.' + text)",
                "quantity('1e' + text).compareTo(quantity('1e-' + text))",
                "isSemver('1.0.0-' + text)",
                "semver(text, true).compareTo(semver('1.2.3-' + text))",
                "isIP('::' + text)",
                "isCIDR('10.0.0.0/' + text)",
                "url('http://h/?' + text).getQuery().size()",
                "url('http://[' + text).getPort()",
                "format.dns1123SubdomainPrefix().validate(text).hasValue()",
                "format.uri().validate(text).hasValue()",
                "format.datetime().validate('2021-01-01T' + text).hasValue()",
                "'abc'.find(text)",
                "text.matches('(a|aa)*b')",
                "text.findAll('a(.*b)?').size()",
                "text.find('(a{0,30}){0,30}b')",
                "text.findAll(text).size()",
                "text.indexOf(text + 'b')",
                "text.lastIndexOf('b' + text.substring(50000))",
                "text.replace(text.substring(50000) + 'b', 'x').size()",
                "text.split(text.substring(99000)).size()",
                "strings.quote(text).size()",
                "text.format(['x']).size()",
                "'%s'.format([[text]]).size()",
            })
    void isAnsweredSoon(String expression) {
        assertTimeoutPreemptively(SOON, () -> {
            for (String pattern : PATTERNS) {
                assertThat(result(expression, pattern.repeat(LONG / pattern.length())))
                        .isNotNull();
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "quantity('1e999999999').compareTo(quantity('1e999999998')) | 1",
                "quantity('1e999999999') == quantity('10e999999998') | true",
                "quantity('1e-999999999').compareTo(quantity('1n')) | 0",
                "quantity('0e999999999').asInteger() | 0",
                "sign(quantity('1e999999999')) | 1",
                "quantity('1e999999999').isInteger() | false",
            })
    void largeExponentsAreNoLargeNumbers(String expression, String value) {
        assertTimeoutPreemptively(
                SOON, () -> assertThat(result(expression, "")).hasToString("Value[value=%s]".formatted(value)));
    }
}
