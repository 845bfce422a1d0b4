package dev.interlock.kubernetes;

import dev.interlock.decision.Evidence;
import dev.interlock.decision.EvidenceSource;
import dev.interlock.decision.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// Evidence from the watches.
public final class InformerEvidenceSource implements EvidenceSource {
    private static final Duration NAMESPACE_PATIENCE = Duration.ofSeconds(1);

    private final PolicyCache policies;
    private final NamespaceCache namespaces;
    private final InstantSource clock;

    public InformerEvidenceSource(PolicyCache policies, NamespaceCache namespaces, InstantSource clock) {
        this.policies = policies;
        this.namespaces = namespaces;
        this.clock = clock;
    }

    /// Whether everything that existed at the start is known.
    public boolean synced() {
        return policies.synced() && namespaces.synced() && namespaces.cluster().isPresent();
    }

    /// The API server has matched the namespace's gate already. Labels that say otherwise are older than what
    /// it saw, and policies must not be matched against them. Only the synthetic review is about kube-system,
    /// which is never behind the gate.
    private static boolean asTheApiServerSeesIt(Request request, Map<String, String> labels) {
        return request.gate().name().toLowerCase(Locale.ROOT).equals(labels.get("interlock.dev/gate"))
                || request.subject().namespace().equals("kube-system");
    }

    @Override
    public CompletionStage<Evidence> gather(Request request, Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        Duration patience = left.compareTo(NAMESPACE_PATIENCE) < 0 ? left : NAMESPACE_PATIENCE;
        return namespaces
                .await(request.subject().namespace(), labels -> asTheApiServerSeesIt(request, labels), patience)
                .thenApply(labels -> new Evidence(namespaces.cluster().orElse(""), labels, policies.policies()));
    }
}
