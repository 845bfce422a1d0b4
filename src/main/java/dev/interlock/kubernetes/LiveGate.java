package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.decision.Checked;
import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Probe;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The gate as whoever installs it sees it: read, asked through, and taken away. Each method throws
/// [KubernetesClientException] where the API server does not do what it is asked to.
final class LiveGate {
    /// The second one asks about what policies name beside workloads.
    private static final List<String> CONFIGURATIONS = List.of(GateCache.NAME, ResourceGate.NAME);

    private final KubernetesClient client;

    LiveGate(KubernetesClient client) {
        this.client = client;
    }

    private Resource<ValidatingWebhookConfiguration> configuration(String name) {
        return client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(name);
    }

    /// Of both configurations, as far as they are there.
    List<GateEntry> entries() {
        return CONFIGURATIONS.stream()
                .flatMap(name -> Stream.ofNullable(configuration(name).get()))
                .flatMap(found -> found.getWebhooks().stream())
                .map(LiveGate::entry)
                .toList();
    }

    static GateEntry entry(ValidatingWebhook webhook) {
        String bundle = webhook.getClientConfig().getCaBundle();
        Optional<String> flaw = bundle == null || bundle.isEmpty()
                ? Optional.of("no `caBundle` yet, so that no call of it succeeds")
                : GateCache.everything(webhook.getObjectSelector())
                        ? Optional.empty()
                        : Optional.of("an `objectSelector`, which leaves out objects");
        return new GateEntry(
                webhook.getName(),
                gates(webhook.getNamespaceSelector()),
                !"Exact".equals(webhook.getMatchPolicy()),
                flaw,
                webhook.getRules().stream().map(AskedRule::of).toList());
    }

    /// Which namespaces it asks about, by their label; both where it does not look at the label.
    private static Set<String> gates(@Nullable LabelSelector selector) {
        if (selector == null) {
            return GateEntry.GATES;
        }
        String gate = Objects.requireNonNullElse(selector.getMatchLabels(), Map.<String, String>of())
                .get(GateEntry.LABEL);
        if (gate != null) {
            return Set.of(gate);
        }
        return selector.getMatchExpressions().stream()
                .filter(expression ->
                        GateEntry.LABEL.equals(expression.getKey()) && "In".equals(expression.getOperator()))
                .findFirst()
                .map(expression -> Set.copyOf(expression.getValues()))
                .orElse(GateEntry.GATES);
    }

    GateState state() {
        ValidatingWebhookConfiguration found = configuration(GateCache.NAME).get();
        return found == null ? new GateState.Missing() : GateCache.state(GateCache.shipped(), found.getWebhooks());
    }

    /// Both parts: first the one without which the operator makes the other no more.
    ///
    /// @return whether there was one
    boolean remove() {
        boolean first = !configuration(GateCache.NAME).delete().isEmpty();
        boolean second = !configuration(ResourceGate.NAME).delete().isEmpty();
        return first || second;
    }

    /// A Deployment that is never made: as modest as one can be, so that no other rule of the cluster refuses
    /// it.
    Probe probe(String namespace, String name) {
        String body = """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%1$s","labels":{"%2$s":"%1$s"}},
                "spec":{"replicas":0,"selector":{"matchLabels":{"%2$s":"%1$s"}},"template":{
                "metadata":{"labels":{"%2$s":"%1$s"}},
                "spec":{"automountServiceAccountToken":false,
                "securityContext":{"runAsNonRoot":true,"runAsUser":65532,"seccompProfile":{"type":"RuntimeDefault"}},
                "containers":[{"name":"none","image":"interlock.dev/check:none",
                "resources":{"requests":{"cpu":"1m","memory":"1Mi"},"limits":{"cpu":"1m","memory":"1Mi"}},
                "securityContext":{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,
                "capabilities":{"drop":["ALL"]}}}]}}}}""".formatted(name, Checked.LABEL);
        HttpResponse<String> answer =
                post("apis/apps/v1/namespaces/%s/deployments?dryRun=All".formatted(namespace), body);
        Optional<Checked> checked = answer.headers("Warning").stream()
                .flatMap(header -> Checked.in(header).stream())
                .filter(found -> found.name().equals(name))
                .findFirst();
        if (checked.isPresent()) {
            return new Probe.Answered(checked.get().caller());
        }
        if (answer.isSuccessful()) {
            return new Probe.Unasked();
        }
        String message = message(answer.body());
        if (answer.code() == 401 || message.contains(" cannot create resource ")) {
            throw new KubernetesClientException(message, answer.code(), new Status());
        }
        return new Probe.Failed(message);
    }

    private HttpResponse<String> post(String path, String body) {
        return RawCall.answer(
                client,
                client.getHttpClient()
                        .newHttpRequestBuilder()
                        .uri(client.getMasterUrl() + path)
                        .post("application/json", body)
                        .build());
    }

    private static String message(String status) {
        try {
            JsonNode message = SpecReader.JSON.readTree(status).path("message");
            return SpecReader.shortened(message.asText(status));
        } catch (IOException _) {
            return SpecReader.shortened(status);
        }
    }
}
