package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/// What the cluster remembers of the ledgers, in a ConfigMap: where all of their files are restored together, nothing
/// beside them would know.
public final class Witness {
    private static final String NAME = "interlock-witness";

    private final KubernetesClient client;
    private final String namespace;

    /// @param namespace Interlock's own
    public Witness(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /// What was written last; empty where nothing was.
    ///
    /// @throws io.fabric8.kubernetes.client.KubernetesClientException where it cannot be asked now
    public Map<String, String> read() {
        ConfigMap found =
                client.configMaps().inNamespace(namespace).withName(NAME).get();
        return found == null || found.getData() == null ? Map.of() : Map.copyOf(found.getData());
    }

    /// @throws io.fabric8.kubernetes.client.KubernetesClientException where it cannot be written now
    public void write(Map<String, String> data) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(NAME)
                        .endMetadata()
                        .withData(data)
                        .build())
                .patch(ServerSideApply.by("interlock-operator"));
    }
}
