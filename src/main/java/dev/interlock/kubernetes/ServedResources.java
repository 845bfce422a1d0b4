package dev.interlock.kubernetes;

import dev.interlock.workload.GroupVersionResource;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// What the API server serves, by its discovery. It is asked again after a while: definitions of resources
/// come and go.
public final class ServedResources {
    private static final Duration FRESH = Duration.ofSeconds(20);

    private final KubernetesClient client;
    private final Map<String, Found> known = new ConcurrentHashMap<>();

    private record Found(Set<String> resources, long at) {}

    public ServedResources(KubernetesClient client) {
        this.client = client;
    }

    /// Whether a resource is served.
    ///
    /// @throws KubernetesClientException where the API server cannot say now
    public boolean serves(GroupVersionResource resource) {
        Found found = known.get(resource.apiVersion());
        if (found == null || System.nanoTime() - found.at() > FRESH.toNanos()) {
            APIResourceList served = client.getApiResources(resource.apiVersion());
            found = new Found(
                    served == null
                            ? Set.of()
                            : served.getResources().stream()
                                    .map(APIResource::getName)
                                    .collect(Collectors.toUnmodifiableSet()),
                    System.nanoTime());
            known.put(resource.apiVersion(), found);
        }
        return found.resources().contains(resource.resource());
    }
}
