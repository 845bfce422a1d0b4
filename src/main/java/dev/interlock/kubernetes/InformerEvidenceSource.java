package dev.interlock.kubernetes;

import dev.interlock.decision.Approvals;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.EvidenceSource;
import dev.interlock.decision.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/// Evidence from the watches.
public final class InformerEvidenceSource implements EvidenceSource {
    private static final Duration NAMESPACE_PATIENCE = Duration.ofSeconds(1);

    private final Caches caches;
    private final BiFunction<String, Instant, Approvals> approvals;
    private final InstantSource clock;
    private final InstantSource steady;

    /// @param approvals of the object with a uid, as they are at a time; from memory
    public InformerEvidenceSource(
            Caches caches,
            BiFunction<String, Instant, Approvals> approvals,
            InstantSource clock,
            InstantSource steady) {
        this.caches = caches;
        this.approvals = approvals;
        this.clock = clock;
        this.steady = steady;
    }

    /// The API server has matched the namespace's gate already. Labels that say otherwise are older than what
    /// it saw, and policies must not be matched against them. Only the synthetic review is about kube-system,
    /// which is never behind the gate.
    private static boolean asTheApiServerSeesIt(Request request, Map<String, String> labels) {
        return request.gate().name().toLowerCase(Locale.ROOT).equals(labels.get("interlock.dev/gate"))
                || request.subject().namespace().equals("kube-system");
    }

    private Evidence evidence(Request request, Optional<Map<String, String>> labels) {
        Instant now = clock.instant();
        return new Evidence(
                caches.namespaces().cluster().orElse(""),
                now,
                labels,
                caches.policies(),
                caches.paths(),
                approvals.apply(request.subject().uid(), now),
                caches.drift(),
                caches.staleSince(now));
    }

    @Override
    public CompletionStage<Evidence> gather(Request request, Instant deadline) {
        if (request.subject().namespace().isEmpty()) {
            return CompletableFuture.completedFuture(evidence(request, Optional.of(Map.of())));
        }
        Duration left = Duration.between(steady.instant(), deadline);
        Duration patience = left.compareTo(NAMESPACE_PATIENCE) < 0 ? left : NAMESPACE_PATIENCE;
        return caches.namespaces()
                .await(request.subject().namespace(), labels -> asTheApiServerSeesIt(request, labels), patience)
                .thenApply(labels -> evidence(request, labels));
    }
}
