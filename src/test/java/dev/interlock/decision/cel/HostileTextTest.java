package dev.interlock.decision.cel;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.interlock.decision.Bindings;
import dev.interlock.decision.Budget;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Fixture;
import dev.interlock.workload.Node;
import dev.interlock.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
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
        return result(expression, text, new Budget(System::nanoTime));
    }

    private static Expression.Result result(String expression, String text, Budget budget) {
        Workload plain = Fixture.deployment("nginx");
        Workload hostile = Workload.of(
                plain.kind(), plain.object().with("metadata", obj("name", "x", "annotations", obj("text", text))));
        Bindings bindings = new Bindings(Fixture.create(hostile), hostile, new Claim.Unlisted(), Map.of(), budget);
        return Expression.any(expression.replace("text", "variables.text"), VARIABLES)
                .evaluate(bindings);
    }

    /// Texts that a table has all in one place.
    @Test
    void whatIsDistinctAmongTextsOfOneHashIsFoundSoon() {
        List<String> alike = IntStream.range(0, 1 << 15)
                .mapToObj(number -> IntStream.range(0, 15)
                        .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining()))
                .toList();
        assertThat(alike.stream().map(String::hashCode).distinct()).hasSize(1);
        Workload plain = Fixture.deployment("nginx");
        Workload hostile = Workload.of(
                plain.kind(),
                plain.object()
                        .with(
                                "data",
                                new Node.Arr(
                                        alike.stream().<Node>map(Node.Text::new).toList())));
        Bindings bindings =
                new Bindings(Fixture.create(hostile), hostile, new Claim.Unlisted(), Map.of(), new Budget(() -> 0));
        Expression expression = Expression.any("object.data.distinct().size()", Variables.NONE);
        assertThat(assertTimeoutPreemptively(SOON, () -> expression.evaluate(bindings)))
                .isEqualTo(new Expression.Result.Value(1L << 15));
    }

    /// RE2J seeks the other forms of a letter until it is back at the first, which some letters never are. Those that
    /// are known are refused; whatever this version of Java has beside them ends.
    @Test
    void everyLetterHasAnEndWhereCaseDoesNotCount() {
        List<String> letters = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(each -> Character.toUpperCase(each) != each || Character.toLowerCase(each) != each)
                .mapToObj(Character::toString)
                .toList();
        assertThat(letters).hasSizeGreaterThan(2_000);
        for (String letter : letters) {
            Expression.Result result = assertTimeoutPreemptively(
                    SOON, () -> result("text.matches('(?i)' + text)", letter, new Budget(() -> 0)), letter);
            boolean endless = letter.charAt(0) >= 0x1C80 && letter.charAt(0) <= 0x1C88;
            assertThat(result)
                    .as("U+%04X", letter.codePointAt(0))
                    .isInstanceOf(endless ? Expression.Result.Failed.class : Expression.Result.Value.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quantity('1' + text).add(quantity(text)).isInteger()",
                "isQuantity('0.' + text)",
                "isQuantity(text + '1') || isQuantity('1' + text)",
                "duration(text + '1s') > duration('1' + text)",
                "('x' + text + text).contains(text + 'y')",
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
