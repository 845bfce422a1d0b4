package dev.interlock.operator;

import dev.interlock.api.v1alpha1.PromotionPolicyStatus;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.GateCache;
import dev.interlock.kubernetes.GateState;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.kubernetes.Raw;
import dev.interlock.kubernetes.WebhookLease;
import dev.interlock.kubernetes.WebhookLeases;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelectorBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Says of each policy whether every live webhook decides by it, and what it guards.
@ControllerConfiguration(name = "policy")
final class PolicyReconciler implements Reconciler<Raw.Policy> {
    /// How soon it is looked again though nothing tells of a change.
    private static final Duration RECHECK = Duration.ofSeconds(10);

    private static final Duration SOON = Duration.ofMillis(200);

    /// While the API server is not told yet to ask: no watch of this reconciler tells when it is.
    private static final Duration ASKED_SOON = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Caches caches;
    private final WebhookLeases webhooks;
    private final Overview overview;
    private final OtherResources others;
    private final ExpressionTypes types;
    private final Wake<Raw.Policy> wake = new Wake<>();
    private final Set<String> ready = ConcurrentHashMap.newKeySet();

    PolicyReconciler(
            InstantSource clock,
            Caches caches,
            WebhookLeases webhooks,
            Overview overview,
            OtherResources others,
            ExpressionTypes types) {
        this.clock = clock;
        this.caches = caches;
        this.webhooks = webhooks;
        this.overview = overview;
        this.others = others;
        this.types = types;
    }

    /// Something that no watch of this reconciler tells has changed: a webhook, drift, or what would be denied.
    void wake() {
        wake.all();
    }

    /// The uids of the policies that every live webhook decides by.
    ///
    /// @param stored those of all that there are; others are forgotten
    Set<String> ready(Set<String> stored) {
        ready.retainAll(stored);
        types.retain(stored);
        return Set.copyOf(ready);
    }

    @Override
    public List<EventSource<?, Raw.Policy>> prepareEventSources(EventSourceContext<Raw.Policy> context) {
        InformerEventSourceConfiguration<Namespace> namespaces = InformerEventSourceConfiguration.from(
                        Namespace.class, Raw.Policy.class)
                .withSecondaryToPrimaryMapper(_ -> everyPolicy(context))
                .withOnUpdateFilter((after, before) -> !Objects.equals(
                        after.getMetadata().getLabels(), before.getMetadata().getLabels()))
                .build();
        InformerEventSourceConfiguration<ValidatingWebhookConfiguration> gate = InformerEventSourceConfiguration.from(
                        ValidatingWebhookConfiguration.class, Raw.Policy.class)
                .withFieldSelector(new FieldSelectorBuilder()
                        .withField("metadata.name", GateCache.NAME)
                        .build())
                .withSecondaryToPrimaryMapper(_ -> everyPolicy(context))
                .build();
        return List.of(
                new InformerEventSource<>(namespaces, context),
                new InformerEventSource<>(gate, context),
                wake.source(context));
    }

    private static Set<ResourceID> everyPolicy(EventSourceContext<Raw.Policy> context) {
        return context.getPrimaryCache().list().map(ResourceID::fromResource).collect(Collectors.toSet());
    }

    /// What cannot be looked at is not known to be enforced.
    @Override
    public ErrorStatusUpdateControl<Raw.Policy> updateErrorStatus(
            Raw.Policy stored, Context<Raw.Policy> context, Exception failure) {
        ready.remove(stored.getMetadata().getUid());
        return ErrorStatusUpdateControl.defaultErrorProcessing();
    }

    @Override
    public UpdateControl<Raw.Policy> reconcile(Raw.Policy stored, Context<Raw.Policy> context) {
        if (!webhooks.synced()) {
            return UpdateControl.<Raw.Policy>noUpdate().rescheduleAfter(SOON);
        }
        PolicyView view = caches.view(stored);
        Policy policy = view.policy();
        Instant now = clock.instant();
        Map<String, Map<String, String>> namespaces = new HashMap<>();
        every(context, Namespace.class)
                .forEach(found -> namespaces.put(
                        found.getMetadata().getName(),
                        Objects.requireNonNullElse(found.getMetadata().getLabels(), Map.of())));
        List<PolicyStatus.Replica> replicas = webhooks.live().stream()
                .map(lease -> new PolicyStatus.Replica(
                        lease.getMetadata().getName(),
                        WebhookLease.loaded(lease).getOrDefault(policy.ref().uid(), 0L)))
                .toList();
        Overview.Seen seen = overview.of(view, namespaces, now);
        Optional<PromotionPolicyStatus> previous = stored.status(PromotionPolicyStatus.class);
        Optional<Said> typed = types.of(view);
        Optional<Said> asked = others.of(view);
        PromotionPolicyStatus next = PolicyStatus.of(
                view, gate(context), namespaces, replicas, seen, asked, typed, previous.orElse(null), now);
        if ("True".equals(next.ready())) {
            ready.add(policy.ref().uid());
        } else {
            ready.remove(policy.ref().uid());
        }
        UpdateControl<Raw.Policy> control = previous.filter(next::equals).isPresent()
                ? UpdateControl.noUpdate()
                : UpdateControl.patchStatus(stored.patch(next));
        boolean unasked = asked.filter(said -> said.reason().equals(OtherResources.NOT_ASKED))
                .isPresent();
        Duration later = unasked ? ASKED_SOON : RECHECK;
        Duration recheck = typed.filter(ExpressionTypes.BEING_READ::equals).isPresent() ? SOON : later;
        Duration again = seen.changesAt()
                .map(at -> Duration.between(now, at).plusMillis(1))
                .filter(until -> until.compareTo(recheck) < 0)
                .orElse(recheck);
        return control.rescheduleAfter(again.isPositive() ? again : Duration.ofMillis(1));
    }

    private static <R extends HasMetadata> List<R> every(Context<Raw.Policy> context, Class<R> type) {
        return context.eventSourceRetriever().getEventSourceFor(type) instanceof InformerEventSource<R, ?> source
                ? source.list().toList()
                : List.of();
    }

    private static GateState gate(Context<Raw.Policy> context) {
        return every(context, ValidatingWebhookConfiguration.class).stream()
                .findFirst()
                .map(GateCache::of)
                .orElseGet(GateState.Missing::new);
    }
}
