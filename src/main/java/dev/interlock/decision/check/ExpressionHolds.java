package dev.interlock.decision.check;

import dev.interlock.decision.Bindings;
import dev.interlock.decision.Budget;
import dev.interlock.decision.Check;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Situation;
import dev.interlock.decision.Violation;
import dev.interlock.decision.cel.Expression;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// An expression in CEL gives true.
///
/// @param message           what to say where it gives false; empty: the expression itself
/// @param messageExpression makes the message; where it gives no line that can be shown, `message` holds
public record ExpressionHolds(Expression expression, Optional<String> message, Optional<Expression> messageExpression)
        implements Check {
    private static final int LONGEST = 512;

    /// Of what an expression makes, before it is cut, in bytes: as Kubernetes' admission policies have it.
    private static final int LONGEST_MADE = 5 * 1024;

    private static final int CHARACTERS_PER_STEP = 1024;

    @Override
    public CheckResult evaluate(Workload workload, Situation situation) {
        return switch (expression.evaluate(situation.bindings())) {
            case Expression.Result.Value(Object holds) ->
                holds.equals(true)
                        ? new CheckResult.Passed()
                        : new CheckResult.Failed(new NonEmpty<>(
                                List.of(new Violation("ExpressionFalse", "", said(situation.bindings())))));
            case Expression.Result.Failed(String cause) ->
                new CheckResult.Errored("the expression has no value: " + cause);
        };
    }

    @Override
    public boolean aboutChange() {
        return expression.aboutChange();
    }

    @Override
    public boolean asksExpressions() {
        return true;
    }

    private String said(Bindings bindings) {
        return messageExpression
                .flatMap(words -> made(words, bindings))
                .map(String::strip)
                .filter(line -> !line.isEmpty() && line.getBytes(StandardCharsets.UTF_8).length <= LONGEST_MADE)
                .filter(line -> line.chars().noneMatch(Character::isISOControl) && !tells(line, bindings))
                .map(line -> line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…")
                .or(() -> message)
                .orElseGet(() -> "`%s` does not hold".formatted(Violation.shown(oneLine(expression.text()))));
    }

    private static Optional<String> made(Expression words, Bindings bindings) {
        return words.evaluate(bindings) instanceof Expression.Result.Value(String line)
                ? Optional.of(line)
                : Optional.empty();
    }

    /// Whether it tells the value of an environment variable as it is written, which no message may, or may tell one:
    /// to look for all of them costs more than is left for the words.
    private static boolean tells(String line, Bindings bindings) {
        try {
            return bindings.workloads().stream()
                    .flatMap(workload -> workload.containers().stream())
                    .flatMap(container -> container.object().items("env").stream())
                    .flatMap(variable -> variable.asObject("env").text("value").stream())
                    .anyMatch(value -> {
                        bindings.budget().spend(1 + line.length() / CHARACTERS_PER_STEP);
                        return value.length() > 2 && line.contains(value);
                    });
        } catch (Budget.Exceeded _) {
            return true;
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
