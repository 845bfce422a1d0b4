package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Stated;
import dev.interlock.decision.cel.Typing;
import dev.interlock.decision.cel.Variables;
import dev.interlock.kubernetes.PublishedTypes.Published;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an API server publishes, over HTTP, and what it says of expressions.
class PublishedTypesTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Instant now = Instant.EPOCH;
    private volatile int code = 200;
    private volatile String digest = "one";
    private volatile Set<String> failing = Set.of();
    private volatile Runnable gate = () -> {};
    private HttpServer server;
    private KubernetesClient client;
    private PublishedTypes types;

    private static final GroupVersionResource SHELVES = resource("shelves.v1.other.example.com");
    private static final GroupVersionResource ROOMS = resource("rooms.v1.other.example.com");
    private static final GroupVersionResource MUTE = resource("mute.v1.other.example.com");

    private record Case(String expression, Set<GroupVersionResource> about, List<String> problems) {}

    private static List<Case> cases() throws IOException {
        return StreamSupport.stream(
                        new YAMLMapper().readTree(file("problems.yaml")).spliterator(), false)
                .map(row -> new Case(
                        row.path("expression").asText(),
                        about(row.path("resource").asText()),
                        StreamSupport.stream(row.path("problems").spliterator(), false)
                                .map(JsonNode::asText)
                                .toList()))
                .toList();
    }

    private static Set<GroupVersionResource> about(String name) {
        return name.isEmpty() ? WorkloadKind.resources() : Set.of(resource(name));
    }

    private static GroupVersionResource resource(String name) {
        return GroupVersionResource.parse(name).orElseThrow();
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(PublishedTypesTest.class.getResourceAsStream("/openapi/" + name), name)) {
            return in.readAllBytes();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/openapi/v3", this::answer);
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        types = new PublishedTypes(client, () -> now);
    }

    @AfterEach
    void end() {
        client.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(path);
        byte[] body = path.equals("/openapi/v3")
                ? index().getBytes(StandardCharsets.UTF_8)
                : file(exchange.getRequestURI()
                                .getPath()
                                .substring("/openapi/v3/".length())
                                .replace('/', '-') + ".json");
        gate.run();
        exchange.sendResponseHeaders(failing.contains(exchange.getRequestURI().getPath()) ? 503 : code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private String index() {
        return """
                {"paths":{"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=%1$s"},
                "apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1?hash=%1$s"},
                "apis/other.example.com/v1":{"serverRelativeURL":"/openapi/v3/apis/other.example.com/v1?hash=%1$s"},
                "apis/batch/v1":{"serverRelativeURL":"/openapi/v3/apis/batch/v1?hash=%1$s"}}}""".formatted(digest);
    }

    private Published read(GroupVersionResource... others) throws Exception {
        return types.read(List.of(others)).get(30, TimeUnit.SECONDS);
    }

    private Typing typing(GroupVersionResource... others) throws Exception {
        assertThat(read(others)).isInstanceOf(Published.Types.class);
        return ((Published.Types) read(others)).typing();
    }

    @Test
    void expressionsAreHeldAgainstWhatIsPublished() throws Exception {
        Typing typing = typing(SHELVES, ROOMS, MUTE);
        assertThat(cases())
                .hasSizeGreaterThan(25)
                .allSatisfy(each -> assertThat(typing.problems(
                                List.of(new Stated("it", Expression.bool(each.expression(), Variables.NONE))),
                                each.about()))
                        .as(each.toString())
                        .isEqualTo(each.problems().stream()
                                .map(problem -> "it: " + problem)
                                .toList()));
    }

    @Test
    void isReadOnceAndAgainAfterTenMinutesAndOnlyWhereItHasChanged() throws Exception {
        assertThat(asked).as("nobody has asked").isEmpty();
        Typing first = typing();
        assertThat(asked)
                .containsExactly(
                        "/openapi/v3",
                        "/openapi/v3/apis/apps/v1?hash=one",
                        "/openapi/v3/apis/batch/v1?hash=one",
                        "/openapi/v3/api/v1?hash=one");
        now = now.plus(Duration.ofMinutes(9));
        assertThat(typing()).isSameAs(first);
        assertThat(asked).hasSize(4);
        now = now.plus(Duration.ofMinutes(1));
        readAgain(5);
        assertThat(typing()).isSameAs(first);
        digest = "two";
        now = now.plus(Duration.ofMinutes(10));
        readAgain(9);
        await().untilAsserted(() -> assertThat(typing()).isNotSameAs(first));
    }

    /// Nobody waits for it meanwhile: what was known still is.
    private void readAgain(int answers) {
        await().untilAsserted(() -> {
            assertThat(types.read(List.of())).isDone();
            assertThat(asked).hasSize(answers);
        });
    }

    @Test
    void whatElseSomebodyAsksForIsReadThenAndNothingElseAnew() throws Exception {
        assertThat(typing().knows(SHELVES)).isFalse();
        assertThat(asked).hasSize(4);
        Typing more = typing(SHELVES);
        assertThat(asked.subList(4, asked.size()))
                .containsExactly("/openapi/v3", "/openapi/v3/apis/other.example.com/v1?hash=one");
        assertThat(more.knows(SHELVES)).isTrue();
        assertThat(more.knows(WorkloadKind.POD.groupVersionResource())).isTrue();
        assertThat(more.knows(ROOMS)).as("of which nobody asked").isFalse();
        assertThat(typing(SHELVES)).isSameAs(more);
        assertThat(typing(ROOMS).knows(SHELVES)).isTrue();
        assertThat(asked).as("the document was there").hasSize(7);
    }

    @Test
    void resourceThatIsNotPublishedIsNotKnownAndAskedForAgain() throws Exception {
        GroupVersionResource later = resource("later.v1.example.com");
        assertThat(typing(MUTE, later, SHELVES).knows(MUTE))
                .as("without a schema")
                .isFalse();
        assertThat(typing(MUTE, later, SHELVES).knows(later)).as("not listed").isFalse();
        int before = asked.size();
        now = now.plus(Duration.ofSeconds(59));
        typing(MUTE, later, SHELVES);
        assertThat(asked).hasSize(before);
        now = now.plus(Duration.ofSeconds(1));
        readAgain(before + 1);
    }

    @Test
    void serverBehindTheApiServerThatIsDownTakesNothingFromTheRest() throws Exception {
        failing = Set.of("/openapi/v3/apis/other.example.com/v1");
        Typing rest = typing(SHELVES);
        assertThat(rest.knows(WorkloadKind.DEPLOYMENT.groupVersionResource())).isTrue();
        assertThat(rest.knows(SHELVES)).isFalse();
        assertThat(((Published.Types) read(SHELVES)).failures())
                .containsExactly(Map.entry(
                        "other.example.com/v1",
                        "`/openapi/v3/apis/other.example.com/v1?hash=one` is answered with code 503"));
        failing = Set.of();
        now = now.plus(Duration.ofMinutes(1));
        await().untilAsserted(() -> assertThat(typing(SHELVES).knows(SHELVES)).isTrue());
        assertThat(((Published.Types) read(SHELVES)).failures()).isEmpty();
        failing = Set.of("/openapi/v3/apis/other.example.com/v1");
        digest = "two";
        now = now.plus(Duration.ofMinutes(10));
        await().untilAsserted(() ->
                assertThat(((Published.Types) read(SHELVES)).failures()).isNotEmpty());
        assertThat(typing(SHELVES).knows(SHELVES)).as("as it was known").isTrue();
    }

    @Test
    void whatNobodyAsksForAnyMoreIsForgotten() throws Exception {
        assertThat(typing(SHELVES, ROOMS).knows(ROOMS)).isTrue();
        now = now.plus(Duration.ofMinutes(11));
        readAgain(6);
        await().untilAsserted(() -> assertThat(typing().knows(ROOMS)).isFalse());
        assertThat(typing().knows(WorkloadKind.POD.groupVersionResource())).isTrue();
    }

    @Test
    void soManyAreRememberedAndOfOthersNothingIsKnown() throws Exception {
        for (int i = 0; i < 600; i++) {
            var _ = types.read(List.of(resource("r%d.v1.example.com".formatted(i))));
        }
        assertThat(typing(SHELVES).knows(SHELVES)).isFalse();
        assertThat(typing().knows(WorkloadKind.POD.groupVersionResource())).isTrue();
    }

    @Test
    void manyThatAskWhileItIsReadAreAnsweredByOneMoreRead() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        gate = () -> Uninterruptibles.awaitUninterruptibly(held);
        CompletableFuture<Published> first = types.read(List.of());
        await().until(() -> !asked.isEmpty());
        List<CompletableFuture<Published>> later = IntStream.range(0, 50)
                .mapToObj(i -> types.read(List.of(resource("r%d.v1.other.example.com".formatted(i)), SHELVES)))
                .toList();
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).isInstanceOf(Published.Types.class);
        assertThat(later)
                .allSatisfy(each -> assertThat(each.get(30, TimeUnit.SECONDS))
                        .isInstanceOfSatisfying(
                                Published.Types.class,
                                read -> assertThat(read.typing().knows(SHELVES)).isTrue()));
        assertThat(asked.stream().filter("/openapi/v3"::equals)).hasSize(2);
    }

    @Test
    void whatCannotBeReadIsNotKnownAndTriedAgain() throws Exception {
        code = 403;
        assertThat(read())
                .isEqualTo(new Published.Unknown(
                        "the API server's schemas cannot be read: `/openapi/v3` is answered with code 403"));
        code = 200;
        assertThat(read()).isInstanceOf(Published.Unknown.class);
        now = now.plus(Duration.ofSeconds(10));
        Typing known = typing();
        code = 500;
        now = now.plus(Duration.ofMinutes(10));
        readAgain(6);
        assertThat(typing()).as("what was known still is").isSameAs(known);
    }

    @Test
    void whatIsNoDocumentIsNotKnown() throws Exception {
        digest = "\"";
        assertThat(read())
                .isInstanceOfSatisfying(
                        Published.Unknown.class,
                        unknown -> assertThat(unknown.cause())
                                .startsWith("the API server's schemas cannot be read: ")
                                .doesNotContain("\n"));
    }

    @Test
    void apiServerThatIsAwayLeavesThemUnknown() throws Exception {
        server.stop(0);
        assertThat(read())
                .isEqualTo(new Published.Unknown(
                        "the API server's schemas cannot be read: `/openapi/v3` is not answered"));
    }
}
