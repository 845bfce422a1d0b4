package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Served;
import dev.interlock.kubernetes.ClusterView.Shape;
import dev.interlock.kubernetes.ClusterView.Shaped;
import dev.interlock.kubernetes.ClusterView.Unavailable;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an API server lists of itself, over HTTP.
class LiveDiscoveryTest {
    private static final String CORE = """
            {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {}, "versions": [{"version": "v1",
            "freshness": "Current", "resources": [
            {"resource": "pods", "scope": "Namespaced", "verbs": ["create", "get"], "responseKind": {"kind": "Pod"},
            "subresources": [{"subresource": "exec", "verbs": ["create"], "responseKind": {"kind": "PodExecOptions"}}]},
            {"resource": "nodes", "scope": "Cluster", "verbs": ["update"], "responseKind": {"kind": "Node"}}]}]}]}""";
    private static final String NONE = "{\"kind\": \"APIGroupDiscoveryList\", \"items\": []}";
    private static final String STALE = """
            {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "down.example.com"},
            "versions": [{"version": "v1", "freshness": "Stale"}]}]}""";

    private final Map<String, String> answers = new HashMap<>(Map.of("/api", CORE, "/apis", NONE));
    private int code = 200;
    private HttpServer server;
    private KubernetesClient client;
    private LiveCluster cluster;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        cluster = new LiveCluster(client);
    }

    @AfterEach
    void end() {
        client.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String found = answers.get(exchange.getRequestURI().getPath());
        byte[] body = (found == null ? "404" : found).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(found == null ? 404 : code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Test
    void everyResourceAndSubresourceIsListed() {
        assertThat(cluster.served().items())
                .containsExactly(
                        new Served("", "v1", "pods", "", "Pod", true, Set.of("create", "get")),
                        new Served("", "v1", "pods", "exec", "PodExecOptions", true, Set.of("create")),
                        new Served("", "v1", "nodes", "", "Node", false, Set.of("update")));
        assertThat(cluster.served().missing()).isEmpty();
    }

    @Test
    void groupWhoseServerIsDownIsNamed() {
        answers.put("/apis", STALE);
        Listed<Served> served = cluster.served();
        assertThat(served.items()).hasSize(3);
        assertThat(served.missing())
                .contains("the server behind the API server does not answer for down.example.com/v1");
    }

    @Test
    void listsOfAnotherFormAreNotTakenForEmptyOnes() {
        answers.put("/apis", "{\"kind\": \"APIGroupList\", \"groups\": []}");
        assertThatThrownBy(cluster::served).isInstanceOf(Unavailable.class).hasMessageContaining("Kubernetes 1.30");
        answers.put("/apis", "<html>");
        assertThatThrownBy(cluster::served).isInstanceOf(Unavailable.class).hasMessageContaining("cannot be read");
    }

    @Test
    void rightThatIsMissingIsNamed() {
        answers.put("/openapi/v3/api/v1", "{}");
        code = 403;
        assertThat(cluster.served().missing()).contains("you may not get /api and /apis in the whole cluster");
        assertThat(cluster.shapes("", "v1").missing()).contains("you may not get /openapi/v3 in the whole cluster");
    }

    @Test
    void shapesAreOfTheKindsOfOneVersion() {
        answers.put("/openapi/v3/apis/example.com/v1", """
                {"paths": {}, "components": {"schemas": {
                "com.example.v1.Run": {"properties": {"containers": {"items": {"properties": {"image": {}}}}},
                "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Run"}]},
                "io.k8s.DeleteOptions": {
                "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "DeleteOptions"}]}}}}""");
        assertThat(cluster.shapes("example.com", "v1").items())
                .containsExactly(new Shaped("Run", new Shape.Template("")));
    }

    @Test
    void schemasThatAreNotPublishedAreNone() {
        assertThat(cluster.shapes("example.com", "v1")).isEqualTo(Listed.of(List.of()));
    }

    @Test
    void schemasThatAreAnsweredWithAnErrorAreMissing() {
        answers.put("/openapi/v3/apis/example.com/v1", "");
        code = 503;
        assertThat(cluster.shapes("example.com", "v1").missing())
                .contains("the schemas of example.com/v1 are answered with code 503");
    }
}
