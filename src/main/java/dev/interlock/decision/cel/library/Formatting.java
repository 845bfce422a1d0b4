package dev.interlock.decision.cel.library;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.types.TypeType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `format`: a text with clauses such as `%s` or `%.2f` in it, which the items of a list replace in turn.
///
/// It writes as version 2 of the library does, in the locale `en_US`: `%f` groups digits by commas, and what
/// follows the dot in `%.9e` is a width to which the text is padded, not a precision.
final class Formatting {
    private static final int DEFAULT_DIGITS = 6;
    private static final long DEFAULT = DEFAULT_DIGITS;

    /// Up to here the API server's library takes a number for one.
    private static final int MAX_NUMBER = 10_000_009;

    /// What it writes for all that it does not understand.
    private static final String NO_VERB = "%!(NOVERB)";

    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private final StringBuilder out = new StringBuilder();

    private Formatting() {}

    static String format(String format, List<Object> arguments) throws Failure {
        Formatting formatting = new Formatting();
        int argument = 0;
        int at = 0;
        for (Clause clause : clauses(format)) {
            formatting.writeLiteral(format, at, clause.start());
            if (argument >= arguments.size()) {
                throw new Failure("index " + argument + " out of range");
            }
            formatting.write(clause, arguments.get(argument));
            argument++;
            at = clause.end();
        }
        formatting.writeLiteral(format, at, format.length());
        return formatting.out.toString();
    }

    /// The clauses of a text, in order. Two percent signs are none, but stand for one.
    static List<Clause> clauses(String format) throws Failure {
        List<Clause> clauses = new ArrayList<>();
        int percent = format.indexOf('%');
        while (percent >= 0) {
            int end = percent + 2;
            if (!format.startsWith("%", percent + 1)) {
                Clause clause = Clause.read(format, percent);
                clauses.add(clause);
                end = clause.end();
            }
            percent = format.indexOf('%', end);
        }
        return clauses;
    }

    private void writeLiteral(String format, int from, int to) throws Failure {
        write(format.substring(from, to).replace("%%", "%"));
    }

    /// What stands behind a percent sign.
    ///
    /// @param verb the letter
    /// @param precision the number behind a dot, if there is one
    /// @param start where the percent sign is
    /// @param end where it ends
    record Clause(char verb, Optional<Long> precision, int start, int end) {
        private static Clause read(String format, int start) throws Failure {
            int at = start + 1;
            if (at >= format.length()) {
                throw new Failure("unexpected end of string");
            }
            Optional<Long> precision = Optional.empty();
            if (format.charAt(at) == '.') {
                int from = ++at;
                while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
                    at++;
                }
                if (at >= format.length()) {
                    throw new Failure("could not find end of precision specifier");
                }
                precision = Optional.of(number(format.substring(from, at)));
            }
            char verb = format.charAt(at);
            if ("sdfebxXo".indexOf(verb) < 0) {
                throw new Failure("unrecognized formatting clause");
            }
            return new Clause(verb, precision, start, at + 1);
        }

        private static long number(String digits) throws Failure {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw new Failure("the precision is no number");
            }
        }
    }

    private void write(Clause clause, Object value) throws Failure {
        switch (clause.verb()) {
            case 's' -> writePlain(value);
            case 'd' -> write(decimal(value));
            case 'f' ->
                write(fixed(number(value, "fixed-point"), clause.precision().orElse(DEFAULT)));
            case 'e' ->
                write(scientific(number(value, "scientific"), clause.precision().orElse(DEFAULT)));
            case 'b' -> write(binary(value));
            case 'x' -> write(hexadecimal(value, HexFormat.of()));
            case 'X' -> write(hexadecimal(value, HexFormat.of().withUpperCase()));
            default -> write(octal(value));
        }
    }

    private void write(String text) throws Failure {
        write(text, 0, text.length());
    }

    private void write(String text, int from, int to) throws Failure {
        Limits.text((long) out.length() + to - from);
        out.append(text, from, to);
    }

    /// A value as `%s` has it: as the conversion to a string does, lists and maps as literals.
    private void writePlain(Object value) throws Failure {
        switch (value) {
            case List<?> list -> writeList(list);
            case Map<?, ?> map -> writeMap(map);
            case NullValue _ -> write("null");
            default -> write(plain(value));
        }
    }

    private static String plain(Object value) throws Failure {
        return switch (value) {
            case String text -> text;
            case Boolean flag -> flag.toString();
            case Long number -> number.toString();
            case UnsignedLong number -> number.toString();
            case Double number -> GoText.shortest(number);
            case CelByteString bytes -> text(bytes);
            case Instant instant -> instant(instant);
            case Duration duration -> duration(duration);
            case TypeType type -> type.containingTypeName();
            default ->
                throw new Failure("string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists,"
                        + " types, durations, and timestamps");
        };
    }

    /// A value as it stands within a list or a map.
    private void writeItem(Object value) throws Failure {
        switch (value) {
            case List<?> list -> writeList(list);
            case Map<?, ?> map -> writeMap(map);
            case NullValue _ -> write("null");
            case String text -> writeQuoted(text);
            case CelByteString bytes -> {
                write("b");
                writeQuoted(text(bytes));
            }
            case Instant instant -> write("timestamp(\"" + instant(instant) + "\")");
            case Duration duration -> write("duration(\"" + duration(duration) + "\")");
            case Double number -> write(item(number));
            default -> write(plain(value));
        }
    }

    private static String item(double number) {
        return Double.isFinite(number)
                ? (isNegative(number) ? "-" : "")
                        + new BigDecimal(Math.abs(number))
                                .setScale(DEFAULT_DIGITS, RoundingMode.HALF_EVEN)
                                .toPlainString()
                : GoText.quoted(GoText.shortest(number));
    }

    private void writeQuoted(String text) throws Failure {
        Limits.text(out.length() + text.length() + 2L);
        out.append('"');
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            GoText.quote(text.codePointAt(i), out);
            Limits.text(out.length());
        }
        write("\"");
    }

    private void writeList(List<?> list) throws Failure {
        write("[");
        boolean first = true;
        for (Object item : list) {
            write(first ? "" : ", ");
            writeItem(item);
            first = false;
        }
        write("]");
    }

    private void writeMap(Map<?, ?> map) throws Failure {
        TreeMap<String, Object> entries = new TreeMap<>(GoText::compare);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            entries.put(key(entry.getKey()), entry.getValue());
        }
        write("{");
        boolean first = true;
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            write(first ? "" : ", ");
            write(entry.getKey());
            write(":");
            writeItem(entry.getValue());
            first = false;
        }
        write("}");
    }

    private static String key(Object key) throws Failure {
        return switch (key) {
            case String text -> GoText.quoted(text);
            case Boolean flag -> flag.toString();
            case Long number -> number.toString();
            case UnsignedLong number -> number.toString();
            default -> throw new Failure("no formatting function for such a key of a map");
        };
    }

    private static String text(CelByteString bytes) throws Failure {
        if (!bytes.isValidUtf8()) {
            throw new Failure("invalid UTF-8 in bytes, cannot convert to string");
        }
        return bytes.toStringUtf8();
    }

    private static String instant(Instant instant) {
        String text = instant.toString();
        int dot = text.indexOf('.');
        if (dot < 0) {
            return text;
        }
        // Instants write three, six or nine digits.
        int end = text.length() - 1;
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, end) + "Z";
    }

    /// Seconds, as a sum of the whole ones and of the rest, so with what a float64 keeps of them.
    private static String duration(Duration duration) {
        boolean negative = duration.isNegative();
        Duration length = duration.abs();
        double seconds = length.getSeconds() + length.getNano() / 1e9;
        String text =
                new BigDecimal(Double.toString(seconds)).stripTrailingZeros().toPlainString();
        return (negative ? "-" : "") + text + "s";
    }

    private static String decimal(Object value) throws Failure {
        return switch (value) {
            case Long number -> number.toString();
            case UnsignedLong number -> number.toString();
            default -> throw new Failure("decimal clause can only be used on integers");
        };
    }

    private static double number(Object value, String clause) throws Failure {
        return switch (value) {
            case Double number -> number;
            case String text when text.equals("NaN") -> Double.NaN;
            case String text when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
            case String text when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
            default -> throw new Failure(clause + " clause can only be used on doubles");
        };
    }

    private static String fixed(double number, long precision) {
        if (precision > MAX_NUMBER) {
            return NO_VERB;
        }
        if (!Double.isFinite(number)) {
            return special(number);
        }
        // The API server's library keeps the lower bound in eight bits and the upper one in sixteen.
        int least = (int) precision & 0xff;
        int most = (short) precision;
        BigDecimal rounded = most < 0
                ? GoText.fewestDigits(Math.abs(number))
                : new BigDecimal(Math.abs(number)).setScale(most, RoundingMode.HALF_EVEN);
        BigDecimal shortest = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
        String text = shortest.setScale(Math.max(least, Math.max(shortest.scale(), 0)), RoundingMode.UNNECESSARY)
                .toPlainString();
        int dot = text.indexOf('.');
        String whole = dot < 0 ? text : text.substring(0, dot);
        return (number < 0 ? "-" : "") + grouped(whole) + text.substring(whole.length());
    }

    private static String grouped(String digits) {
        StringBuilder out = new StringBuilder(digits);
        for (int at = digits.length() - 3; at > 0; at -= 3) {
            out.insert(at, ',');
        }
        return out.toString();
    }

    private static String scientific(double number, long width) {
        if (width > MAX_NUMBER) {
            return NO_VERB;
        }
        String text = Double.isFinite(number) ? scientific(number) : special(number);
        int padding = ((int) width & 0xffff) - text.codePointCount(0, text.length());
        return padding > 0 ? " ".repeat(padding) + text : text;
    }

    private static String scientific(double number) {
        BigDecimal rounded =
                new BigDecimal(Math.abs(number)).round(new MathContext(DEFAULT_DIGITS + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        String digits = rounded.unscaledValue().toString();
        digits += "0".repeat(Math.max(0, DEFAULT_DIGITS + 1 - digits.length()));
        StringBuilder out = new StringBuilder(number < 0 ? "-" : "")
                .append(digits, 0, 1)
                .append('.')
                .append(digits, 1, DEFAULT_DIGITS + 1)
                .append("×10")
                .append(exponent < 0 ? "⁻" : "");
        String power = Integer.toString(Math.abs(exponent));
        ("0".repeat(Math.max(0, 2 - power.length())) + power)
                .chars()
                .forEach(each -> out.append(SUPERSCRIPTS.charAt(each - '0')));
        return out.toString();
    }

    private static String special(double number) {
        return Double.isNaN(number) ? "NaN" : number < 0 ? "-∞" : "∞";
    }

    private static boolean isNegative(double number) {
        return Double.doubleToRawLongBits(number) < 0;
    }

    private static String binary(Object value) throws Failure {
        return switch (value) {
            case Long number -> Long.toString(number, 2);
            case UnsignedLong number -> number.toString(2);
            case Boolean flag -> flag ? "1" : "0";
            default -> throw new Failure("only integers and bools can be formatted as binary");
        };
    }

    private static String octal(Object value) throws Failure {
        return switch (value) {
            case Long number -> Long.toString(number, 8);
            case UnsignedLong number -> number.toString(8);
            default -> throw new Failure("octal clause can only be used on integers");
        };
    }

    private static String hexadecimal(Object value, HexFormat hex) throws Failure {
        return switch (value) {
            case Long number -> cased(Long.toString(number, 16), hex);
            case UnsignedLong number -> cased(number.toString(16), hex);
            case String text -> digits(text.getBytes(StandardCharsets.UTF_8), hex);
            case CelByteString bytes -> digits(bytes.toByteArray(), hex);
            default -> throw new Failure("only integers, byte buffers, and strings can be formatted as hex");
        };
    }

    private static String digits(byte[] bytes, HexFormat hex) throws Failure {
        Limits.text(2L * bytes.length);
        return hex.formatHex(bytes);
    }

    private static String cased(String digits, HexFormat hex) {
        return hex.isUpperCase() ? digits.toUpperCase(Locale.ROOT) : digits;
    }
}
