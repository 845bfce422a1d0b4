package dev.interlock.kubernetes;

import dev.interlock.workload.GroupVersionResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
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

/// The second part of the gate: a configuration that asks about what policies name beside workloads. The operator owns
/// it: it is there while the first part is and a policy names such a resource, and is written when it is to be
/// another than it is. Whoever deletes the first part opens this one too: it belongs to it.
public final class ResourceGate implements AutoCloseable {
    public static final String NAME = "interlock-resources";

    private static final String MANAGER = "interlock-operator";
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

    /// Makes it ask about these, as the first part is asked, or takes it away where it is to ask about nothing. Writes
    /// nothing where it is so already, nor before it is seen what was written last. Called again and again.
    ///
    /// @param gate the first part as it is; empty where there is none
    /// @throws io.fabric8.kubernetes.client.KubernetesClientException where it cannot be now
    public void keep(Optional<ValidatingWebhookConfiguration> gate, Set<GroupVersionResource> resources) {
        Optional<ValidatingWebhookConfiguration> live = live();
        if (resources.isEmpty() || gate.isEmpty()) {
            live.ifPresent(configuration -> client.resource(configuration).delete());
            written = null;
            return;
        }
        Wanted wanted = new Wanted(gate.get().getMetadata().getResourceVersion(), resources);
        Written last = written;
        if (last == null
                || !last.wanted().equals(wanted)
                || live.filter(last::isLike).isEmpty()) {
            configuration(gate.get(), resources)
                    .ifPresent(next ->
                            written = new Written(wanted, client.resource(next).patch(ServerSideApply.by(MANAGER))));
        }
    }

    /// What it is made of.
    ///
    /// @param gate the version of the first part
    private record Wanted(String gate, Set<GroupVersionResource> resources) {
        Wanted {
            resources = Set.copyOf(resources);
        }
    }

    private record Written(Wanted wanted, ValidatingWebhookConfiguration answer) {
        /// Whether nobody has changed it since. What the watch has not told yet is as it was written.
        boolean isLike(ValidatingWebhookConfiguration live) {
            return live.getMetadata().getUid().equals(answer.getMetadata().getUid())
                    && generation(live) <= generation(answer);
        }
    }

    private static long generation(ValidatingWebhookConfiguration configuration) {
        return Objects.requireNonNullElse(configuration.getMetadata().getGeneration(), 0L);
    }

    /// The whole of it; empty where the first part has no entry to be like, or nobody to be called.
    static Optional<ValidatingWebhookConfiguration> configuration(
            ValidatingWebhookConfiguration gate, Collection<GroupVersionResource> resources) {
        Map<String, ValidatingWebhook> first = gate.getWebhooks().stream()
                .collect(Collectors.toMap(ValidatingWebhook::getName, entry -> entry, (one, _) -> one));
        boolean callable = LIKE.values().stream()
                .allMatch(name ->
                        first.containsKey(name) && callable(first.get(name).getClientConfig()));
        if (!callable) {
            return Optional.empty();
        }
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
        return Optional.of(configuration);
    }

    private static boolean callable(WebhookClientConfig config) {
        return config.getCaBundle() != null && !config.getCaBundle().isEmpty();
    }

    /// Of the objects in no namespace only namespaces are held against it: whatever their labels are, but by name.
    private static LabelSelector everyNamespace(LabelSelector selector) {
        return new LabelSelectorBuilder()
                .withMatchExpressions(selector.getMatchExpressions())
                .build();
    }

    /// One for each group and version. Which of the resources are in namespaces is the API server's to say: of those
    /// that are not of the scope it asks nothing.
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
