package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.Optional;

/// Which webhook processes there are, from their Leases: the operator knows of them by nothing else, whether
/// they run in its own process or in another one.
public final class WebhookLeases implements AutoCloseable {
    private final SharedIndexInformer<Lease> informer;

    /// @param namespace Interlock's own
    public WebhookLeases(KubernetesClient client, String namespace) {
        informer = Watches.of(
                client.leases().inNamespace(namespace).withLabel(WebhookLease.COMPONENT_LABEL, WebhookLease.COMPONENT),
                () -> {});
        informer.start();
    }

    /// Whether webhooks answer, and since when; empty where none does.
    ///
    /// @param before see [Answering#of]
    public Optional<Answering> answering(Instant now, Optional<Instant> before) {
        return Answering.of(
                informer.getStore().list().stream()
                        .flatMap(lease -> WebhookLease.span(lease).stream())
                        .toList(),
                now,
                before);
    }

    @Override
    public void close() {
        informer.close();
    }
}
