package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.INT;
import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/// The functions on texts that the API server has (version 2 of the library). All positions count code points.
///
/// cel-java has most of them too, but none with a limit to its result, and some that differ: an offset behind
/// the end is an error there.
final class StringFunctions {
    private StringFunctions() {}

    static List<Overload> overloads() {
        CelType string = SimpleType.STRING;
        ListType strings = ListType.create(string);
        Kind<List<Object>> list = Kind.listOf(string);
        Kind<List<Object>> any = Kind.listOf(SimpleType.DYN);
        return List.of(
                Overload.member("charAt", "string_char_at_int", string, STRING, INT, StringFunctions::charAt),
                Overload.member(
                        "indexOf",
                        "string_index_of_string",
                        SimpleType.INT,
                        STRING,
                        STRING,
                        (text, part) -> indexOf(text, part, 0)),
                Overload.member(
                        "indexOf",
                        "string_index_of_string_int",
                        SimpleType.INT,
                        List.of(STRING, STRING, INT),
                        values -> indexOf((String) values[0], (String) values[1], (Long) values[2])),
                Overload.member(
                        "lastIndexOf",
                        "string_last_index_of_string",
                        SimpleType.INT,
                        STRING,
                        STRING,
                        StringFunctions::lastIndexOf),
                Overload.member(
                        "lastIndexOf",
                        "string_last_index_of_string_int",
                        SimpleType.INT,
                        List.of(STRING, STRING, INT),
                        values -> lastIndexOf((String) values[0], (String) values[1], (Long) values[2])),
                Overload.member("lowerAscii", "string_lower_ascii", string, STRING, StringFunctions::lowerAscii),
                Overload.member("upperAscii", "string_upper_ascii", string, STRING, StringFunctions::upperAscii),
                Overload.member(
                        "replace",
                        "string_replace_string_string",
                        string,
                        List.of(STRING, STRING, STRING),
                        values -> replace((String) values[0], (String) values[1], (String) values[2], -1)),
                Overload.member(
                        "replace",
                        "string_replace_string_string_int",
                        string,
                        List.of(STRING, STRING, STRING, INT),
                        values ->
                                replace((String) values[0], (String) values[1], (String) values[2], (Long) values[3])),
                Overload.member(
                        "split",
                        "string_split_string",
                        strings,
                        STRING,
                        STRING,
                        (text, separator) -> split(text, separator, -1)),
                Overload.member(
                        "split",
                        "string_split_string_int",
                        strings,
                        List.of(STRING, STRING, INT),
                        values -> split((String) values[0], (String) values[1], (Long) values[2])),
                Overload.member("substring", "string_substring_int", string, STRING, INT, StringFunctions::substring),
                Overload.member(
                        "substring",
                        "string_substring_int_int",
                        string,
                        List.of(STRING, INT, INT),
                        values -> substring((String) values[0], (Long) values[1], (Long) values[2])),
                Overload.member("trim", "string_trim", string, STRING, StringFunctions::trim),
                Overload.global("strings.quote", "strings_quote", string, STRING, StringFunctions::quote),
                Overload.member("join", "list_join", string, list, items -> join(items, "")),
                Overload.member("join", "list_join_string", string, list, STRING, StringFunctions::join),
                Overload.member("format", "string_format", string, STRING, any, Formatting::format));
    }

    private static String charAt(String text, long index) throws Failure {
        int length = length(text);
        if (index < 0 || index > length) {
            throw outOfRange(index);
        }
        return index == length ? "" : substring(text, index, index + 1);
    }

    /// In place of cel-java's own, which takes a time that is the product of the lengths.
    static List<Overload> standard() {
        return List.of(Overload.member(
                "contains",
                "contains_string",
                SimpleType.BOOL,
                STRING,
                STRING,
                (text, part) -> part.isEmpty() || new Finder(part).next(text, 0) >= 0));
    }

    private static long indexOf(String text, String part, long offset) throws Failure {
        return found(text, part, offset, Finder::next);
    }

    private static long lastIndexOf(String text, String part) {
        return part.isEmpty() ? length(text) : counted(text, new Finder(part).last(text, text.length()));
    }

    private static long lastIndexOf(String text, String part, long offset) throws Failure {
        return found(text, part, offset, Finder::last);
    }

    private static long found(String text, String part, long offset, Direction direction) throws Failure {
        if (part.isEmpty()) {
            return offset;
        }
        if (offset < 0) {
            throw outOfRange(offset);
        }
        if (offset >= length(text)) {
            return -1;
        }
        return counted(text, direction.find(new Finder(part), text, text.offsetByCodePoints(0, (int) offset)));
    }

    /// Where a text is sought from a place.
    private interface Direction {
        int find(Finder finder, String text, int from);
    }

    private static String lowerAscii(String text) {
        return shifted(text, 'A', 'Z', 'a' - 'A');
    }

    private static String upperAscii(String text) {
        return shifted(text, 'a', 'z', 'A' - 'a');
    }

    private static String shifted(String text, char first, char last, int by) {
        char[] units = text.toCharArray();
        for (int i = 0; i < units.length; i++) {
            if (units[i] >= first && units[i] <= last) {
                units[i] = (char) (units[i] + by);
            }
        }
        return new String(units);
    }

    /// Replaces `limit` occurrences from the left; all if it is below zero. An empty part is found before each
    /// code point and at the end.
    private static String replace(String text, String part, String replacement, long limit) throws Failure {
        if (part.equals(replacement) || limit == 0) {
            return text;
        }
        List<Integer> places = places(text, part, limit);
        Limits.text(text.length() + (long) places.size() * (replacement.length() - part.length()));
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int place : places) {
            out.append(text, from, place).append(replacement);
            from = place + part.length();
        }
        return out.append(text, from, text.length()).toString();
    }

    private static List<Integer> places(String text, String part, long limit) {
        List<Integer> places = new ArrayList<>();
        if (part.isEmpty()) {
            for (int at = 0; at <= text.length() && (limit < 0 || places.size() < limit); at += width(text, at)) {
                places.add(at);
            }
            return places;
        }
        Finder finder = new Finder(part);
        int place = finder.next(text, 0);
        while (place >= 0 && (limit < 0 || places.size() < limit)) {
            places.add(place);
            place = finder.next(text, place + part.length());
        }
        return places;
    }

    private static int width(String text, int at) {
        return at < text.length() ? Character.charCount(text.codePointAt(at)) : 1;
    }

    /// Cuts at each separator into `limit` pieces at most, of which the last keeps the rest; below zero there
    /// is no limit. An empty separator cuts between code points.
    private static List<String> split(String text, String separator, long limit) throws Failure {
        if (limit == 0) {
            return List.of();
        }
        if (separator.isEmpty() && text.isEmpty()) {
            return List.of();
        }
        List<Integer> cuts = separator.isEmpty() ? places(text, "", limit) : places(text, separator, limit - 1);
        if (separator.isEmpty()) {
            // Not before the first code point, nor behind the last.
            cuts.removeFirst();
            if (!cuts.isEmpty() && cuts.getLast() == text.length()) {
                cuts.removeLast();
            }
        }
        Limits.items(cuts.size() + 1L);
        List<String> pieces = new ArrayList<>(cuts.size() + 1);
        int from = 0;
        for (int cut : cuts) {
            pieces.add(text.substring(from, cut));
            from = cut + separator.length();
        }
        pieces.add(text.substring(from));
        return List.copyOf(pieces);
    }

    private static String substring(String text, long start) throws Failure {
        return substring(text, start, Math.max(start, length(text)));
    }

    private static String substring(String text, long start, long end) throws Failure {
        int length = length(text);
        if (start > end) {
            throw new Failure("the range starts at " + start + " and ends at " + end);
        }
        if (start < 0 || start > length) {
            throw outOfRange(start);
        }
        if (end > length) {
            throw outOfRange(end);
        }
        int from = text.offsetByCodePoints(0, (int) start);
        return text.substring(from, text.offsetByCodePoints(from, (int) (end - start)));
    }

    private static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /// White space as Unicode has it; none of it lies outside the basic plane.
    private static boolean isSpace(char unit) {
        return unit == 0x85 || (unit >= '\t' && unit <= '\r') || Character.isSpaceChar(unit);
    }

    private static String quote(String text) throws Failure {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case 0x07 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 0x0b -> out.append("\\v");
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                default -> out.append(text.charAt(i));
            }
            Limits.text(out.length() + 1L);
        }
        return out.append('"').toString();
    }

    private static String join(List<Object> items, String separator) throws Failure {
        List<String> texts = new ArrayList<>(items.size());
        long length = 0;
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw new Failure("the list has an item that is no string");
            }
            length += text.length() + (texts.isEmpty() ? 0 : separator.length());
            Limits.text(length);
            texts.add(text);
        }
        return String.join(separator, texts);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static long counted(String text, int index) {
        return index < 0 ? -1 : text.codePointCount(0, index);
    }

    private static Failure outOfRange(long index) {
        return new Failure("index out of range: " + index);
    }
}
