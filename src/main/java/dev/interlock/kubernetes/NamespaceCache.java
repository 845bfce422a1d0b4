package dev.interlock.kubernetes;

import dev.interlock.decision.Gate;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The labels of all namespaces, from memory.
public final class NamespaceCache implements AutoCloseable {
    private final SharedIndexInformer<Namespace> informer;
    private final String own;
    private final Map<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong();

    /// @param own Interlock's namespace, which the gate leaves out
    public NamespaceCache(KubernetesClient client, String own) {
        this.own = own;
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

    /// The uid of a namespace; empty where it is not known.
    public Optional<String> uid(String namespace) {
        return stored(namespace).map(found -> found.getMetadata().getUid());
    }

    /// The labels of all namespaces, by name.
    public Map<String, Map<String, String>> all() {
        return informer.getStore().list().stream()
                .collect(Collectors.toMap(
                        found -> found.getMetadata().getName(),
                        found -> Objects.requireNonNullElse(found.getMetadata().getLabels(), Map.of())));
    }

    /// The names of all namespaces that are under the gate, as the gate selects them.
    public Set<String> governed() {
        return informer.getStore().list().stream()
                .map(found -> found.getMetadata().getName())
                .filter(this::governed)
                .collect(Collectors.toSet());
    }

    /// Whether a namespace is under the gate.
    public boolean governed(String namespace) {
        return gate(namespace).isPresent();
    }

    /// The gate that a namespace is behind; empty where it is behind none.
    public Optional<Gate> gate(String namespace) {
        if (namespace.equals("kube-system") || namespace.equals(own)) {
            return Optional.empty();
        }
        return labels(namespace).flatMap(labels -> switch (labels.getOrDefault("interlock.dev/gate", "")) {
            case "required" -> Optional.of(Gate.REQUIRED);
            case "optional" -> Optional.of(Gate.OPTIONAL);
            default -> Optional.empty();
        });
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
