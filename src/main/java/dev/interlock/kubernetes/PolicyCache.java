package dev.interlock.kubernetes;

import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// All PromotionPolicies, as the evaluator takes them. Watched as raw objects, so that one that cannot be read stops
/// nothing.
public final class PolicyCache implements AutoCloseable {
    private static final ResourceDefinitionContext POLICIES = new ResourceDefinitionContext.Builder()
            .withGroup("interlock.dev")
            .withVersion("v1alpha1")
            .withKind("PromotionPolicy")
            .withPlural("promotionpolicies")
            .withNamespaced(false)
            .build();

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private Map<String, Read> known = Map.of();
    private volatile List<Policy> policies = List.of();

    private record Read(String resourceVersion, Policy policy) {}

    public PolicyCache(KubernetesClient client) {
        informer = Watches.of(client.genericKubernetesResources(POLICIES), this::changed);
        informer.start();
    }

    /// Whether all policies that existed at the start are in [#policies].
    public boolean synced() {
        if (!informer.hasSynced()) {
            return false;
        }
        refresh();
        return true;
    }

    /// The policies as last seen, one immutable list for as long as nothing changes.
    public List<Policy> policies() {
        return policies;
    }

    public List<PolicyRef> refs() {
        return policies.stream().map(Policy::ref).toList();
    }

    /// Calls `listener` after each change, on the watch's thread: it must not block.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void changed() {
        refresh();
        listeners.forEach(Runnable::run);
    }

    /// Reads what changed. From the watch's store, not from its events: the store is whole before the first event is
    /// told.
    private synchronized void refresh() {
        Map<String, Read> next = new HashMap<>();
        List<Policy> list = new ArrayList<>();
        for (GenericKubernetesResource stored : informer.getStore().list()) {
            String version = stored.getMetadata().getResourceVersion();
            Read before = known.get(stored.getMetadata().getUid());
            Read read = before != null && before.resourceVersion().equals(version)
                    ? before
                    : new Read(version, PolicyMapping.policy(stored));
            next.put(stored.getMetadata().getUid(), read);
            list.add(read.policy());
        }
        known = next;
        policies = List.copyOf(list);
    }

    @Override
    public void close() {
        informer.close();
    }
}
