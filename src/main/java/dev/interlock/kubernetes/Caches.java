package dev.interlock.kubernetes;

import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DriftFact;
import dev.interlock.decision.Policies;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.workload.GroupVersionResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What decisions are made by, from memory: policies, paths, drift and the labels of namespaces.
public final class Caches implements AutoCloseable {
    private final MappedCache<PolicyView> policies;
    private final MappedCache<DeliveryPath> paths;
    private final MappedCache<DriftFact> drift;
    private final NamespaceCache namespaces;
    private final CacheProof proof;
    private volatile Grouped grouped = new Grouped(List.of(), Map.of());

    private volatile Plain plain = new Plain(List.of(), Policies.NONE);

    private record Plain(List<PolicyView> from, Policies policies) {}

    private record Grouped(List<DriftFact> from, Map<String, List<DriftFact>> byService) {}

    /// @param own Interlock's namespace
    public Caches(KubernetesClient client, String own) {
        policies = new MappedCache<>(
                client, MappedCache.kind("PromotionPolicy", "promotionpolicies", false), PolicyViews::read);
        paths = new MappedCache<>(client, MappedCache.kind("DeliveryPath", "deliverypaths", false), PathMapping::path);
        drift = new MappedCache<>(client, MappedCache.kind("DriftEvent", "driftevents", true), DriftMapping::fact);
        namespaces = new NamespaceCache(client, own);
        proof = new CacheProof(List.of(policies, paths));
    }

    /// Whether everything that existed at the start is known.
    public boolean synced() {
        return policies.synced()
                && paths.synced()
                && drift.synced()
                && namespaces.synced()
                && namespaces.cluster().isPresent();
    }

    /// Until when policies and paths are known to have been what the API server has, where that is longer ago
    /// than decisions may be; empty where they are fresh.
    public Optional<Instant> staleSince(Instant now) {
        return proof.staleSince(now);
    }

    /// How long ago policies and paths were last held against what the API server has.
    public Duration provenAge() {
        return proof.age();
    }

    @SuppressWarnings("ReferenceEquality") // the list is another one after each change, and only then
    public Policies policies() {
        List<PolicyView> now = policies.values();
        Plain known = plain;
        if (known.from() != now) {
            // A status that says the same to deciders changes nothing that they remember.
            Policies same = known.from().equals(now)
                    ? known.policies()
                    : new Policies(now.stream().map(PolicyView::policy).toList());
            known = new Plain(now, same);
            plain = known;
        }
        return known.policies();
    }

    /// What they name that is no workload: about workloads the first part of the gate asks.
    public Set<GroupVersionResource> others() {
        return policies().all().stream()
                .flatMap(policy -> policy.match().others().stream())
                .collect(Collectors.toSet());
    }

    /// With what they say about drift and feedback.
    public List<PolicyView> views() {
        return policies.values();
    }

    /// The view of a policy: that which is known already, where it is of the same version, because to
    /// compile its expressions costs far more than to look; else read anew.
    public PolicyView view(GenericKubernetesResource stored) {
        return policies.read(stored).orElseGet(() -> PolicyMapping.view(stored));
    }

    public List<PolicyRef> refs() {
        return policies().all().stream().map(Policy::ref).toList();
    }

    public List<DeliveryPath> paths() {
        return paths.values();
    }

    /// Drifted and Bypassed, open and past, by service.
    @SuppressWarnings("ReferenceEquality") // the list is another one after each change, and only then
    public Map<String, List<DriftFact>> drift() {
        List<DriftFact> now = drift.values();
        Grouped known = grouped;
        if (known.from() != now) {
            known = new Grouped(now, now.stream().collect(Collectors.groupingBy(DriftFact::service)));
            grouped = known;
        }
        return known.byService();
    }

    public NamespaceCache namespaces() {
        return namespaces;
    }

    /// Calls `listener` after each change of a policy, on the watch's thread: it must not block.
    ///
    /// @return ends that
    public Runnable onPolicies(Runnable listener) {
        return policies.onChange(listener);
    }

    /// Calls `listener` after each change of a path, on the watch's thread: it must not block.
    ///
    /// @return ends that
    public Runnable onPaths(Runnable listener) {
        return paths.onChange(listener);
    }

    @Override
    public void close() {
        proof.close();
        policies.close();
        paths.close();
        drift.close();
        namespaces.close();
    }
}
