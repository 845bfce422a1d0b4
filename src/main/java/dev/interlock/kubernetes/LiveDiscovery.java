package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Served;
import dev.interlock.kubernetes.ClusterView.Shaped;
import dev.interlock.kubernetes.ClusterView.Unavailable;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// What an API server has: its resources, by aggregated discovery, and what it publishes of their objects.
/// Each method throws [KubernetesClientException] where the API server does not do what it is asked to.
final class LiveDiscovery {
    private static final String AGGREGATED =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

    private final KubernetesClient client;

    LiveDiscovery(KubernetesClient client) {
        this.client = client;
    }

    /// A group whose own server does not answer is named as what could not be read.
    Listed<Served> served() {
        List<Served> served = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (String place : List.of("api", "apis")) {
            JsonNode list = json(get(place, AGGREGATED));
            if (!list.path("kind").asText().equals("APIGroupDiscoveryList")) {
                throw new Unavailable(
                        "the API server does not list its resources as it should; it needs Kubernetes 1.30 or newer");
            }
            list.path("items").forEach(group -> read(group, served, silent));
        }
        return new Listed<>(
                served,
                silent.isEmpty()
                        ? Optional.empty()
                        : Optional.of("the server behind the API server does not answer for %s"
                                .formatted(String.join(", ", silent))));
    }

    private static void read(JsonNode item, List<Served> served, List<String> silent) {
        String group = item.path("metadata").path("name").asText();
        for (JsonNode version : item.path("versions")) {
            String name = version.path("version").asText();
            if (!version.path("freshness").asText("Current").equals("Current")) {
                silent.add(group + "/" + name);
            }
            for (JsonNode resource : version.path("resources")) {
                served.add(served(group, name, resource, resource, ""));
                resource.path("subresources")
                        .forEach(sub -> served.add(served(
                                group,
                                name,
                                resource,
                                sub,
                                sub.path("subresource").asText())));
            }
        }
    }

    private static Served served(
            String group, String version, JsonNode resource, JsonNode described, String subresource) {
        return new Served(
                group,
                version,
                resource.path("resource").asText(),
                subresource,
                described.path("responseKind").path("kind").asText(),
                resource.path("scope").asText().equals("Namespaced"),
                StreamSupport.stream(described.path("verbs").spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.toSet()));
    }

    /// By the names of kinds.
    List<Shaped> shapes(String group, String version) {
        String place = group.isEmpty() ? "api/" + version : "apis/%s/%s".formatted(group, version);
        HttpResponse<String> answer = get("openapi/v3/" + place, "application/json");
        if (answer.code() == 404) {
            return List.of();
        }
        Map<String, JsonNode> named = new HashMap<>();
        try {
            SchemaReader.schemas(successful(answer).getBytes(StandardCharsets.UTF_8), named::put);
        } catch (IOException e) {
            throw new Unavailable("the schemas of %s cannot be read: %s".formatted(place, SpecReader.firstLine(e)));
        }
        List<Shaped> shapes = new ArrayList<>();
        TemplateSearch search = new TemplateSearch(named);
        named.values()
                .forEach(schema ->
                        kinds(schema, group, version).forEach(kind -> shapes.add(new Shaped(kind, search.of(schema)))));
        return shapes;
    }

    private static Set<String> kinds(JsonNode schema, String group, String version) {
        return SchemaReader.kinds(schema)
                .filter(kind -> kind.group().equals(group) && kind.version().equals(version))
                .map(SchemaReader.GroupVersionKind::kind)
                .collect(Collectors.toSet());
    }

    private HttpResponse<String> get(String place, String accepted) {
        return RawCall.answer(
                client,
                client.getHttpClient()
                        .newHttpRequestBuilder()
                        .uri(client.getMasterUrl() + place)
                        .header("Accept", accepted)
                        .build());
    }

    private static String successful(HttpResponse<String> answer) {
        if (!answer.isSuccessful()) {
            throw new KubernetesClientException(
                    answer.message(),
                    answer.code(),
                    new StatusBuilder().withMessage(answer.message()).build());
        }
        return answer.body();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return SpecReader.JSON.readTree(successful(answer));
        } catch (IOException e) {
            throw new Unavailable(
                    "what the API server lists of its resources cannot be read: " + SpecReader.firstLine(e));
        }
    }
}
