package dev.interlock.decision;

import dev.interlock.workload.Stage;
import java.util.Map;
import java.util.Set;

/// Which namespaces a policy guards. Both parts must hold.
///
/// @param stages   names of stages; empty matches every namespace, with a stage or without
/// @param selector over the namespace's labels
public record Match(Set<String> stages, LabelSelector selector) {
    public Match {
        stages = Set.copyOf(stages);
    }

    /// Everything: what an unreadable policy is taken to guard.
    public static final Match ALL = new Match(Set.of(), LabelSelector.EVERYTHING);

    public boolean matches(Map<String, String> namespaceLabels) {
        String stage = namespaceLabels.get(Stage.LABEL);
        return (stages.isEmpty() || (stage != null && stages.contains(stage))) && selector.matches(namespaceLabels);
    }
}
