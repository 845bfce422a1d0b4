package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.INT;
import static dev.interlock.decision.cel.library.Kind.STRING;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/// `matches`, `find` and `findAll`: what a regular expression finds in a text. RE2 syntax, so time is linear in the
/// text.
final class RegexFunctions {
    private RegexFunctions() {}

    static List<Overload> overloads() {
        ListType texts = ListType.create(SimpleType.STRING);
        return List.of(
                Overload.member("find", "string_find_string", SimpleType.STRING, STRING, STRING, RegexFunctions::find),
                Overload.member(
                        "findAll",
                        "string_find_all_string",
                        texts,
                        STRING,
                        STRING,
                        (text, regex) -> findAll(text, regex, -1)),
                Overload.member(
                        "findAll",
                        "string_find_all_string_int",
                        texts,
                        List.of(STRING, STRING, INT),
                        values -> findAll((String) values[0], (String) values[1], (Long) values[2])));
    }

    /// In place of cel-java's own, which has no limit.
    static List<Overload> standard() {
        return List.of(
                Overload.global("matches", "matches", SimpleType.BOOL, STRING, STRING, RegexFunctions::matches),
                Overload.member("matches", "matches_string", SimpleType.BOOL, STRING, STRING, RegexFunctions::matches));
    }

    private static boolean matches(String text, String regex) throws Failure {
        return matcher(text, regex).find();
    }

    private static Matcher matcher(String text, String regex) throws Failure {
        Pattern pattern = Patterns.of(regex);
        return pattern.matcher(new Metered(text, pattern.programSize()));
    }

    private static String find(String text, String regex) throws Failure {
        Matcher matcher = matcher(text, regex);
        return matcher.find() ? text.substring(matcher.start(), matcher.end()) : "";
    }

    /// All matches from the left that do not overlap, `limit` at most; below zero there is no limit. An empty
    /// match that touches the one before it does not count.
    private static List<String> findAll(String text, String regex, long limit) throws Failure {
        Matcher matcher = matcher(text, regex);
        List<String> found = new ArrayList<>();
        int from = 0;
        int lastEnd = -1;
        while ((limit < 0 || found.size() < limit) && from <= text.length() && matcher.find(from)) {
            int start = matcher.start();
            int end = matcher.end();
            if (end > start) {
                from = end;
            } else {
                from = end < text.length() ? text.offsetByCodePoints(end, 1) : end + 1;
            }
            if (end > start || start != lastEnd) {
                found.add(text.substring(start, end));
            }
            lastEnd = end;
        }
        return List.copyOf(found);
    }

    /// A text of which it is charged how often it is read: each match may read it up to its end, so all of them may
    /// take a time that is quadratic in its length.
    private static final class Metered implements CharSequence {
        private static final int READS_AT_ONCE = 1024;

        private final String text;
        private final int programSize;
        private int reads;

        Metered(String text, int programSize) {
            this.text = text;
            this.programSize = programSize;
        }

        @Override
        public char charAt(int index) {
            if (++reads == READS_AT_ONCE) {
                reads = 0;
                Charge.units((long) READS_AT_ONCE * programSize);
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
