package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MatchCondition;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ServiceReference;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The gate's configuration as the API server has it, held against the one that is shipped. The operator sets
/// its `caBundle` and nothing else; it never makes the configuration, because deleting it is the emergency
/// exit.
public final class GateCache implements AutoCloseable {
    /// The only configuration that this is about.
    public static final String NAME = "interlock";

    /// Those that ask about promotions. A third one asks about policies, and lets them by where nothing
    /// answers.
    public static final List<String> ENTRIES = List.of("required.gate.interlock.dev", "optional.gate.interlock.dev");

    private static final List<ValidatingWebhook> SHIPPED = shipped();

    private final KubernetesClient client;
    private final SharedIndexInformer<ValidatingWebhookConfiguration> informer;
    private final Optional<String> last;
    private volatile Read read = new Read("", List.of());
    private final AtomicReference<@Nullable GateState> between = new AtomicReference<>();

    /// @param last the version that was seen last before this process began, as [#version()] gave it; empty where none
    /// was
    public GateCache(KubernetesClient client, Optional<String> last) {
        this.client = client;
        this.last = last;
        informer = Watches.of(
                client.admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .withName(NAME),
                () -> {});
        informer.addEventHandler(new Changes());
        informer.start();
    }

    /// The entries of the gate that `deploy/` has: those that ask about promotions.
    static List<ValidatingWebhook> shipped() {
        try (InputStream gate = GateCache.class.getResourceAsStream("/gate/gate.yaml")) {
            if (gate == null) {
                throw new IllegalStateException("the gate's manifest is not packaged");
            }
            return Serialization.unmarshal(gate, ValidatingWebhookConfiguration.class).getWebhooks().stream()
                    .filter(entry -> ENTRIES.contains(entry.getName()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the gate has been since the last call: where it was less than whole in between, that is told
    /// first. Unknown while it is not watched.
    public GateState state() {
        if (!informer.hasSynced() || !informer.isWatching()) {
            return new GateState.Unknown();
        }
        GateState passed = between.getAndSet(null);
        if (passed != null) {
            return passed;
        }
        ValidatingWebhookConfiguration found = informer.getStore().getByKey(NAME);
        return found == null ? new GateState.Missing() : of(found);
    }

    /// Notes each version that is less than whole, and each jump over versions that nobody saw.
    private final class Changes implements ResourceEventHandler<ValidatingWebhookConfiguration> {
        @Override
        public void onAdd(ValidatingWebhookConfiguration added) {
            note(last.map(version -> changed(SHIPPED, version, added)).orElseGet(() -> of(added)));
        }

        @Override
        public void onUpdate(ValidatingWebhookConfiguration before, ValidatingWebhookConfiguration after) {
            note(changed(SHIPPED, version(before), after));
        }

        @Override
        public void onDelete(ValidatingWebhookConfiguration deleted, boolean unknownFinalState) {
            note(new GateState.Missing());
        }

        private void note(GateState state) {
            if (!(state instanceof GateState.Whole)) {
                between.set(state);
            }
        }
    }

    /// As the API server has it; empty where there is none.
    public Optional<ValidatingWebhookConfiguration> live() {
        return Optional.ofNullable(informer.getStore().getByKey(NAME));
    }

    /// The version that is in force, to be remembered over the end of this process; empty where there is none.
    public Optional<String> version() {
        return live().map(GateCache::version);
    }

    /// What the gate trusts, one for each of its entries; empty where there is no gate, or it is not known.
    public List<Trust> trusts() {
        ValidatingWebhookConfiguration gate = informer.getStore().getByKey(NAME);
        if (gate == null) {
            return List.of();
        }
        String version = gate.getMetadata().getResourceVersion();
        Read known = read;
        if (!known.version().equals(version)) {
            known = new Read(version, trusts(gate));
            read = known;
        }
        return known.trusts();
    }

    /// What the gate of a version trusts: it is asked for often, and changes seldom.
    private record Read(String version, List<Trust> trusts) {}

    static List<Trust> trusts(ValidatingWebhookConfiguration gate) {
        return gate.getWebhooks().stream()
                .map(webhook -> webhook.getClientConfig().getCaBundle())
                .map(bundle -> bundle == null
                        ? Trust.NOBODY
                        : Trust.of(new String(Base64.getMimeDecoder().decode(bundle), StandardCharsets.UTF_8)))
                .toList();
    }

    /// Whether it was looked at once.
    public boolean synced() {
        return informer.hasSynced();
    }

    /// Makes every entry of the gate trust these, where it has not changed since it was watched last; does
    /// nothing where there is none.
    ///
    /// @throws io.fabric8.kubernetes.client.KubernetesClientException where it has changed, or cannot be now
    public void trust(Trust trust) {
        ValidatingWebhookConfiguration gate = informer.getStore().getByKey(NAME);
        if (gate == null) {
            return;
        }
        String bundle = Base64.getEncoder().encodeToString(trust.pem().getBytes(StandardCharsets.UTF_8));
        String patches = IntStream.range(0, gate.getWebhooks().size())
                .mapToObj(i -> patch(i, gate.getWebhooks().get(i), bundle))
                .collect(Collectors.joining(",", "[", "]"));
        client.resource(gate).patch(PatchContext.of(PatchType.JSON), patches);
    }

    /// The tests make the patch fail where somebody else has changed the list, or the bundle, in the meantime.
    private static String patch(int index, ValidatingWebhook webhook, String bundle) {
        String before = webhook.getClientConfig().getCaBundle();
        return """
                {"op":"test","path":"/webhooks/%1$d/name","value":"%2$s"},\
                %3$s\
                {"op":"add","path":"/webhooks/%1$d/clientConfig/caBundle","value":"%4$s"}""".formatted(
                        index,
                        webhook.getName(),
                        before == null
                                ? ""
                                : "{\"op\":\"test\",\"path\":\"/webhooks/%d/clientConfig/caBundle\",\"value\":\"%s\"},"
                                        .formatted(index, before),
                        bundle);
    }

    static String version(ValidatingWebhookConfiguration configuration) {
        return configuration.getMetadata().getUid() + "/"
                + Objects.requireNonNullElse(configuration.getMetadata().getGeneration(), 0L);
    }

    /// What the gate was on the way from one version to the next that was seen.
    static GateState changed(List<ValidatingWebhook> shipped, String before, ValidatingWebhookConfiguration after) {
        GateState now = state(shipped, after.getWebhooks());
        if (!(now instanceof GateState.Whole)) {
            return now;
        }
        int slash = before.lastIndexOf('/');
        if (!before.substring(0, slash).equals(after.getMetadata().getUid())) {
            return new GateState.Missing();
        }
        long versions = Objects.requireNonNullElse(after.getMetadata().getGeneration(), 0L)
                - Long.parseLong(before.substring(slash + 1));
        return versions > 1
                ? new GateState.Narrowed("it was changed %d times while it was not watched".formatted(versions))
                : now;
    }

    /// What a gate is, by itself.
    public static GateState of(ValidatingWebhookConfiguration gate) {
        return state(SHIPPED, gate.getWebhooks());
    }

    static GateState state(List<ValidatingWebhook> shipped, List<ValidatingWebhook> found) {
        for (ValidatingWebhook wanted : shipped) {
            Optional<ValidatingWebhook> entry = found.stream()
                    .filter(candidate -> wanted.getName().equals(candidate.getName()))
                    .findFirst();
            if (entry.isEmpty()) {
                return new GateState.Missing();
            }
            String bundle = entry.get().getClientConfig().getCaBundle();
            if (bundle == null || bundle.isEmpty()) {
                return new GateState.WithoutAuthority();
            }
            Optional<String> narrowed = narrowed(wanted, entry.get());
            if (narrowed.isPresent()) {
                return new GateState.Narrowed("%s: %s".formatted(wanted.getName(), narrowed.get()));
            }
        }
        return new GateState.Whole();
    }

    private static Optional<String> narrowed(ValidatingWebhook wanted, ValidatingWebhook found) {
        if (!wanted.getRules().stream().allMatch(rule -> covered(rule, found.getRules()))) {
            return Optional.of("`rules` leave out resources or operations");
        }
        if (!"Equivalent".equals(Objects.requireNonNullElse(found.getMatchPolicy(), "Equivalent"))) {
            return Optional.of("`matchPolicy` leaves out requests in other versions");
        }
        if (!asked(wanted.getClientConfig(), found.getClientConfig())) {
            return Optional.of("`clientConfig` names another webhook");
        }
        if (!Objects.equals(wanted.getNamespaceSelector(), found.getNamespaceSelector())) {
            return Optional.of("`namespaceSelector` is another one");
        }
        if (!everything(found.getObjectSelector())) {
            return Optional.of("`objectSelector` leaves out objects");
        }
        if (!conditions(wanted).containsAll(conditions(found))) {
            return Optional.of("`matchConditions` leave out requests");
        }
        boolean opened = "Fail".equals(wanted.getFailurePolicy()) && !"Fail".equals(found.getFailurePolicy());
        return opened ? Optional.of("`failurePolicy` lets requests through without an answer") : Optional.empty();
    }

    /// The same service, or by URL (as the overlay for a host has it) the same path.
    private static boolean asked(WebhookClientConfig wanted, WebhookClientConfig found) {
        ServiceReference service = wanted.getService();
        if (found.getService() != null) {
            return found.getService().getNamespace().equals(service.getNamespace())
                    && found.getService().getName().equals(service.getName())
                    && Objects.equals(found.getService().getPath(), service.getPath());
        }
        return found.getUrl() != null
                && java.net.URI.create(found.getUrl()).getPath().equals(service.getPath());
    }

    static boolean everything(@Nullable LabelSelector selector) {
        return selector == null
                || (empty(selector.getMatchLabels())
                        && selector.getMatchExpressions().isEmpty());
    }

    private static boolean empty(@Nullable Map<String, String> labels) {
        return labels == null || labels.isEmpty();
    }

    private static boolean covered(RuleWithOperations wanted, List<RuleWithOperations> found) {
        List<AskedRule> rules = found.stream().map(AskedRule::of).toList();
        String version = wanted.getApiVersions().getFirst();
        boolean namespaced = "Namespaced".equals(wanted.getScope());
        return wanted.getApiGroups().stream()
                .allMatch(group -> wanted.getResources().stream()
                        .allMatch(resource -> wanted.getOperations().stream()
                                .allMatch(operation -> rules.stream()
                                        .anyMatch(
                                                rule -> rule.asks(group, version, resource, namespaced, operation)))));
    }

    /// Each further condition lets more requests pass by.
    private static Set<String> conditions(ValidatingWebhook webhook) {
        Set<String> conditions = new HashSet<>();
        Objects.requireNonNullElse(webhook.getMatchConditions(), List.<MatchCondition>of())
                .forEach(condition -> conditions.add(condition.getExpression().strip()));
        return conditions;
    }

    @Override
    public void close() {
        informer.close();
    }
}
