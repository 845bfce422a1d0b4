package dev.interlock.decision.cel;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.exceptions.CelAttributeNotFoundException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.StructValue;
import dev.cel.runtime.CelEvaluationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// `variables` in one evaluation: each is evaluated when it is first asked for.
@Immutable
@SuppressWarnings("Immutable") // what it remembers is what it would make again
final class Composed extends StructValue<String, Object> {
    private final Variables variables;
    private final Scope scope;
    private final Map<String, Object> known = new HashMap<>();

    Composed(Variables variables, Scope scope) {
        this.variables = variables;
        this.scope = scope;
    }

    /// A variable has no value.
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String why;

        Failed(String why) {
            super(why, null, false, false);
            this.why = why;
        }

        /// Which variable, and why; one clause.
        String why() {
            return why;
        }
    }

    @Override
    public Object select(String name) {
        return find(name).orElseThrow(() -> CelAttributeNotFoundException.forFieldResolution(name));
    }

    @Override
    public Optional<Object> find(String name) {
        Object value = known.get(name);
        if (value != null) {
            return Optional.of(value);
        }
        Expression expression = variables.get(name);
        if (expression == null) {
            return Optional.empty();
        }
        try {
            Object made = expression.evaluate(scope);
            known.put(name, made);
            return Optional.of(made);
        } catch (CelEvaluationException e) {
            throw new Failed("variable `%s` has no value: %s".formatted(name, expression.failed(e)));
        }
    }

    @Override
    public Object value() {
        return this;
    }

    @Override
    public boolean isZeroValue() {
        return false;
    }

    @Override
    public CelType celType() {
        return SimpleType.DYN;
    }
}
