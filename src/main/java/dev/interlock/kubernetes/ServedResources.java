package dev.interlock.kubernetes;

import dev.interlock.workload.GroupVersionResource;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// What the API server serves, by its discovery. It is asked again after a while: definitions of resources
/// come and go.
public final class ServedResources {
    private static final Duration FRESH = Duration.ofSeconds(20);

    private final KubernetesClient client;
    private final Map<String, Found> known = new ConcurrentHashMap<>();

    /// Whether there is such a resource, and where its objects are.
    public enum Served {
        NOT,
        IN_NAMESPACES,
        IN_NO_NAMESPACE
    }

    private record Found(Map<String, Served> resources, long at) {}

    public ServedResources(KubernetesClient client) {
        this.client = client;
    }

    /// @throws KubernetesClientException where the API server cannot say now
    public Served served(GroupVersionResource resource) {
        Found found = known.get(resource.apiVersion());
        if (found == null || System.nanoTime() - found.at() > FRESH.toNanos()) {
            APIResourceList served = client.getApiResources(resource.apiVersion());
            found = new Found(
                    served == null
                            ? Map.of()
                            : served.getResources().stream()
                                    .collect(Collectors.toMap(
                                            APIResource::getName, ServedResources::where, (one, _) -> one)),
                    System.nanoTime());
            known.put(resource.apiVersion(), found);
        }
        return found.resources().getOrDefault(resource.resource(), Served.NOT);
    }

    private static Served where(APIResource resource) {
        return Boolean.TRUE.equals(resource.getNamespaced()) ? Served.IN_NAMESPACES : Served.IN_NO_NAMESPACE;
    }
}
