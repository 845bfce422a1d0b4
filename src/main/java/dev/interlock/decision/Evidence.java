package dev.interlock.decision;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The immutable snapshot that a decision is made from.
///
/// @param cluster         the uid of the cluster (of its kube-system namespace)
/// @param namespaceLabels of the subject's namespace; empty where the namespace is not known
/// @param policies        all that exist, in any order
public record Evidence(String cluster, Optional<Map<String, String>> namespaceLabels, List<Policy> policies) {
    public Evidence {
        namespaceLabels = namespaceLabels.map(Map::copyOf);
        policies = List.copyOf(policies);
    }
}
