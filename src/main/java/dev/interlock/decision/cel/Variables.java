package dev.interlock.decision.cel;

import dev.cel.bundle.Cel;
import dev.cel.common.types.CelType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The variables that a policy composes, as `variables.name`: each is an expression that may use those before it.
/// Evaluated where it is used, and once in one evaluation.
public final class Variables {
    static final String NAME = "variables";

    public static final Variables NONE = new Variables(Map.of(), Environment.base());

    private final Map<String, Expression> expressions;
    private final Cel environment;

    private Variables(Map<String, Expression> expressions, Cel environment) {
        this.expressions = expressions;
        this.environment = environment;
    }

    /// These and one more.
    ///
    /// @throws InvalidExpression where the expression does not compile
    public Variables with(String name, String expression) {
        Map<String, Expression> more = new LinkedHashMap<>(expressions);
        more.put(name, Expression.any(expression, this));
        Map<String, CelType> types = new LinkedHashMap<>();
        more.forEach((each, compiled) -> types.put(each, compiled.type()));
        return new Variables(more, Environment.composed(Declarations.composed(types)));
    }

    Cel environment() {
        return environment;
    }

    /// In the order in which they stand there.
    Map<String, Expression> expressions() {
        return expressions;
    }

    @Nullable
    Expression get(String name) {
        return expressions.get(name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Variables others
                && expressions.keySet().equals(others.expressions.keySet())
                && expressions.entrySet().stream()
                        .allMatch(one -> Objects.requireNonNull(others.expressions.get(one.getKey()))
                                .text()
                                .equals(one.getValue().text()));
    }

    @Override
    public int hashCode() {
        return expressions.keySet().hashCode();
    }
}
