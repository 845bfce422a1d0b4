package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.INT;
import static dev.interlock.decision.cel.library.Kind.STRING;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/// `matches`, `find` and `findAll`: what a regular expression finds in a text. RE2 syntax, so time is linear in the
/// text;
/// an expression that would make a large program is refused, since the time is linear in that too.
final class RegexFunctions {
    /// As Go has it: no repetition within repetitions may add up to more.
    private static final int MAX_REPEAT = 1_000;

    private static final int MAX_DEPTH = 1_000;

    /// The instructions a program may have.
    private static final int MAX_PROGRAM = 10_000;

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
        Pattern pattern = compile(regex);
        return pattern.matcher(new Metered(text, pattern.programSize()));
    }

    static Pattern compile(String regex) throws Failure {
        // RE2J unrolls repetitions and looks at each alone, so they are multiplied first.
        new Repetitions(regex).check();
        try {
            Pattern pattern = Pattern.compile(regex);
            if (pattern.programSize() > MAX_PROGRAM) {
                throw tooLarge();
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new Failure("not a regular expression: " + e.getDescription());
        }
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

    private static Failure tooLarge() {
        return new Failure("the regular expression is too large");
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

    /// A scan of an expression for how its repetitions multiply. What is no valid expression may be misread: it
    /// is refused afterwards.
    private static final class Repetitions {
        private final String regex;
        private int at;

        Repetitions(String regex) {
            this.regex = regex;
        }

        void check() throws Failure {
            if (regex.length() > MAX_PROGRAM) {
                throw tooLarge();
            }
            // Groups that are open: the size and the highest product of repetitions of what was read in each.
            List<long[]> open = new ArrayList<>();
            long[] group = {0, 1};
            long[] atom = {0, 1};
            while (at < regex.length()) {
                switch (regex.charAt(at)) {
                    case '(' -> {
                        open.add(group);
                        group = new long[] {1, 1};
                        atom = new long[] {0, 1};
                        at++;
                        if (open.size() > MAX_DEPTH) {
                            throw new Failure("not a regular expression: expression nests too deeply");
                        }
                    }
                    case ')' -> {
                        atom = group;
                        if (!open.isEmpty()) {
                            group = open.removeLast();
                        }
                        add(group, atom, 1);
                        at++;
                    }
                    case '{' -> {
                        long count = count();
                        if (count > 1) {
                            // What was counted once is now there `count` times.
                            add(group, atom, count - 1);
                            atom = new long[] {atom[0] * count, atom[1] * count};
                            if (atom[1] > MAX_REPEAT) {
                                throw new Failure("not a regular expression: invalid repeat count");
                            }
                            group[1] = Math.max(group[1], atom[1]);
                        }
                    }
                    default -> {
                        skipAtom();
                        atom = new long[] {1, 1};
                        add(group, atom, 1);
                    }
                }
                if (group[0] > MAX_PROGRAM) {
                    throw tooLarge();
                }
            }
        }

        private static void add(long[] group, long[] atom, long times) {
            group[0] += atom[0] * times;
            group[1] = Math.max(group[1], atom[1]);
        }

        /// Reads `{n}`, `{n,}` or `{n,m}` and gives the higher number; 1 for a brace that is none of these.
        private long count() {
            int close = regex.indexOf('}', at);
            String inside = close < 0 || close - at > 12 ? "" : regex.substring(at + 1, close);
            int comma = inside.indexOf(',');
            String low = comma < 0 ? inside : inside.substring(0, comma);
            String high = comma < 0 ? "" : inside.substring(comma + 1);
            if (low.isEmpty() || !isDigits(low) || !isDigits(high) || low.length() > 5 || high.length() > 5) {
                at++;
                return 1;
            }
            at = close + 1;
            return Long.parseLong(high.isEmpty() ? low : high);
        }

        private void skipAtom() {
            char first = regex.charAt(at++);
            if (first == '\\' && regex.startsWith("Q", at)) {
                int end = regex.indexOf("\\E", at);
                at = end < 0 ? regex.length() : end + 2;
            } else if (first == '\\') {
                at = Math.min(at + 1, regex.length());
                if (regex.startsWith("{", at) && "pPx".indexOf(regex.charAt(at - 1)) >= 0) {
                    int end = regex.indexOf('}', at);
                    at = end < 0 ? regex.length() : end + 1;
                }
            } else if (first == '[') {
                skipClass();
            }
        }

        private void skipClass() {
            if (regex.startsWith("^", at)) {
                at++;
            }
            // A bracket that comes first stands for itself.
            if (regex.startsWith("]", at)) {
                at++;
            }
            while (at < regex.length() && regex.charAt(at) != ']') {
                if (regex.startsWith("[:", at) && regex.indexOf(":]", at) > 0) {
                    at = regex.indexOf(":]", at) + 2;
                } else {
                    at += regex.charAt(at) == '\\' ? 2 : 1;
                }
            }
            at = Math.min(at + 1, regex.length());
        }

        private static boolean isDigits(String text) {
            return text.chars().allMatch(each -> each >= '0' && each <= '9');
        }
    }
}
