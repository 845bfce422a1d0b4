package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Journal;
import dev.interlock.decision.Journal.Journaled;
import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.ServedKey;
import dev.interlock.operator.TestCertificates;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The port itself: deadlines, certificates, the way to the journal and back, the end.
class AdmissionServerTest {
    private static final String REVIEW = """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1",
            "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"x","namespace":"shop","operation":"CREATE",
            "userInfo":{"username":"jane"},"object":{"metadata":{"name":"x"},"spec":{}}}}""";

    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final CertifiedKey PAIR = TestCertificates.pair();

    private final Vertx vertx = Vertx.vertx();
    private final List<Instant> deadlines = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private volatile Executor large = Runnable::run;
    private final CompletableFuture<Journaled> committed = new CompletableFuture<>();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final List<String> undecidable = new CopyOnWriteArrayList<>();
    private final List<String> callers = new CopyOnWriteArrayList<>();
    private final Journal journal = (entry, deadline) -> {
        callers.add(entry.decision().basis().request().caller().toString());
        deadlines.add(deadline);
        threads.add(Thread.currentThread().getName());
        asked.complete(null);
        return committed;
    };
    private final Observer observer = new Observer() {
        @Override
        public void decided(Decision decision, boolean dryRun) {}

        @Override
        public void took(Phase phase, Duration duration) {}

        @Override
        public void undecidable(String what) {
            undecidable.add(what);
        }

        @Override
        public void evidenceMissing() {}
    };
    private CompletableFuture<List<String>> doubts = CompletableFuture.completedFuture(List.of());
    private final AdmissionServer server = server(Callers.NOBODY_KNOWN);
    private int port;
    private ServedKey key;

    private AdmissionServer server(Callers callers) {
        Workers workers = new Workers(Runnable::run, task -> large.execute(task), InstantSource.fixed(NOW));
        return new AdmissionServer(
                vertx,
                new AdmissionPipeline(
                        (_, _) -> CompletableFuture.completedFuture(Fixture.evidence()),
                        Fixture.EVALUATOR,
                        journal,
                        InstantSource.fixed(NOW),
                        workers,
                        observer),
                new PolicyReview(
                        policy -> policy.get("broken").isPresent() ? Optional.of("it is broken") : Optional.empty(),
                        _ -> doubts,
                        Runnable::run),
                workers,
                callers,
                InstantSource.fixed(NOW),
                observer);
    }

    @BeforeEach
    void open() throws Exception {
        key = new ServedKey(PAIR);
        port = done(server.open("127.0.0.1", 0, key));
    }

    @AfterEach
    void close() throws Exception {
        done(vertx.close());
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private HttpClient client() {
        return client(1);
    }

    /// @param connections how many it makes at most
    private HttpClient client(int connections) {
        return vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setMaxPoolSize(connections));
    }

    private Future<String> post(HttpClient client, String query) {
        return post(client, "/admit/required" + query, REVIEW);
    }

    private Future<String> post(HttpClient client, String path, String body) {

        // All of it on the event loop: a response that ends before somebody asks for its body has none.
        Promise<String> answer = Promise.promise();
        vertx.runOnContext(_ -> client.request(HttpMethod.POST, port, "127.0.0.1", path)
                .compose(request -> request.send(Buffer.buffer(body)).compose(HttpClientResponse::body))
                .map(Buffer::toString)
                .onComplete(answer));
        return answer.future();
    }

    @Test
    void timeoutOfTheApiServerReachesTheJournalAsADeadlineWithAMargin() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        done(post(client(), "?timeout=7s"));
        assertThat(deadlines.getFirst()).isBetween(NOW.plusMillis(4000), NOW.plusMillis(6750));
    }

    static List<Arguments> policies() {
        String good = "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"mode\":\"Warn\"}}";
        String broken = "{\"broken\":true,\"metadata\":{\"name\":\"p\"},\"spec\":{\"mode\":\"Enforce\"}}";
        String labelled = broken.replace("\"name\"", "\"labels\":{\"a\":\"b\"},\"name\"");
        return List.of(
                Arguments.of("one that can be read", "null", good, true),
                Arguments.of("one that cannot", "null", broken, false),
                Arguments.of("one that cannot be read any more", good, broken, false),
                Arguments.of("a label on one that cannot be read", broken, labelled, true),
                Arguments.of("one that can be read again", broken, good, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies")
    void policyIsRefusedWhereItCannotBeReadAndWhatIsStoredCanAlwaysBeMended(
            String what, String old, String policy, boolean allowed) throws Exception {
        String answer = validated("?timeout=3s", old, policy);
        assertThat(answer).as(what).contains("\"allowed\":" + allowed);
        if (!allowed) {
            assertThat(answer)
                    .contains(
                            "\"code\":422,\"reason\":\"Invalid\",\"message\":\"PromotionPolicy `p` cannot be used: it is broken; mend it there and apply it again\"");
        }
        assertThat(deadlines).as("no decision was made").isEmpty();
    }

    private String validated(String query, String old, String policy) throws Exception {
        return done(post(client(), "/validate/policy" + query, """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","name":"p",
                "kind":{"group":"interlock.dev","version":"v1alpha1","kind":"PromotionPolicy"},"operation":"%s",
                "userInfo":{"username":"jane"},"object":%s,"oldObject":%s}}
                """.formatted(
                        old.equals("null") ? "CREATE" : "UPDATE", policy, old)));
    }

    static List<Arguments> doubts() {
        String most = "d".repeat(115);
        return List.of(
                Arguments.of(List.of(), ""),
                Arguments.of(List.of("a", "b"), "\"[p] a\",\"[p] b\""),
                Arguments.of(List.of("a", "b", "c", "d"), "\"[p] a\",\"[p] b\",\"+2 more: kubectl describe pp p\""),
                Arguments.of(List.of(most + "dd"), "\"[p] " + most + "…\""));
    }

    @ParameterizedTest
    @MethodSource("doubts")
    void whatIsDoubtfulInAPolicyIsAWarningAndStopsNothing(List<String> found, String warnings) throws Exception {
        doubts = CompletableFuture.completedFuture(found);
        assertThat(validated("?timeout=3s", "null", "{\"spec\":{}}"))
                .contains("\"allowed\":true")
                .contains(warnings.isEmpty() ? "" : "\"warnings\":[" + warnings + "]")
                .satisfies(answer -> assertThat(answer.contains("warnings")).isEqualTo(!warnings.isEmpty()));
        assertThat(validated("?timeout=3s", "{\"spec\":{}}", "{\"metadata\":{\"labels\":{}},\"spec\":{}}"))
                .as("its spec does not change")
                .doesNotContain("warnings");
    }

    @Test
    void doubtsThatDoNotComeOrFailKeepNobodyWaitingAndRefuseNothing() throws Exception {
        doubts = new CompletableFuture<>();
        assertThat(validated("?timeout=200ms", "null", "{\"spec\":{}}"))
                .contains("\"allowed\":true")
                .doesNotContain("warnings");
        doubts = CompletableFuture.failedFuture(new IllegalStateException("planted"));
        assertThat(validated("?timeout=3s", "null", "{\"spec\":{}}"))
                .contains("\"allowed\":true")
                .doesNotContain("warnings");
    }

    @Test
    void law5_answerWaitsForTheCommitAndNothingElseWaitsForTheAnswer() throws Exception {
        Future<String> waiting = post(client(), "");
        asked.get(30, TimeUnit.SECONDS);
        // The same event loop answers others meanwhile.
        assertThat(done(client().request(HttpMethod.GET, port, "127.0.0.1", "/").compose(request -> request.send()))
                        .statusCode())
                .isEqualTo(404);
        assertThat(waiting.isComplete()).isFalse();
        committed.complete(new Journaled.Durable("u-1"));
        assertThat(done(waiting)).contains("\"allowed\":true").contains("\"entry\":\"u-1\"");
    }

    @Test
    void anotherCertificateIsServedFromTheNextHandshakeOn() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        X509Certificate before = served();
        key.serve(TestCertificates.pair());
        assertThat(served()).isNotEqualTo(before);
    }

    /// Asked of the connection while the request is still to be sent: nobody has closed it by then.
    private X509Certificate served() throws Exception {
        return done(client().request(HttpMethod.GET, port, "127.0.0.1", "/").compose(request -> {
            X509Certificate certificate = certificate(request.connection());
            return request.send().map(certificate);
        }));
    }

    private static X509Certificate certificate(HttpConnection connection) {
        try {
            return (X509Certificate) connection.sslSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpClient showing(CertifiedKey pair) {
        return vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(pair.certificatePem()))
                        .setKeyValue(Buffer.buffer(pair.keyPem()))));
    }

    /// Also after the port's own certificate is another one.
    @Test
    void whoShowsACertificateOfTheAuthorityWithTheNameIsTheApiServerAndNobodyElseIs() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        TestCertificates.Authority authority = new TestCertificates.Authority();
        AdmissionServer knowing = server(new Callers(Optional.of(authority.certificate()), List.of("kube-apiserver")));
        ServedKey shown = new ServedKey(PAIR);
        port = done(knowing.open("127.0.0.1", 0, shown));
        for (int rotations = 0; rotations < 2; rotations++) {
            callers.clear();
            done(post(showing(authority.client("kube-apiserver")), ""));
            done(post(showing(authority.client("somebody")), ""));
            done(post(client(), ""));
            assertThat(callers).containsExactly("MTLS", "STRANGER", "STRANGER");
            shown.serve(TestCertificates.pair());
        }
    }

    @Test
    void certificateOfAnotherAuthorityMakesNobodyTheApiServer() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        Callers known = new Callers(Optional.of(new TestCertificates.Authority().certificate()), List.of());
        port = done(server(known).open("127.0.0.1", 0, new ServedKey(PAIR)));
        Future<String> foreign = post(showing(new TestCertificates.Authority().client("kube-apiserver")), "");
        await().until(foreign::isComplete);
        assertThat(callers).doesNotContain("MTLS");
    }

    @Test
    void case21_strangersAreAnsweredAtABoundedRateAndTheApiServerAtAny() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        TestCertificates.Authority authority = new TestCertificates.Authority();
        port = done(server(new Callers(Optional.of(authority.certificate()), List.of()))
                .open("127.0.0.1", 0, new ServedKey(PAIR)));
        HttpClient stranger = client(300);
        long from = System.nanoTime();
        List<HttpClientResponse> answers = IntStream.range(0, 300)
                .mapToObj(_ -> stranger.request(HttpMethod.POST, port, "127.0.0.1", "/admit/required")
                        .compose(request -> request.send(Buffer.buffer(REVIEW))))
                .toList()
                .stream()
                .map(answer -> answer.toCompletionStage().toCompletableFuture().join())
                .toList();
        List<HttpClientResponse> refused =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(undecidable).contains("http429");
        assertThat(callers).hasSizeLessThan(200);
        assertThat(refused)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.getHeader("Connection"))
                        .as("a handshake costs more than a refusal")
                        .isNull());
        assertThat(Duration.ofNanos(System.nanoTime() - from))
                .as("who is refused waits")
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        callers.clear();
        HttpClient apiServer = showing(authority.client("kube-apiserver"));
        for (int i = 0; i < 300; i++) {
            assertThat(done(post(apiServer, ""))).contains("\"allowed\":true");
        }
        assertThat(callers).hasSize(300).containsOnly("MTLS");
    }

    @Test
    void case21_strangersHaveSoManyConnectionsAndTheApiServerStillGetsIn() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        TestCertificates.Authority authority = new TestCertificates.Authority();
        port = done(server(new Callers(Optional.of(authority.certificate()), List.of()))
                .open("127.0.0.1", 0, new ServedKey(PAIR)));
        HttpClient strangers = client(1_100);
        List<Future<String>> answers =
                IntStream.range(0, 1_100).mapToObj(_ -> post(strangers, "")).toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> answers.stream().allMatch(Future::isComplete));
        assertThat(answers.stream().filter(Future::failed)).hasSize(100);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(undecidable.stream().filter("connections"::equals))
                        .hasSize(100));
        assertThat(done(post(showing(authority.client("kube-apiserver")), ""))).contains("\"allowed\":true");
    }

    @Test
    void failure18_moreThanCanBeOnTheirWayAreRefusedAtOnceWithCode429() throws Exception {
        HttpClient many = client(600);
        List<Future<String>> answers =
                IntStream.range(0, 600).mapToObj(_ -> post(many, "")).toList();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> answers.stream().filter(Future::isComplete).count() >= 600 - 512);
        assertThat(answers.stream().filter(Future::isComplete).map(Future::result))
                .allSatisfy(answer -> assertThat(answer)
                        .contains("\"uid\":\"u-1\"", "\"allowed\":false", "\"code\":429", "\"TooManyRequests\""));
        assertThat(undecidable).contains("busy");
        committed.complete(new Journaled.Durable("u-1"));
        for (Future<String> answer : answers) {
            assertThat(done(answer)).contains("\"uid\":\"u-1\"");
        }
    }

    @Test
    void endWaitsForWhatHasBeenAsked() throws Exception {
        Future<String> waiting = post(client(), "");
        asked.get(30, TimeUnit.SECONDS);
        Future<Void> closing = server.close(Duration.ZERO);
        committed.complete(new Journaled.Durable("u-1"));
        assertThat(done(waiting)).contains("\"allowed\":true");
        done(closing);
    }

    @Test
    void processThatEndsGoesOnAnsweringAndAsksItsCallersToConnectElsewhere() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        HttpClient client = client();
        assertThat(done(connection(client))).isEmpty();
        Future<Void> closing = server.close(Duration.ofSeconds(2));
        assertThat(done(connection(client))).isEqualTo("close");
        assertThat(closing.isComplete()).isFalse();
        done(closing);
        assertThat(failed(post(client, ""))).isTrue();
    }

    /// What the answer says of its connection.
    private Future<String> connection(HttpClient client) {
        Promise<String> answer = Promise.promise();
        vertx.runOnContext(_ -> client.request(HttpMethod.POST, port, "127.0.0.1", "/admit/required?timeout=3s")
                .compose(request -> request.send(Buffer.buffer(REVIEW)))
                .map(response -> Objects.requireNonNullElse(response.getHeader("Connection"), ""))
                .onComplete(answer));
        return answer.future();
    }

    private static boolean failed(Future<?> future) throws Exception {
        try {
            done(future);
            return false;
        } catch (ExecutionException _) {
            return true;
        }
    }

    @Test
    void syntheticReviewsAreDecidedOnAPortOfTheirOwnAndLeaveNoTrace() throws Exception {
        assertThat(done(server.warm(3, new ServedKey(PAIR)))).isTrue();
        assertThat(deadlines).isEmpty();
    }

    @Test
    void case30_bodiesThatAreTooLargeTogetherAreRefused() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        TestCertificates.Authority authority = new TestCertificates.Authority();
        port = done(server(new Callers(Optional.of(authority.certificate()), List.of()))
                .open("127.0.0.1", 0, new ServedKey(PAIR)));
        CertifiedKey apiServer = authority.client("kube-apiserver");
        CompletableFuture<Integer> refused = new CompletableFuture<>();
        // So many at once of 7.9 MB each, none of which ends, that together they are more than is held.
        long many = Runtime.getRuntime().maxMemory() / 12 / 7_900_000 + 2;
        for (int i = 0; i < many; i++) {
            var _ = showing(apiServer)
                    .request(HttpMethod.POST, port, "127.0.0.1", "/admit/required?timeout=30s")
                    .onSuccess(request -> {
                        request.setChunked(true);
                        request.response().onSuccess(response -> refused.complete(response.statusCode()));
                        var _ = request.write(Buffer.buffer(new byte[7_900_000]));
                    });
        }
        assertThat(refused.get(30, TimeUnit.SECONDS)).isEqualTo(503);
        assertThat(undecidable).contains("http503");
        assertThat(done(post(showing(apiServer), ""))).contains("\"allowed\":true");
    }

    /// Of the API server's it is as much time as it gives.
    @ParameterizedTest
    @CsvSource({"kube-apiserver, 5s, 4750", "kube-apiserver, 500ms, 250", "somebody, 30s, 3000", "somebody, 1s, 750"})
    void case21_bodyThatDoesNotComeIsWaitedForAsLongAsItIsWanted(String name, String timeout, long millis)
            throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        TestCertificates.Authority authority = new TestCertificates.Authority();
        port = done(server(new Callers(Optional.of(authority.certificate()), List.of("kube-apiserver")))
                .open("127.0.0.1", 0, new ServedKey(PAIR)));
        HttpClient slow = showing(authority.client(name));
        long start = System.nanoTime();
        HttpClientRequest request = begun(slow, timeout);
        assertThat(done(request.response()).statusCode()).isEqualTo(408);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(millis), Duration.ofMillis(millis + 10_000));
        await().untilAsserted(() -> assertThat(failed(request.write(Buffer.buffer("more"))))
                .as("the connection ends")
                .isTrue());
        assertThat(undecidable).containsOnlyOnce("http408");
        assertThat(done(post(slow, ""))).contains("\"allowed\":true");
    }

    @Test
    void case21_whoGoesBeforeTheBodyIsThereIsNotWaitedFor() throws Exception {
        HttpClientRequest gone = begun(client(), "10s");
        done(gone.connection().close());
        assertThat(done(begun(client(), "10s").response()).statusCode()).isEqualTo(408);
        assertThat(undecidable).as("only who waited").containsOnlyOnce("http408");
    }

    /// A request whose body has begun and does not end.
    private HttpClientRequest begun(HttpClient client, String timeout) throws Exception {
        return done(client.request(HttpMethod.POST, port, "127.0.0.1", "/admit/required?timeout=" + timeout)
                .compose(request -> {
                    request.setChunked(true);
                    return request.write(Buffer.buffer(REVIEW.substring(1))).map(request);
                }));
    }

    @Test
    void case30_largeReviewIsReadAndDecidedElsewhereAndToldToTryAgainWhereThereIsNoRoom() throws Exception {
        committed.complete(new Journaled.Durable("u-1"));
        String review = REVIEW.replace("{\"name\":\"x\"}", "{\"name\":\"%s\"}".formatted("x".repeat(300_000)));
        large = task -> Thread.ofPlatform().name("elsewhere").start(task);
        assertThat(done(large(review, "10s"))).contains("\"allowed\":true");
        assertThat(threads).containsExactly("elsewhere");
        large = _ -> {
            throw new RejectedExecutionException();
        };
        assertThat(done(large(review, "10s"))).contains("\"uid\":\"u-1\"", "\"allowed\":false", "\"code\":429");
        List<Runnable> waiting = new CopyOnWriteArrayList<>();
        large = waiting::add;
        assertThat(done(large(review, "1s"))).as("in time").contains("\"allowed\":false", "\"code\":429");
        waiting.forEach(Runnable::run);
        assertThat(threads).as("nothing is decided after it").hasSize(1);
        assertThat(done(large(nowhere(review), "1s"))).as("law 12").contains("\"allowed\":true");
        assertThat(undecidable).containsExactly("busy", "busy", "busy");
        assertThat(done(large(" ".repeat(300_000), "1s"))).startsWith("too many large reviews");
        assertThat(done(post(client(), ""))).contains("\"allowed\":true");
    }

    private static String nowhere(String review) {
        return review.replace("\"group\":\"apps\"", "\"group\":\"rbac.authorization.k8s.io\"")
                .replace(
                        "\"kind\":\"Deployment\"}",
                        "\"kind\":\"ClusterRole\"},\"resource\":{\"resource\":\"clusterroles\"}")
                .replace("\"namespace\":\"shop\",", "");
    }

    private Future<String> large(String review, String timeout) {
        return post(client(), "/admit/required?timeout=" + timeout, review);
    }

    @Test
    void case30_nothingLargeIsTakenFromWhoIsKnownNotToBeTheApiServer() throws Exception {
        TestCertificates.Authority authority = new TestCertificates.Authority();
        port = done(server(new Callers(Optional.of(authority.certificate()), List.of()))
                .open("127.0.0.1", 0, new ServedKey(PAIR)));
        assertThat(done(large("x".repeat(300_000), "10s"))).isEqualTo("a review has at most 262144 bytes\n");
    }
}
