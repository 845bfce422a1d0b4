package dev.interlock.decision.cel.library;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// The regular expressions that stand in an expression as they are, compiled with it and not when it is evaluated.
/// One that would make a large program is refused, since the time to match is linear in that.
public final class Patterns {
    /// Bound for as long as an expression is evaluated.
    public static final ScopedValue<Known> KNOWN = ScopedValue.newInstance();

    public static final Patterns NONE = new Patterns(Map.of());

    private static final Set<String> FUNCTIONS = Set.of("find", "findAll", "matches");

    /// As Go has it: no repetition within repetitions may add up to more.
    private static final int MAX_REPEAT = 1_000;

    private static final int MAX_DEPTH = 1_000;

    /// The instructions a program may have.
    private static final int MAX_PROGRAM = 10_000;

    /// The instructions that all programs of one policy may have: they are kept for as long as it is there.
    public static final int MAX_PROGRAMS = 100_000;

    /// How many more there may be, bound while a policy is read.
    public static final ScopedValue<AtomicInteger> ROOM = ScopedValue.newInstance();

    /// So many characters of a range, each of which is looked at where case does not count, cost as much as an
    /// instruction.
    private static final int FOLDED_PER_INSTRUCTION = 32;

    /// Of these (Cyrillic, since Unicode 9) RE2J never finds an end where case does not count: what they are written
    /// as in capitals is written otherwise in small letters.
    private static final int FIRST_ENDLESS = 0x1C80;

    private static final int LAST_ENDLESS = 0x1C88;

    /// One of them, or the number of one.
    private static final java.util.regex.Pattern ENDLESS =
            java.util.regex.Pattern.compile("[\\x{1C80}-\\x{1C88}]|\\\\x\\{0*1[cC]8[0-8]\\}");

    /// What a class such as `\pL` costs, as instructions.
    private static final int NAMED_CLASS = 16;

    /// What it costs to make an instruction, of which some 1 KB is allocated.
    private static final int STEPS_PER_INSTRUCTION = 4;

    private final Map<String, Pattern> compiled;

    private Patterns(Map<String, Pattern> compiled) {
        this.compiled = compiled;
    }

    /// Those of an expression in which [KubernetesLibrary#validators()] find nothing.
    ///
    /// @throws IllegalArgumentException where there is no room for them
    public static Patterns in(CelAbstractSyntaxTree tree) {
        Map<String, Pattern> compiled = new HashMap<>();
        AtomicInteger room = ROOM.isBound() ? ROOM.get() : new AtomicInteger(MAX_PROGRAMS);
        for (String regex : literals(CelNavigableAst.fromAst(tree))
                .map(Literals::string)
                .distinct()
                .toList()) {
            try {
                Pattern pattern = compile(regex);
                if (room.addAndGet(-pattern.programSize()) < 0) {
                    throw new IllegalArgumentException(
                            "the regular expressions of a policy have at most %d instructions together; make them shorter, or split the policy"
                                    .formatted(MAX_PROGRAMS));
                }
                compiled.put(regex, pattern);
            } catch (Failure e) {
                // Says so when it is evaluated.
            }
        }
        return compiled.isEmpty() ? NONE : new Patterns(Map.copyOf(compiled));
    }

    /// These and others.
    public Patterns and(Patterns others) {
        if (others.compiled.isEmpty()) {
            return this;
        }
        Map<String, Pattern> all = new HashMap<>(compiled);
        all.putAll(others.compiled);
        return new Patterns(Map.copyOf(all));
    }

    /// The literals of an expression that are taken for a regular expression.
    static Stream<CelExpr> literals(CelNavigableAst tree) {
        return tree.getRoot()
                .allNodes()
                .filter(node -> node.getKind().equals(CelExpr.ExprKind.Kind.CALL))
                .map(CelNavigableExpr::expr)
                .filter(expr -> FUNCTIONS.contains(expr.call().function()))
                .map(Patterns::regex)
                .filter(Literals::isString);
    }

    /// The argument behind the text, which is the target of a call or its first argument.
    private static CelExpr regex(CelExpr expr) {
        return expr.call().args().get(expr.call().target().isPresent() ? 0 : 1);
    }

    /// What one evaluation has: the literals, and what it has made.
    public static final class Known {
        private final Map<String, Pattern> literals;
        private final Map<String, Pattern> made = new HashMap<>();

        private Known(Map<String, Pattern> literals) {
            this.literals = literals;
        }

        private Pattern of(String regex) throws Failure {
            Pattern pattern = literals.get(regex);
            if (pattern == null) {
                pattern = made.get(regex);
            }
            if (pattern == null) {
                pattern = compile(regex);
                made.put(regex, pattern);
            }
            return pattern;
        }
    }

    /// For one evaluation.
    public Known known() {
        return new Known(compiled);
    }

    /// A literal of the expression that is evaluated, or one that it makes, which is compiled once.
    static Pattern of(String regex) throws Failure {
        return KNOWN.isBound() ? KNOWN.get().of(regex) : compile(regex);
    }

    /// Charges for it, and refuses what would be too large before it is made.
    static Pattern compile(String regex) throws Failure {
        // RE2J unrolls repetitions and looks at each alone, so they are multiplied first.
        Charge.steps(new Repetitions(regex).size() * STEPS_PER_INSTRUCTION);
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

    private static Failure tooLarge() {
        return new Failure("the regular expression is too large");
    }

    /// A scan of an expression for how its repetitions multiply. What is no valid expression may be misread: it
    /// is refused afterwards.
    private static final class Repetitions {
        private static final java.util.regex.Pattern FOLDING = java.util.regex.Pattern.compile("\\(\\?[a-zA-Z]*i");

        private final String regex;
        private final boolean folding;
        private int at;

        Repetitions(String regex) {
            this.regex = regex;
            this.folding = FOLDING.matcher(regex).find();
        }

        /// The instructions of its program, more or less.
        long size() throws Failure {
            if (regex.length() > MAX_PROGRAM) {
                throw tooLarge();
            }
            if (folding && ENDLESS.matcher(regex).find()) {
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
                        atom = new long[] {1 + skipAtom(), 1};
                        add(group, atom, 1);
                    }
                }
                if (group[0] > MAX_PROGRAM) {
                    throw tooLarge();
                }
            }
            return group[0];
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

        /// @return what it costs beyond an instruction
        private long skipAtom() {
            char first = regex.charAt(at++);
            if (first == '\\' && regex.startsWith("Q", at)) {
                int end = regex.indexOf("\\E", at);
                at = end < 0 ? regex.length() : end + 2;
            } else if (first == '\\') {
                at = Math.min(at + 1, regex.length());
                boolean named = "pP".indexOf(regex.charAt(at - 1)) >= 0;
                if (regex.startsWith("{", at) && (named || regex.charAt(at - 1) == 'x')) {
                    int end = regex.indexOf('}', at);
                    at = end < 0 ? regex.length() : end + 1;
                }
                return named ? NAMED_CLASS : 0;
            } else if (first == '[') {
                return skipClass();
            }
            return 0;
        }

        private long skipClass() {
            int begin = at;
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
            String inside = regex.substring(begin, Math.min(at, regex.length()));
            at = Math.min(at + 1, regex.length());
            long named = inside.split("\\\\[pP]", -1).length - 1L;
            return named * NAMED_CLASS + (folding ? span(inside) / FOLDED_PER_INSTRUCTION : 0);
        }

        /// The characters between the two of each range; all of them where one has no end.
        private static long span(String inside) {
            long span = 0;
            int first = -1;
            Ends ends = new Ends(inside);
            while (ends.more()) {
                boolean dash = inside.charAt(ends.at) == '-';
                int character = ends.next();
                if (dash && first >= 0 && ends.more()) {
                    int last = ends.next();
                    boolean endless = first <= LAST_ENDLESS && last >= FIRST_ENDLESS;
                    span += endless ? Character.MAX_CODE_POINT : Math.max(0, last - first);
                    first = -1;
                } else {
                    first = character;
                }
            }
            return span;
        }

        /// Reads what may be the end of a range.
        private static final class Ends {
            private final String inside;
            private int at;

            Ends(String inside) {
                this.inside = inside;
            }

            boolean more() {
                return at < inside.length();
            }

            /// The next character, as it is written or by its number; the last that there is where that is not known.
            int next() {
                int character = literal();
                if (character != '\\' || !more()) {
                    return character;
                }
                int escape = literal();
                if (escape != 'x') {
                    return Character.isLetterOrDigit(escape) ? Character.MAX_CODE_POINT : escape;
                }
                boolean braces = inside.startsWith("{", at);
                int begin = braces ? at + 1 : at;
                int end = braces ? inside.indexOf('}', at) : Math.min(at + 2, inside.length());
                at = end < 0 ? inside.length() : braces ? end + 1 : end;
                try {
                    return end < 0 ? Character.MAX_CODE_POINT : Integer.parseInt(inside.substring(begin, end), 16);
                } catch (NumberFormatException e) {
                    return Character.MAX_CODE_POINT;
                }
            }

            private int literal() {
                int character = inside.codePointAt(at);
                at += Character.charCount(character);
                return character;
            }
        }

        private static boolean isDigits(String text) {
            return text.chars().allMatch(each -> each >= '0' && each <= '9');
        }
    }
}
