package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// Which webhook processes there are, from their Leases: the operator knows of them by nothing else, whether
/// they run in its own process or in another one.
public final class WebhookLeases implements AutoCloseable {
    private static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(5);

    /// Longer than a Lease lasts.
    private static final Duration CERTAIN = Duration.ofSeconds(20);

    private final SharedIndexInformer<Lease> informer;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final HeardLeases heard = new HeardLeases();
    private long sampled = System.nanoTime();
    private long unwatched = sampled;
    private Map<String, Map<String, Long>> told = Map.of();

    /// @param namespace Interlock's own
    public WebhookLeases(KubernetesClient client, String namespace) {
        informer = Watches.of(
                client.leases().inNamespace(namespace).withLabel(WebhookLease.COMPONENT_LABEL, WebhookLease.COMPONENT),
                this::changed);
        informer.start();
    }

    /// Whether those that existed at the start are known.
    public boolean synced() {
        return informer.hasSynced();
    }

    /// Calls `listener` when a webhook comes or goes or has loaded something else, on the watch's thread: it must
    /// not block. One that dies tells nobody.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void changed() {
        List<Lease> leases = hear();
        Map<String, Map<String, Long>> now = leases.stream()
                .collect(Collectors.toMap(lease -> lease.getMetadata().getName(), WebhookLease::loaded));
        synchronized (this) {
            if (now.equals(told)) {
                return;
            }
            told = now;
        }
        listeners.forEach(Runnable::run);
    }

    private List<Lease> hear() {
        List<Lease> leases = informer.getStore().list();
        heard.hear(leases, System.nanoTime());
        return leases;
    }

    /// The Leases of the processes that are live.
    public List<Lease> live() {
        hear();
        return heard.live(System.nanoTime());
    }

    /// Whether each process that is live has been heard of: they have been watched for long enough, and this process
    /// did not stand still meanwhile. To be asked every few seconds.
    public synchronized boolean certain() {
        long now = System.nanoTime();
        if (!informer.isWatching() || now - sampled > LONGEST_STANDSTILL.toNanos()) {
            unwatched = now;
        }
        sampled = now;
        return now - unwatched > CERTAIN.toNanos();
    }

    /// Nothing that was heard of is believed in any more than what is met for the first time.
    public void doubt() {
        heard.forget();
    }

    /// The fingerprint of the certificate that each live process serves, by the Lease's name.
    public Map<String, String> served() {
        return live().stream()
                .collect(Collectors.toMap(lease -> lease.getMetadata().getName(), WebhookLease::certificate));
    }

    /// Whether webhooks answer, and since when; empty where none does.
    ///
    /// @param now    that the times in the answer are to be relative to
    /// @param before see [Answering#of]
    public Optional<Answering> answering(Instant now, Optional<Instant> before) {
        hear();
        return Answering.of(heard.spans(now, System.nanoTime()), now, before);
    }

    @Override
    public void close() {
        informer.close();
    }
}
