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
        Pattern pattern = Patterns.of(regex);
        Metered metered = new Metered(text, pattern.programSize());
        boolean found = pattern.matcher(metered).find();
        metered.settle();
        return found;
    }

    private static String find(String text, String regex) throws Failure {
        Pattern pattern = Patterns.of(regex);
        Metered metered = new Metered(text, pattern.programSize());
        Matcher matcher = pattern.matcher(metered);
        String found = matcher.find() ? text.substring(matcher.start(), matcher.end()) : "";
        metered.settle();
        return found;
    }

    /// All matches from the left that do not overlap, `limit` at most; below zero there is no limit. An empty
    /// match that touches the one before it does not count.
    private static List<String> findAll(String text, String regex, long limit) throws Failure {
        Pattern pattern = Patterns.of(regex);
        Metered metered = new Metered(text, pattern.programSize());
        Matcher matcher = pattern.matcher(metered);
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
        metered.settle();
        return List.copyOf(found);
    }

    /// A text of which it is charged how often it is read: each match may read it up to its end, so all of them may
    /// take a time that is quadratic in its length.
    private static final class Metered implements CharSequence {
        private static final long UNITS_AT_ONCE = 65_536;

        private final String text;
        private final int programSize;
        private long units;

        Metered(String text, int programSize) {
            this.text = text;
            this.programSize = programSize;
        }

        @Override
        public char charAt(int index) {
            units += programSize;
            if (units >= UNITS_AT_ONCE) {
                settle();
            }
            return text.charAt(index);
        }

        /// What is not charged yet.
        void settle() {
            long now = units;
            units = 0;
            Charge.units(now);
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
