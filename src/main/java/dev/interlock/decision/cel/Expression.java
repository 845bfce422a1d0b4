package dev.interlock.decision.cel;

import dev.cel.bundle.Cel;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.interlock.decision.Bindings;
import dev.interlock.decision.Budget;
import dev.interlock.decision.cel.library.Charge;
import dev.interlock.decision.cel.library.Patterns;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One compiled expression. Two are equal where their texts are and those of the variables that they may use.
public final class Expression {
    private static final Pattern CHANGE = Pattern.compile("\\b(request|oldObject)\\b");
    private static final Pattern PLACE = Pattern.compile("evaluation error at [^:]*:(\\d+): ");

    private final String text;
    private final Variables variables;
    private final CelType type;
    private final CelRuntime.Program program;

    /// Its own and those of the variables that it may use.
    private final Patterns patterns;

    private Expression(String text, Variables variables, CelType type, CelRuntime.Program program, Patterns patterns) {
        this.text = text;
        this.variables = variables;
        this.type = type;
        this.program = program;
        this.patterns = patterns;
    }

    /// What became of it.
    public sealed interface Result {
        /// @param value boolean, string, and so on, as the expression's type says
        record Value(Object value) implements Result {}

        /// @param cause where in the expression, and why; one clause, without anything that the object says
        record Failed(String cause) implements Result {}
    }

    /// An expression that says whether something holds.
    ///
    /// @throws InvalidExpression where it does not compile to a boolean
    public static Expression bool(String text, Variables variables) {
        return of(text, variables, SimpleType.BOOL);
    }

    /// An expression that says something to people.
    ///
    /// @throws InvalidExpression where it does not compile to a string
    public static Expression string(String text, Variables variables) {
        return of(text, variables, SimpleType.STRING);
    }

    private static Expression of(String text, Variables variables, CelType wanted) {
        Expression expression = any(text, variables);
        if (!expression.type.equals(wanted)) {
            throw new InvalidExpression(
                    "it gives a %s and must give a %s".formatted(expression.type.name(), wanted.name()));
        }
        return expression;
    }

    /// An expression of any type.
    static Expression any(String text, Variables variables) {
        Cel cel = variables.environment();
        try {
            CelAbstractSyntaxTree tree = cel.compile(text).getAst();
            Environment.problem(cel, tree).ifPresent(problem -> {
                throw new InvalidExpression(described(problem));
            });
            Patterns patterns = variables.expressions().values().stream()
                    .map(each -> each.patterns)
                    .reduce(Patterns.in(tree), Patterns::and);
            return new Expression(text, variables, tree.getResultType(), cel.createProgram(tree), patterns);
        } catch (CelValidationException e) {
            throw new InvalidExpression(described(e.getErrors().getFirst()));
        } catch (CelEvaluationException | IllegalArgumentException e) {
            throw new InvalidExpression(firstLine(String.valueOf(e.getMessage())));
        }
    }

    /// Never throws, whatever the expression does: see [Budget].
    public Result evaluate(Bindings bindings) {
        Budget budget = bindings.budget();
        try {
            budget.expression();
            Scope scope = new Scope(bindings, variables);
            return new Result.Value(charged(budget, () -> evaluate(scope)));
        } catch (Budget.Exceeded spent) {
            return new Result.Failed("it was stopped: " + spent.getMessage());
        } catch (StackOverflowError deep) {
            return new Result.Failed("it was stopped: it is too deep");
        } catch (CelEvaluationException e) {
            return new Result.Failed(failed(e));
        }
    }

    private Object charged(Budget budget, ScopedValue.CallableOp<Object, CelEvaluationException> evaluation)
            throws CelEvaluationException {
        return ScopedValue.where(Charge.TO, budget::spend)
                .where(Patterns.KNOWN, patterns.known())
                .call(evaluation);
    }

    /// What it gives whatever it is asked about; empty where that depends.
    public Optional<Object> constant() {
        Budget budget = new Budget(() -> 0);
        try {
            budget.expression();
            return Optional.of(charged(
                    budget, () -> program.trace(Map.of(), (part, value) -> budget.spend(Cost.of(part, value)))));
        } catch (CelEvaluationException | Budget.Exceeded | StackOverflowError _) {
            return Optional.empty();
        }
    }

    Object evaluate(Scope scope) throws CelEvaluationException {
        return program.trace(scope, scope.listener());
    }

    CelType type() {
        return type;
    }

    Variables variables() {
        return variables;
    }

    /// Whether it, or a variable that it may use, is about who asks or what changes. By the text, so that it may say
    /// yes where a field has such a name, and never no where one is used.
    public boolean aboutChange() {
        boolean composed = text.contains(Variables.NAME)
                && variables.expressions().values().stream()
                        .anyMatch(each -> CHANGE.matcher(each.text).find());
        return composed || CHANGE.matcher(text).find();
    }

    /// As it is written.
    public String text() {
        return text;
    }

    /// Where, and what; one clause.
    static String described(CelIssue issue) {
        return "line %d, column %d: %s"
                .formatted(
                        issue.getSourceLocation().getLine(),
                        issue.getSourceLocation().getColumn() + 1,
                        firstLine(issue.getMessage()).replace(" (in container '')", ""));
    }

    /// By what kind of failure it is, not in the library's words: they quote values.
    String failed(CelEvaluationException e) {
        String what = e.getCause() instanceof Composed.Failed variable ? variable.why() : words(e.getErrorCode());
        Matcher place = PLACE.matcher(Objects.requireNonNullElse(e.getMessage(), ""));
        return place.lookingAt() ? "%s: %s".formatted(place(Integer.parseInt(place.group(1))), what) : what;
    }

    private static String words(CelErrorCode code) {
        return switch (code) {
            case ATTRIBUTE_NOT_FOUND -> "there is no such field or key; ask has() first, or write .? before it";
            case DIVIDE_BY_ZERO -> "it divides by zero";
            case INDEX_OUT_OF_BOUNDS -> "the list has no such index";
            case NUMERIC_OVERFLOW -> "a number becomes too large";
            case BAD_FORMAT -> "a text is not of the form that is needed";
            case OVERLOAD_NOT_FOUND -> "no such function takes values of these types";
            case DUPLICATE_ATTRIBUTE -> "a key is there twice";
            case INVALID_ARGUMENT, AMBIGUOUS_OVERLOAD, TYPE_NOT_FOUND, INTERNAL_ERROR, ITERATION_BUDGET_EXCEEDED ->
                "a function cannot take one of its arguments";
        };
    }

    private String place(int offset) {
        String before =
                text.substring(0, text.offsetByCodePoints(0, Math.min(offset, text.codePointCount(0, text.length()))));
        int line = (int) before.chars().filter(each -> each == '\n').count() + 1;
        return "line %d, column %d".formatted(line, before.length() - before.lastIndexOf('\n'));
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Expression one && text.equals(one.text) && variables.equals(one.variables);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
