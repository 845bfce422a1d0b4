package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.decision.Checked;
import dev.interlock.kubernetes.ClusterView.Probe;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// The gate as whoever installs it sees it: read, asked through, and taken away. Each method throws
/// [KubernetesClientException] where the API server does not do what it is asked to.
final class LiveGate {
    private static final int LONGEST_ANSWER_SECONDS = 40;

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

    /// A Deployment that is never made: as modest as one can be, so that no other rule of the cluster refuses it.
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
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getMasterUrl() + path)
                .post("application/json", body)
                .build();
        try {
            return client.getHttpClient()
                    .sendAsync(request, String.class)
                    .get(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted", e);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new KubernetesClientException("no answer", e);
        }
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
