package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// The labels of all namespaces, from memory.
public final class NamespaceCache implements AutoCloseable {
    private final SharedIndexInformer<Namespace> informer;
    private volatile CompletableFuture<Void> change = new CompletableFuture<>();

    public NamespaceCache(KubernetesClient client) {
        informer = Watches.of(client.namespaces(), this::changed);
        informer.start();
    }

    public boolean synced() {
        return informer.hasSynced();
    }

    /// The labels of a namespace; empty where it is not known (yet).
    public Optional<Map<String, String>> labels(String namespace) {
        return stored(namespace)
                .map(found -> Objects.requireNonNullElse(found.getMetadata().getLabels(), Map.of()));
    }

    /// The cluster's id: the uid of kube-system, which lives as long as the cluster.
    public Optional<String> cluster() {
        return stored("kube-system").map(found -> found.getMetadata().getUid());
    }

    private Optional<Namespace> stored(String namespace) {
        return Optional.ofNullable(informer.getStore().getByKey(namespace));
    }

    /// The labels of a namespace, waited for where it is not known yet: a namespace is often made just before what goes
    /// into it.
    public CompletionStage<Optional<Map<String, String>>> await(String namespace, Duration patience) {
        Optional<Map<String, String>> known = labels(namespace);
        if (known.isPresent() || patience.isNegative() || patience.isZero()) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<Void> next = change;
        if (labels(namespace).isPresent()) {
            return CompletableFuture.completedFuture(labels(namespace));
        }
        long from = System.nanoTime();
        return next.copy()
                .completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS)
                .thenCompose(_ -> await(namespace, patience.minusNanos(System.nanoTime() - from)));
    }

    private void changed() {
        CompletableFuture<Void> happened = change;
        change = new CompletableFuture<>();
        happened.complete(null);
    }

    @Override
    public void close() {
        informer.close();
    }
}
