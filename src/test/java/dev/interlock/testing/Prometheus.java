package dev.interlock.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A real Prometheus that scrapes processes of Interlock and an API server every second, with rules, and a real
/// Alertmanager that sends what they raise to this process.
public final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final HttpServer receiver;
    private final int port;

    /// @param rules      a rule file's text
    /// @param management ports of this machine that have `/metrics`
    private Prometheus(Path prometheus, Path alertmanager, ControlPlane plane, String rules, List<Integer> management)
            throws IOException {
        Path directory = Files.createTempDirectory(plane.directory(), "prometheus-");
        port = Fork.freePort();
        int alerts = Fork.freePort();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        Files.writeString(directory.resolve("rules.yaml"), rules);
        Files.writeString(directory.resolve("prometheus.yaml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [rules.yaml]
                alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]}
                scrape_configs:
                - job_name: interlock
                  static_configs: [{targets: [%s]}]
                - job_name: apiserver
                  scheme: https
                  authorization: {credentials: "%s"}
                  tls_config: {ca_file: "%s"}
                  static_configs: [{targets: ["%s"]}]
                """.formatted(
                alerts,
                String.join(
                        ", ",
                        management.stream().map("\"127.0.0.1:%d\""::formatted).toList()),
                plane.token(),
                plane.authority().toAbsolutePath(),
                URI.create(plane.server()).getAuthority()));
        Files.writeString(directory.resolve("alertmanager.yaml"), """
                route: {receiver: test, group_by: [alertname], group_wait: 3s, group_interval: 5s, repeat_interval: 1h}
                receivers:
                - name: test
                  webhook_configs: [{url: "http://127.0.0.1:%d/", send_resolved: true}]
                """.formatted(
                        receiver.getAddress().getPort()));
        start(
                directory,
                alertmanager.toString(),
                "--config.file=alertmanager.yaml",
                "--storage.path=alerts",
                "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:" + alerts);
        start(
                directory,
                prometheus.toString(),
                "--config.file=prometheus.yaml",
                "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:" + port);
        await("Prometheus, see " + directory)
                .atMost(START)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> !query("up == 1").isEmpty());
    }

    /// Starts both. The test is skipped, and says so, where they are not installed.
    public static Prometheus start(ControlPlane plane, String rules, List<Integer> management) {
        Path prometheus = DebianProgram.of("prometheus", "prometheus");
        Path alertmanager = DebianProgram.of("prometheus-alertmanager", "prometheus-alertmanager");
        try {
            return new Prometheus(prometheus, alertmanager, plane, rules, management);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(Path directory, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory
                        .resolve(Path.of(command[0]).getFileName() + ".log")
                        .toFile())
                .start();
        processes.add(process);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /// Where its API is.
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /// The samples that a query gives now, as the API of Prometheus has them.
    public List<JsonNode> query(String expression) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url() + "/api/v1/query?query="
                                    + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode body = JSON.readTree(answer.body());
            if (!body.path("status").asText().equals("success")) {
                throw new AssertionError(expression + ": " + answer.body());
            }
            List<JsonNode> samples = new ArrayList<>();
            body.at("/data/result").forEach(samples::add);
            return samples;
        } catch (IOException e) {
            throw new UncheckedIOException("Prometheus does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Whether an alert fires now.
    public boolean fires(String alert) {
        return !query("ALERTS{alertstate=\"firing\",alertname=\"%s\"}".formatted(alert))
                .isEmpty();
    }

    /// Whether an alert fires now or did in the minutes before.
    public boolean fired(String alert) {
        return !query("max_over_time(ALERTS{alertstate=\"firing\",alertname=\"%s\"}[5m])".formatted(alert))
                .isEmpty();
    }

    /// What Alertmanager sent about an alert: `firing` or `resolved`, each a whole group.
    public List<JsonNode> sent(String alert, String status) {
        return received.stream()
                .filter(group -> group.at("/commonLabels/alertname").asText().equals(alert)
                        && group.path("status").asText().equals(status))
                .toList();
    }

    @Override
    public void close() {
        processes.reversed().forEach(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
        receiver.stop(0);
    }
}
