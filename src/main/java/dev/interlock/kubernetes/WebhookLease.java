package dev.interlock.kubernetes;

import dev.interlock.decision.PolicyRef;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// How a webhook process says what it decides by: a Lease that it renews, with the policies and the
/// generations it has loaded. The operator derives a policy's condition Ready from these Leases and from
/// nothing else.
public final class WebhookLease implements AutoCloseable {
    public static final String COMPONENT_LABEL = "app.kubernetes.io/component";
    public static final String COMPONENT = "webhook";
    private static final String POLICIES = "interlock.dev/policies";
    private static final String CERTIFICATE = "interlock.dev/certificate";
    private static final Duration DURATION = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(WebhookLease.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lease").daemon().factory());
    private final AtomicBoolean asked = new AtomicBoolean();
    private final KubernetesClient client;
    private final InstantSource clock;
    private final String namespace;
    private final String replica;
    private final Optional<String> podUid;
    private final Supplier<List<PolicyRef>> loaded;
    private final Supplier<String> certificate;
    private volatile Instant opened = Instant.EPOCH;

    /// @param clock       one that nobody sets, so that the times of a Lease have the right distance
    /// @param replica     unique among the webhook processes, a DNS label
    /// @param podUid      uid of the Pod of that name, which then owns the Lease; empty outside a cluster
    /// @param loaded      the policies that the process decides by at the moment it is called
    /// @param certificate fingerprint of the certificate that the process serves
    public WebhookLease(
            KubernetesClient client,
            InstantSource clock,
            String namespace,
            String replica,
            Optional<String> podUid,
            Supplier<List<PolicyRef>> loaded,
            Supplier<String> certificate) {
        this.client = client;
        this.clock = clock;
        this.namespace = namespace;
        this.replica = replica;
        this.podUid = podUid;
        this.loaded = loaded;
        this.certificate = certificate;
    }

    /// Begins to renew: from here on the operator counts this process as live. The port is open then.
    public void start() {
        opened = clock.instant();
        var _ = thread.scheduleWithFixedDelay(this::renew, 0, RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Renews at once, because what is loaded has changed. Several calls while one renewal runs make one more.
    public void changed() {
        if (asked.compareAndSet(false, true)) {
            thread.execute(this::renew);
        }
    }

    private void renew() {
        asked.set(false);
        try {
            client.resource(lease()).patch(ServerSideApply.by("interlock-webhook"));
        } catch (RuntimeException unreachable) {
            // Whatever it is: an exception that leaves here would end the renewals for good.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "lease not renewed, the next try is in %ds: %s"
                            .formatted(RENEWAL.toSeconds(), unreachable.getMessage()));
        }
    }

    private Lease lease() {
        List<OwnerReference> owner = podUid.stream()
                .map(uid -> new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(replica)
                        .withUid(uid)
                        .build())
                .toList();
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("interlock-webhook-" + replica)
                .addToLabels(COMPONENT_LABEL, COMPONENT)
                .addToAnnotations(
                        POLICIES,
                        loaded.get().stream()
                                .map(ref -> ref.uid() + ":" + ref.generation())
                                .collect(Collectors.joining(",")))
                .addToAnnotations(CERTIFICATE, certificate.get())
                .withOwnerReferences(owner)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(replica)
                .withLeaseDurationSeconds((int) DURATION.toSeconds())
                .withAcquireTime(opened.atZone(ZoneOffset.UTC))
                .withRenewTime(clock.instant().atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
    }

    /// What a Lease says is loaded: generation by the policy's uid.
    public static Map<String, Long> loaded(Lease lease) {
        Map<String, String> annotations = lease.getMetadata().getAnnotations();
        String policies = annotations == null ? "" : annotations.getOrDefault(POLICIES, "");
        Map<String, Long> generations = new HashMap<>();
        Arrays.stream(policies.split(",", -1)).forEach(item -> {
            int colon = item.lastIndexOf(':');
            if (colon > 0 && item.substring(colon + 1).matches("[0-9]{1,18}")) {
                generations.put(item.substring(0, colon), Long.valueOf(item.substring(colon + 1)));
            }
        });
        return generations;
    }

    /// The fingerprint of the certificate that the process serves; empty text where the Lease does not say.
    static String certificate(Lease lease) {
        Map<String, String> annotations = lease.getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault(CERTIFICATE, "");
    }

    /// For how long after a renewal the process counts as live.
    static Duration duration(Lease lease) {
        return lease.getSpec() == null || lease.getSpec().getLeaseDurationSeconds() == null
                ? Duration.ZERO
                : Duration.ofSeconds(lease.getSpec().getLeaseDurationSeconds());
    }

    /// When the process says that it renewed the Lease last, by its own clock.
    static Optional<Instant> renewed(Lease lease) {
        return Optional.ofNullable(lease.getSpec())
                .flatMap(spec -> Optional.ofNullable(spec.getRenewTime()))
                .map(ZonedDateTime::toInstant);
    }

    /// For how long the process had answered when it renewed the Lease last; empty where the Lease does not say.
    static Optional<Duration> answeredFor(Lease lease) {
        return renewed(lease)
                .flatMap(renewed -> Optional.ofNullable(lease.getSpec().getAcquireTime())
                        .map(acquired -> Duration.between(acquired.toInstant(), renewed)))
                .filter(length -> !length.isNegative());
    }

    /// Gives the Lease up, so that a policy's Ready does not wait for a process that has ended in order.
    @Override
    public void close() {
        thread.shutdown();
        try {
            // A renewal that is under way would bring back what is deleted now.
            var _ = thread.awaitTermination(1, TimeUnit.SECONDS);
            Thread deletion = Thread.ofVirtual().start(this::delete);
            deletion.join(Duration.ofSeconds(2));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void delete() {
        try {
            client.resource(lease()).withGracePeriod(0).delete();
        } catch (KubernetesClientException unreachable) {
            LOG.log(System.Logger.Level.INFO, "lease not given up, it ends by itself: " + unreachable.getMessage());
        }
    }
}
