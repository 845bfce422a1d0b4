package dev.interlock.decision;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The immutable snapshot that a decision is made from.
///
/// @param cluster         the uid of the cluster (of its kube-system namespace)
/// @param at              when it was taken: what has ended by then counts no more
/// @param namespaceLabels of the subject's namespace; empty where the namespace is not known
/// @param policies        all that exist
/// @param paths           all that exist, in any order
/// @param approvals       of the subject
/// @param drift           by service; nobody changes it any more
/// @param staleSince      until when policies and paths are known to be what the API server has, where that is too long
/// ago to
///                        decide by them; empty where they are fresh
public record Evidence(
        String cluster,
        Instant at,
        Optional<Map<String, String>> namespaceLabels,
        Policies policies,
        List<DeliveryPath> paths,
        Approvals approvals,
        Map<String, List<DriftFact>> drift,
        Optional<Instant> staleSince) {
    public Evidence {
        namespaceLabels = namespaceLabels.map(Map::copyOf);
        paths = List.copyOf(paths);
    }
}
