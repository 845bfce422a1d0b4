package dev.interlock.kubernetes;

import dev.interlock.workload.GroupVersionResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The second part of the gate: a configuration that asks about what policies name beside workloads. The
/// operator owns it: it is there while the first part is and a policy names such a resource, and is written
/// when it is to be another than it is. Whoever deletes the first part opens this one too: it belongs to it.
public final class ResourceGate implements AutoCloseable {
    public static final String NAME = "interlock-resources";

    private static final String MANAGER = "interlock-operator";

    /// How long a watch may take to tell of something new.
    private static final Duration UNTOLD = Duration.ofSeconds(2);

    private static final String CLUSTER_ENTRY = "cluster.resources.interlock.dev";

    /// The entry of the first part that each entry is asked like.
    private static final Map<String, String> LIKE = Map.of(
            "required.resources.interlock.dev",
            "required.gate.interlock.dev",
            "optional.resources.interlock.dev",
            "optional.gate.interlock.dev",
            CLUSTER_ENTRY,
            "optional.gate.interlock.dev");

    private final KubernetesClient client;
    private final SharedIndexInformer<ValidatingWebhookConfiguration> informer;
    private @Nullable Written written;

    public ResourceGate(KubernetesClient client) {
        this.client = client;
        informer = Watches.of(
                client.admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .withName(NAME),
                () -> {});
        informer.start();
    }

    /// Whether it was looked at once.
    public boolean synced() {
        return informer.hasSynced();
    }

    /// What it trusts, one for each of its entries; empty where there is none.
    public List<Trust> trusts() {
        return live().map(GateCache::trusts).orElse(List.of());
    }

    /// Whether the API server is told to ask about a resource.
    public boolean asks(GroupVersionResource resource) {
        return live().stream()
                .flatMap(configuration -> configuration.getWebhooks().stream())
                .flatMap(webhook -> webhook.getRules().stream())
                .anyMatch(rule -> rule.getApiGroups().contains(resource.group())
                        && rule.getApiVersions().contains(resource.version())
                        && rule.getResources().contains(resource.resource()));
    }

    private Optional<ValidatingWebhookConfiguration> live() {
        return Optional.ofNullable(informer.getStore().getByKey(NAME));
    }

    /// Makes it ask about these, as the first part is asked, or takes it away where it is to ask about
    /// nothing or there is no first part. Leaves it as it is while nobody can be called, as after an upgrade that
    /// has written the first part anew: what it trusts is right until it is told otherwise. Writes
    /// nothing where it is so already, nor before it is seen what was written last. Called again and again.
    ///
    /// @param gate the first part as it is; empty where there is none
    /// @throws io.fabric8.kubernetes.client.KubernetesClientException where it cannot be now
    public void keep(Optional<ValidatingWebhookConfiguration> gate, Set<GroupVersionResource> resources) {
        Optional<ValidatingWebhookConfiguration> live = live();
        switch (plan(gate, resources)) {
            case Plan.Away _ -> {
                live.ifPresent(configuration -> client.resource(configuration).delete());
                written = null;
            }
            case Plan.AsItIs _ -> {}
            case Plan.Whole(Wanted wanted, ValidatingWebhookConfiguration first) -> {
                Written last = written;
                if (last == null || !last.wanted().equals(wanted) || !last.stands(live)) {
                    ValidatingWebhookConfiguration whole = configuration(first, wanted.resources());
                    written = new Written(
                            wanted, client.resource(whole).patch(ServerSideApply.by(MANAGER)), System.nanoTime());
                }
            }
        }
    }

    /// What is to be there.
    sealed interface Plan {
        /// None.
        record Away() implements Plan {}

        /// What there is: the first part calls nobody now.
        record AsItIs() implements Plan {}

        /// All that [#configuration] makes of these.
        record Whole(Wanted wanted, ValidatingWebhookConfiguration first) implements Plan {}
    }

    static Plan plan(Optional<ValidatingWebhookConfiguration> gate, Set<GroupVersionResource> resources) {
        Optional<ValidatingWebhookConfiguration> first =
                gate.filter(part -> !resources.isEmpty() && hasCounterparts(part));
        if (first.isEmpty()) {
            return new Plan.Away();
        }
        if (!callable(first.get())) {
            return new Plan.AsItIs();
        }
        return new Plan.Whole(new Wanted(first.get().getMetadata().getResourceVersion(), resources), first.get());
    }

    /// What it is made of.
    ///
    /// @param gate the version of the first part
    record Wanted(String gate, Set<GroupVersionResource> resources) {
        Wanted {
            resources = Set.copyOf(resources);
        }
    }

    /// @param at by the clock of this process
    private record Written(Wanted wanted, ValidatingWebhookConfiguration answer, long at) {
        /// Whether nobody has changed it since. What the watch has not told yet is as it was written.
        boolean stands(Optional<ValidatingWebhookConfiguration> live) {
            return live.map(this::isLike).orElse(System.nanoTime() - at < UNTOLD.toNanos());
        }

        private boolean isLike(ValidatingWebhookConfiguration live) {
            ObjectMeta now = live.getMetadata();
            ObjectMeta then = answer.getMetadata();
            return now.getUid().equals(then.getUid())
                    && now.getOwnerReferences().equals(then.getOwnerReferences())
                    && generation(live) <= generation(answer);
        }
    }

    private static long generation(ValidatingWebhookConfiguration configuration) {
        return Objects.requireNonNullElse(configuration.getMetadata().getGeneration(), 0L);
    }

    /// Whether the first part has an entry to be like. One that somebody took out takes its own out here.
    private static boolean hasCounterparts(ValidatingWebhookConfiguration gate) {
        return LIKE.values().stream().anyMatch(entries(gate)::containsKey);
    }

    /// Whether each of the entries to be like has somebody to be called.
    private static boolean callable(ValidatingWebhookConfiguration gate) {
        return gate.getWebhooks().stream()
                .filter(entry -> LIKE.containsValue(entry.getName()))
                .allMatch(entry -> callable(entry.getClientConfig()));
    }

    private static Map<String, ValidatingWebhook> entries(ValidatingWebhookConfiguration gate) {
        return gate.getWebhooks().stream()
                .collect(Collectors.toMap(ValidatingWebhook::getName, entry -> entry, (one, _) -> one));
    }

    /// The whole of it.
    ///
    /// @param gate which can be called
    static ValidatingWebhookConfiguration configuration(
            ValidatingWebhookConfiguration gate, Collection<GroupVersionResource> resources) {
        Map<String, ValidatingWebhook> first = entries(gate);
        ValidatingWebhookConfiguration configuration = template();
        configuration
                .getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion(gate.getApiVersion())
                        .withKind(gate.getKind())
                        .withName(gate.getMetadata().getName())
                        .withUid(gate.getMetadata().getUid())
                        .build()));
        configuration.getMetadata().setLabels(Map.of("app.kubernetes.io/managed-by", MANAGER));
        configuration.setWebhooks(configuration.getWebhooks().stream()
                .filter(entry -> first.containsKey(LIKE.get(entry.getName())))
                .toList());
        for (ValidatingWebhook entry : configuration.getWebhooks()) {
            ValidatingWebhook like = Objects.requireNonNull(first.get(LIKE.get(entry.getName())));
            boolean cluster = entry.getName().equals(CLUSTER_ENTRY);
            entry.setClientConfig(like.getClientConfig());
            entry.setTimeoutSeconds(like.getTimeoutSeconds());
            entry.setNamespaceSelector(
                    cluster ? everyNamespace(like.getNamespaceSelector()) : like.getNamespaceSelector());
            entry.setObjectSelector(new LabelSelector());
            entry.setRules(rules(resources, cluster ? "Cluster" : "Namespaced"));
        }
        return configuration;
    }

    private static boolean callable(WebhookClientConfig config) {
        return config.getCaBundle() != null && !config.getCaBundle().isEmpty();
    }

    /// Of the objects in no namespace only namespaces are held against it: whatever their labels are, but by
    /// name.
    private static LabelSelector everyNamespace(LabelSelector selector) {
        return new LabelSelectorBuilder()
                .withMatchExpressions(selector.getMatchExpressions())
                .build();
    }

    /// One for each group and version. Which of the resources are in namespaces is the API server's to say:
    /// of those that are not of the scope it asks nothing.
    private static List<RuleWithOperations> rules(Collection<GroupVersionResource> resources, String scope) {
        Map<String, List<GroupVersionResource>> byVersion = resources.stream()
                .sorted(Comparator.comparing(GroupVersionResource::toString))
                .distinct()
                .collect(Collectors.groupingBy(GroupVersionResource::apiVersion, TreeMap::new, Collectors.toList()));
        return byVersion.values().stream()
                .map(some -> new RuleWithOperationsBuilder()
                        .withApiGroups(some.getFirst().group())
                        .withApiVersions(some.getFirst().version())
                        .withResources(some.stream()
                                .map(GroupVersionResource::resource)
                                .toList())
                        .withOperations("CREATE", "UPDATE")
                        .withScope(scope)
                        .build())
                .toList();
    }

    private static ValidatingWebhookConfiguration template() {
        try (InputStream template = ResourceGate.class.getResourceAsStream("/gate/resources.yaml")) {
            if (template == null) {
                throw new IllegalStateException("the second part of the gate is not packaged");
            }
            return Serialization.unmarshal(template, ValidatingWebhookConfiguration.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        informer.close();
    }
}
