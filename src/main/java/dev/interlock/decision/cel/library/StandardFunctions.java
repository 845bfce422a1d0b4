package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.STRING;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.CelOptions;
import dev.cel.common.exceptions.CelBadFormatException;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.standard.BoolFunction.BoolOverload;
import dev.cel.runtime.standard.CelStandardOverload;
import dev.cel.runtime.standard.DoubleFunction.DoubleOverload;
import dev.cel.runtime.standard.GetMillisecondsFunction.GetMillisecondsOverload;
import dev.cel.runtime.standard.GreaterEqualsOperator.GreaterEqualsOverload;
import dev.cel.runtime.standard.GreaterOperator.GreaterOverload;
import dev.cel.runtime.standard.IntFunction.IntOverload;
import dev.cel.runtime.standard.LessEqualsOperator.LessEqualsOverload;
import dev.cel.runtime.standard.LessOperator.LessOverload;
import dev.cel.runtime.standard.StringFunction.StringOverload;
import dev.cel.runtime.standard.UintFunction.UintOverload;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// CEL's own functions that are here in place of cel-java's: with a limit, or as the API server's Go has them.
/// Texts are in the order of their code points, numbers are read as `strconv` reads them, and milliseconds of a
/// duration are all of them.
final class StandardFunctions {
    /// Possessive, so that a text takes time in its length.
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?+(?:[0-9]++(?:\\.[0-9]*+)?+|\\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+");

    private static final Pattern HEXADECIMAL =
            Pattern.compile("[+-]?+0[xX](?:[0-9a-fA-F]++(?:\\.[0-9a-fA-F]*+)?+|\\.[0-9a-fA-F]++)[pP][+-]?+[0-9]++");

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");
    private static final Pattern INFINITE = Pattern.compile("(?i)([+-]?)inf(?:inity)?");
    private static final Pattern NOT_A_NUMBER = Pattern.compile("(?i)nan");
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern UNSIGNED = Pattern.compile("[0-9]+");

    /// Those that are here with all their signatures.
    private static final Set<StandardFunction> WHOLE =
            Set.of(StandardFunction.MATCHES, StandardFunction.CONTAINS, StandardFunction.DURATION);

    /// A function of which one signature is here, and the others are cel-java's.
    private record Replaced(StandardFunction function, List<CelStandardOverload> others, Overload by) {
        Replaced(StandardFunction function, CelStandardOverload[] all, CelStandardOverload replaced, Overload by) {
            this(function, Stream.of(all).filter(each -> !each.equals(replaced)).toList(), by);
        }
    }

    private static final List<Replaced> REPLACED = List.of(
            new Replaced(
                    StandardFunction.STRING,
                    StringOverload.values(),
                    StringOverload.DOUBLE_TO_STRING,
                    Overload.global(
                            "string",
                            "double_to_string",
                            SimpleType.STRING,
                            new Kind<>(SimpleType.DOUBLE, Double.class),
                            GoText::shortest)),
            new Replaced(
                    StandardFunction.BOOL,
                    BoolOverload.values(),
                    BoolOverload.STRING_TO_BOOL,
                    Overload.global("bool", "string_to_bool", SimpleType.BOOL, STRING, StandardFunctions::truth)),
            new Replaced(
                    StandardFunction.INT,
                    IntOverload.values(),
                    IntOverload.STRING_TO_INT64,
                    Overload.global("int", "string_to_int64", SimpleType.INT, STRING, StandardFunctions::integer)),
            new Replaced(
                    StandardFunction.UINT,
                    UintOverload.values(),
                    UintOverload.STRING_TO_UINT64,
                    Overload.global("uint", "string_to_uint64", SimpleType.UINT, STRING, StandardFunctions::unsigned)),
            new Replaced(
                    StandardFunction.DOUBLE,
                    DoubleOverload.values(),
                    DoubleOverload.STRING_TO_DOUBLE,
                    Overload.global(
                            "double", "string_to_double", SimpleType.DOUBLE, STRING, StandardFunctions::decimal)),
            new Replaced(
                    StandardFunction.GET_MILLISECONDS,
                    GetMillisecondsOverload.values(),
                    GetMillisecondsOverload.DURATION_TO_MILLISECONDS,
                    Overload.member(
                            "getMilliseconds",
                            "duration_to_milliseconds",
                            SimpleType.INT,
                            new Kind<>(SimpleType.DURATION, Duration.class),
                            Duration::toMillis)),
            new Replaced(
                    StandardFunction.LESS,
                    LessOverload.values(),
                    LessOverload.LESS_STRING,
                    ordered("_<_", "less_string", (one, other) -> GoText.compare(one, other) < 0)),
            new Replaced(
                    StandardFunction.LESS_EQUALS,
                    LessEqualsOverload.values(),
                    LessEqualsOverload.LESS_EQUALS_STRING,
                    ordered("_<=_", "less_equals_string", (one, other) -> GoText.compare(one, other) <= 0)),
            new Replaced(
                    StandardFunction.GREATER,
                    GreaterOverload.values(),
                    GreaterOverload.GREATER_STRING,
                    ordered("_>_", "greater_string", (one, other) -> GoText.compare(one, other) > 0)),
            new Replaced(
                    StandardFunction.GREATER_EQUALS,
                    GreaterEqualsOverload.values(),
                    GreaterEqualsOverload.GREATER_EQUALS_STRING,
                    ordered("_>=_", "greater_equals_string", (one, other) -> GoText.compare(one, other) >= 0)));

    private StandardFunctions() {}

    private static Overload ordered(String operator, String id, Overload.Binary<String, String> holds) {
        return Overload.global(operator, id, SimpleType.BOOL, STRING, STRING, holds);
    }

    /// Those of cel-java, without the ones that are here.
    static CelStandardFunctions others() {
        Set<StandardFunction> here = Stream.concat(
                        WHOLE.stream(), REPLACED.stream().map(Replaced::function))
                .collect(Collectors.toSet());
        return CelStandardFunctions.newBuilder()
                .filterFunctions((function, _) -> !here.contains(function))
                .build();
    }

    /// All signatures by the name of their function: cel-java wants all of one name at once.
    static Map<String, List<CelFunctionBinding>> bindings(RuntimeEquality equality, CelOptions options) {
        Map<String, List<CelFunctionBinding>> bindings = new HashMap<>();
        Stream.of(RegexFunctions.standard(), StringFunctions.standard(), DurationFunctions.standard(equality, options))
                .forEach(overloads -> bindings.put(
                        overloads.getFirst().function(),
                        overloads.stream().map(Overload::binding).toList()));
        for (Replaced replaced : REPLACED) {
            bindings.put(
                    replaced.by().function(),
                    Stream.concat(
                                    replaced.others().stream().map(each -> each.newFunctionBinding(options, equality)),
                                    Stream.of(replaced.by().binding()))
                            .toList());
        }
        return bindings;
    }

    private static Boolean truth(String text) {
        if (TRUE.contains(text)) {
            return true;
        }
        if (FALSE.contains(text)) {
            return false;
        }
        throw new CelBadFormatException("no truth value");
    }

    private static Long integer(String text) {
        if (!INTEGER.matcher(text).matches()) {
            throw new CelBadFormatException("no integer");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new CelBadFormatException("the integer is out of range");
        }
    }

    private static UnsignedLong unsigned(String text) {
        if (!UNSIGNED.matcher(text).matches()) {
            throw new CelBadFormatException("no unsigned integer");
        }
        try {
            return UnsignedLong.fromLongBits(Long.parseUnsignedLong(text));
        } catch (NumberFormatException _) {
            throw new CelBadFormatException("the unsigned integer is out of range");
        }
    }

    /// As Go's `strconv.ParseFloat`.
    private static Double decimal(String text) {
        if (NOT_A_NUMBER.matcher(text).matches()) {
            return Double.NaN;
        }
        if (INFINITE.matcher(text).matches()) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        String digits = text.replace("_", "");
        boolean hexadecimal = HEXADECIMAL.matcher(digits).matches();
        if ((!hexadecimal && !DECIMAL.matcher(digits).matches()) || !separates(text, hexadecimal)) {
            throw new CelBadFormatException("no number");
        }
        double number = Double.parseDouble(digits);
        if (Double.isInfinite(number)) {
            throw new CelBadFormatException("the number is out of range");
        }
        return number;
    }

    /// Whether each underscore stands between two digits, the first of which may be the `x` of `0x`.
    private static boolean separates(String text, boolean hexadecimal) {
        for (int at = text.indexOf('_'); at >= 0; at = text.indexOf('_', at + 1)) {
            if (at == 0 || at == text.length() - 1) {
                return false;
            }
            char before = text.charAt(at - 1);
            boolean prefix = hexadecimal && (before == 'x' || before == 'X');
            if ((!prefix && !digit(before, hexadecimal)) || !digit(text.charAt(at + 1), hexadecimal)) {
                return false;
            }
        }
        return true;
    }

    private static boolean digit(char one, boolean hexadecimal) {
        return one < 128 && Character.digit(one, hexadecimal ? 16 : 10) >= 0;
    }
}
