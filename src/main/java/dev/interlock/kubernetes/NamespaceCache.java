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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// The labels of all namespaces, from memory.
public final class NamespaceCache implements AutoCloseable {
    private final SharedIndexInformer<Namespace> informer;
    private final Map<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong();

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

    /// The labels of a namespace, once they are as expected: a namespace is often made, or labelled, just
    /// before what goes into it. Empty where they are not within `patience`.
    public CompletionStage<Optional<Map<String, String>>> await(
            String namespace, Predicate<Map<String, String>> expected, Duration patience) {
        Optional<Map<String, String>> known = labels(namespace).filter(expected);
        if (known.isPresent() || patience.isNegative() || patience.isZero()) {
            return CompletableFuture.completedFuture(known);
        }
        long ticket = tickets.incrementAndGet();
        CompletableFuture<Void> change = new CompletableFuture<>();
        waiting.put(ticket, change);
        if (labels(namespace).filter(expected).isPresent()) {
            change.complete(null);
        }
        long from = System.nanoTime();
        return change.completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS)
                .thenCompose(_ -> {
                    waiting.remove(ticket);
                    return await(namespace, expected, patience.minusNanos(System.nanoTime() - from));
                });
    }

    private void changed() {
        waiting.values().forEach(change -> change.complete(null));
    }

    @Override
    public void close() {
        informer.close();
    }
}
