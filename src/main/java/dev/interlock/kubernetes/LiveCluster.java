package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.api.v1alpha1.FeedbackReleaseSpec;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A cluster as a kubeconfig leads to it. Lists are read page by page, as raw objects: one that cannot be
/// read hides no other.
public final class LiveCluster implements ClusterView {
    private static final long PAGE = 500;
    private static final int PATIENCE_MILLIS = 10_000;

    private static final ResourceDefinitionContext POLICIES = ours("PromotionPolicy", "promotionpolicies", false);
    private static final ResourceDefinitionContext PATHS = ours("DeliveryPath", "deliverypaths", false);
    private static final ResourceDefinitionContext RECORDS = ours("DecisionRecord", "decisionrecords", true);
    private static final ResourceDefinitionContext EVENTS = ours("DriftEvent", "driftevents", true);
    private static final ResourceDefinitionContext RELEASES = ours("FeedbackRelease", "feedbackreleases", false);

    private static final String GATE = "validatingwebhookconfigurations.admissionregistration.k8s.io";

    private final KubernetesClient client;
    private final LiveGate gate;
    private final LiveDiscovery discovery;

    public LiveCluster(KubernetesClient client) {
        this.client = client;
        this.gate = new LiveGate(client);
        this.discovery = new LiveDiscovery(client);
    }

    /// Connects with what the person's kubeconfig says. Nothing is asked yet.
    ///
    /// @param kubeconfig empty for the one that `kubectl` would take
    /// @param context    empty for the current one
    /// @throws IllegalArgumentException where there is no such file or context
    public static LiveCluster connect(Optional<Path> kubeconfig, Optional<String> context) {
        Config config = config(kubeconfig, context.orElse(null));
        context.ifPresent(name -> {
            List<String> known = Objects.requireNonNullElse(config.getContexts(), List.<NamedContext>of()).stream()
                    .map(NamedContext::getName)
                    .toList();
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no context `%s` in the kubeconfig; it has: %s"
                        .formatted(name, known.isEmpty() ? "none" : String.join(", ", known)));
            }
        });
        return new LiveCluster(new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withConnectionTimeout(PATIENCE_MILLIS)
                        .withRequestTimeout(3 * PATIENCE_MILLIS)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build());
    }

    private static Config config(Optional<Path> kubeconfig, @Nullable String context) {
        if (kubeconfig.isEmpty()) {
            return Config.autoConfigure(context);
        }
        Path file = kubeconfig.get();
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(
                    "the kubeconfig `%s` cannot be read; name another with --kubeconfig".formatted(file));
        }
        return Config.fromKubeconfig(context, file.toFile());
    }

    private static ResourceDefinitionContext ours(String kind, String plural, boolean namespaced) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("interlock.dev")
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }

    @Override
    public String server() {
        return client.getConfiguration().getMasterUrl();
    }

    @Override
    public String namespace() {
        return Objects.requireNonNullElse(client.getConfiguration().getNamespace(), "default");
    }

    @Override
    public Listed<Space> namespaces(Optional<String> name) {
        if (name.isEmpty()) {
            return all(
                    "namespaces",
                    Optional.empty(),
                    options -> client.namespaces().list(options),
                    listed -> Objects.requireNonNullElse(listed.getItems(), List.of()),
                    LiveCluster::space);
        }
        return one(
                "namespaces",
                Optional.empty(),
                () -> client.namespaces().withName(name.get()).get(),
                LiveCluster::space);
    }

    private static Space space(Namespace namespace) {
        return new Space(
                namespace.getMetadata().getName(),
                Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()));
    }

    @Override
    public Listed<Guard> policies() {
        return generic(POLICIES, Query.in(Optional.empty()), ViewMapping::guard);
    }

    @Override
    public Listed<DeliveryPath> paths() {
        return generic(PATHS, Query.in(Optional.empty()), PathMapping::path);
    }

    @Override
    public Listed<Live> workloads(WorkloadKind kind, Optional<String> namespace) {
        return generic(ObjectMapping.context(kind), Query.in(namespace), stored -> ViewMapping.live(kind, stored));
    }

    @Override
    public Listed<Live> workload(WorkloadKind kind, String namespace, String name) {
        return one(
                resource(ObjectMapping.context(kind)),
                Optional.of(namespace),
                () -> client.genericKubernetesResources(ObjectMapping.context(kind))
                        .inNamespace(namespace)
                        .withName(name)
                        .get(),
                stored -> ViewMapping.live(kind, stored));
    }

    @Override
    public Listed<Decided> decisions(Query query) {
        return generic(RECORDS, query, ViewMapping::decided);
    }

    @Override
    public Listed<Drift> drifts(Query query) {
        return generic(EVENTS, query, ViewMapping::drift);
    }

    @Override
    public String user() {
        try {
            String answer = client.raw(
                    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                    "POST",
                    Map.of("apiVersion", "authentication.k8s.io/v1", "kind", "SelfSubjectReview"));
            JsonNode review = SpecReader.JSON.readTree(answer == null ? "" : answer);
            String name =
                    review.path("status").path("userInfo").path("username").asText("");
            if (name.isEmpty()) {
                throw new Unavailable("the API server does not say who you are; it needs Kubernetes 1.28 or newer");
            }
            return name;
        } catch (KubernetesClientException e) {
            throw unavailable(e, "selfsubjectreviews.authentication.k8s.io");
        } catch (IOException e) {
            throw new Unavailable("the API server's answer to who you are cannot be read: " + SpecReader.firstLine(e));
        }
    }

    @Override
    public Recorded release(Release release) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion("interlock.dev/v1alpha1");
        object.setKind("FeedbackRelease");
        object.setMetadata(
                new ObjectMetaBuilder().withGenerateName(release.check() + "-").build());
        object.setAdditionalProperty(
                "spec",
                SpecReader.JSON.convertValue(
                        new FeedbackReleaseSpec(
                                release.policy(),
                                release.check(),
                                release.service().orElse(null),
                                release.requester(),
                                release.reason()),
                        Map.class));
        try {
            return new Recorded.As(client.genericKubernetesResources(RELEASES)
                    .resource(object)
                    .create()
                    .getMetadata()
                    .getName());
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case 403 -> new Recorded.Refused(refusal("create", RELEASES, e));
                case 400, 409, 422 -> new Recorded.Refused("the API server refuses it: " + said(e));
                default -> throw unavailable(e, resource(RELEASES));
            };
        }
    }

    @Override
    public Listed<GateState> gate() {
        return one(GATE, Optional.empty(), gate::state, state -> state);
    }

    @Override
    public Listed<GateEntry> gateEntries() {
        try {
            return Listed.of(gate.entries());
        } catch (KubernetesClientException e) {
            return missing("get", GATE, Optional.empty(), e);
        }
    }

    @Override
    public Listed<Served> served() {
        try {
            return discovery.served();
        } catch (KubernetesClientException e) {
            return missing("get", "/api and /apis", Optional.empty(), e);
        }
    }

    @Override
    public Listed<Shaped> shapes(String group, String version) {
        try {
            return Listed.of(discovery.shapes(group, version));
        } catch (KubernetesClientException e) {
            return e.getCode() == 403 || e.getCode() <= 0
                    ? missing("get", "/openapi/v3", Optional.empty(), e)
                    : Listed.missing("the schemas of %s are answered with code %d"
                            .formatted(group.isEmpty() ? version : group + "/" + version, e.getCode()));
        }
    }

    @Override
    public Listed<Probe> probe(String namespace, String name) {
        try {
            return Listed.of(List.of(gate.probe(namespace, name)));
        } catch (KubernetesClientException e) {
            return missing("create", "deployments.apps", Optional.of(namespace), e);
        }
    }

    @Override
    public Listed<Boolean> removeGate() {
        try {
            return Listed.of(List.of(gate.remove()));
        } catch (KubernetesClientException e) {
            return missing("delete", GATE, Optional.empty(), e);
        }
    }

    /// RBAC says which right is missing; an admission policy says something else, which is passed on.
    private static String refusal(String verb, ResourceDefinitionContext context, KubernetesClientException e) {
        String said = said(e);
        return said.contains(" cannot " + verb + " ")
                ? "you may not %s %s; ask a cluster administrator for that right".formatted(verb, resource(context))
                : "the API server refuses it: " + said;
    }

    @Override
    public void close() {
        client.close();
    }

    private <T> Listed<T> generic(
            ResourceDefinitionContext context, Query query, Function<GenericKubernetesResource, T> mapping) {
        var resources = client.genericKubernetesResources(context);
        NonNamespaceOperation<GenericKubernetesResource, GenericKubernetesResourceList, ?> scoped =
                query.namespace().isPresent()
                        ? resources.inNamespace(query.namespace().get())
                        : null;
        String selector = query.fields().entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .sorted()
                .collect(Collectors.joining(","));
        return all(
                resource(context),
                query.namespace(),
                options -> {
                    if (!selector.isEmpty()) {
                        options.setFieldSelector(selector);
                    }
                    if (scoped != null) {
                        return scoped.list(options);
                    }
                    return context.isNamespaceScoped()
                            ? resources.inAnyNamespace().list(options)
                            : resources.list(options);
                },
                listed -> Objects.requireNonNullElse(listed.getItems(), List.of()),
                mapping);
    }

    private <L extends KubernetesResourceList<?>, R extends HasMetadata, T> Listed<T> all(
            String resource,
            Optional<String> namespace,
            Function<ListOptions, L> list,
            Function<L, List<R>> items,
            Function<R, T> mapping) {
        List<T> found = new ArrayList<>();
        int unreadable = 0;
        try {
            String next = null;
            do {
                L page = list.apply(new ListOptionsBuilder()
                        .withLimit(PAGE)
                        .withContinue(next)
                        .build());
                for (R item : items.apply(page)) {
                    try {
                        found.add(mapping.apply(item));
                    } catch (RuntimeException _) {
                        unreadable++;
                    }
                }
                next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
            } while (next != null && !next.isEmpty());
        } catch (KubernetesClientException e) {
            return missing("list", resource, namespace, e);
        }
        return unreadable == 0
                ? Listed.of(found)
                : new Listed<>(
                        found,
                        Optional.of("%d of the %s cannot be read, and are left out: another version wrote them"
                                .formatted(unreadable, resource)));
    }

    private interface Reading<R> {
        @Nullable
        R get();
    }

    private <R, T> Listed<T> one(
            String resource, Optional<String> namespace, Reading<R> reading, Function<R, T> mapping) {
        try {
            R found = reading.get();
            return found == null ? Listed.of(List.of()) : Listed.of(List.of(mapping.apply(found)));
        } catch (KubernetesClientException e) {
            return missing("get", resource, namespace, e);
        }
    }

    private <T> Listed<T> missing(
            String verb, String resource, Optional<String> namespace, KubernetesClientException e) {
        if (e.getCode() != 403) {
            throw unavailable(e, resource);
        }
        return Listed.missing("you may not %s %s%s"
                .formatted(
                        verb,
                        resource,
                        namespace.map(name -> " in namespace " + name).orElse(" in the whole cluster")));
    }

    private Unavailable unavailable(KubernetesClientException e, String resource) {
        if (e.getCode() <= 0) {
            return new Unavailable(
                    "the cluster at %s does not answer: %s; check the network, or name another with --context"
                            .formatted(server(), rootCause(e)));
        }
        return new Unavailable(
                switch (e.getCode()) {
                    case 401 ->
                        "the cluster at %s does not accept your credentials; log in again, or name another with --context"
                                .formatted(server());
                    case 404 ->
                        "the cluster at %s knows no %s; install Interlock there first, or name another with --context"
                                .formatted(server(), resource);
                    default ->
                        "the cluster at %s answers %d to %s: %s; try again, or ask who runs it"
                                .formatted(server(), e.getCode(), resource, said(e));
                });
    }

    private static String said(KubernetesClientException e) {
        String message = e.getStatus() == null ? null : e.getStatus().getMessage();
        return message == null
                ? SpecReader.firstLine(e)
                : message.lines().findFirst().orElse("");
    }

    private static String rootCause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return SpecReader.shortened(
                message == null || message.isBlank()
                        ? cause.getClass().getSimpleName()
                        : message.lines().findFirst().orElse(""));
    }

    private static String resource(ResourceDefinitionContext context) {
        return context.getGroup() == null || context.getGroup().isEmpty()
                ? context.getPlural()
                : context.getPlural() + "." + context.getGroup();
    }
}
