package dev.interlock.decision.cel;

import dev.cel.runtime.CelEvaluationListener;
import dev.cel.runtime.CelVariableResolver;
import dev.interlock.decision.Bindings;
import dev.interlock.workload.Node;
import java.util.Optional;

/// What one evaluation can name, and what it may cost.
final class Scope implements CelVariableResolver {
    private final Bindings bindings;
    private final Composed composed;

    Scope(Bindings bindings, Variables variables) {
        this.bindings = bindings;
        this.composed = new Composed(variables, this);
    }

    @Override
    public Optional<Object> find(String name) {
        if (name.equals(Variables.NAME)) {
            return Optional.of(composed);
        }
        Node value = bindings.get(name);
        return value == null ? Optional.empty() : Optional.of(Json.value(value));
    }

    /// Charges for each part that was evaluated, and more for what is long.
    CelEvaluationListener listener() {
        return (part, value) -> bindings.budget().spend(Cost.of(part, value));
    }
}
