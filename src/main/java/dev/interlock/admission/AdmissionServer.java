package dev.interlock.admission;

import dev.interlock.decision.Gate;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The webhook's HTTPS port, on the event loop. It opens when [#open] is called and not before: a process that has no
/// policies yet
/// must not be reachable, or it would admit for want of them.
public final class AdmissionServer {
    private static final int MAX_BODY = 8 * 1024 * 1024;
    private static final Map<String, Gate> PATHS =
            Map.of("/admit/required", Gate.REQUIRED, "/admit/optional", Gate.OPTIONAL);

    private static final Buffer SYNTHETIC_REVIEW = Buffer.buffer("""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"warm-up",
            "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"warm-up","namespace":"kube-system",
            "operation":"CREATE","userInfo":{"username":"interlock"},"dryRun":true,
            "object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"warm-up","namespace":"kube-system"},
            "spec":{"template":{"spec":{"containers":[{"name":"c","image":"registry.example/app:1","env":[{"name":"A","value":"b"}]}]}}}}}}
            """);

    private final Vertx vertx;
    private final AdmissionPipeline pipeline;
    private final InstantSource clock;
    private final Observer observer;
    private volatile @Nullable HttpServer server;

    public AdmissionServer(Vertx vertx, AdmissionPipeline pipeline, InstantSource clock, Observer observer) {
        this.vertx = vertx;
        this.pipeline = pipeline;
        this.clock = clock;
        this.observer = observer;
    }

    /// Opens the port.
    ///
    /// @param certificate the chain, PEM
    /// @param key         PKCS #8, PEM
    public Future<Integer> open(String host, int port, String certificate, String key) {
        return listen(host, port, certificate, key).map(open -> {
            server = open;
            return open.actualPort();
        });
    }

    private Future<HttpServer> listen(String host, int port, String certificate, String key) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setSsl(true)
                .setUseAlpn(false)
                .setIdleTimeout(120)
                .setReuseAddress(true)
                .setKeyCertOptions(pem(certificate, key));
        return vertx.createHttpServer(options).requestHandler(this::receive).listen();
    }

    /// Takes synthetic reviews through all that a real one goes through but the journal, over TLS and on a port of
    /// loopback that nobody is told
    /// of, so that the first real one is not slow. They are dry runs: nothing is written.
    ///
    /// @return whether each was decided
    public Future<Boolean> warm(int times, String certificate, String key) {
        HttpClient loopback = vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setMaxPoolSize(1));
        return listen("127.0.0.1", 0, certificate, key).compose(hidden -> {
            Future<Boolean> warmed = Future.succeededFuture(true);
            for (int i = 0; i < times; i++) {
                warmed = warmed.compose(
                        good -> review(loopback, hidden.actualPort()).map(decided -> good && decided));
            }
            return warmed.eventually(() -> Future.join(loopback.close(), hidden.close()));
        });
    }

    private static Future<Boolean> review(HttpClient loopback, int port) {
        return loopback.request(HttpMethod.POST, port, "127.0.0.1", "/admit/required?timeout=3s")
                .compose(request -> request.send(SYNTHETIC_REVIEW))
                .compose(HttpClientResponse::body)
                .map(body -> body.toString().contains("\"outcome\":"));
    }

    /// Serves another certificate from the next handshake on; open connections go on.
    public Future<Void> certificate(String certificate, String key) {
        HttpServer open = server;
        return open == null
                ? Future.succeededFuture()
                : open.updateSSLOptions(new HttpServerOptions()
                                .setKeyCertOptions(pem(certificate, key))
                                .getSslOptions())
                        .mapEmpty();
    }

    public Future<Void> close() {
        HttpServer open = server;
        return open == null ? Future.succeededFuture() : open.close();
    }

    private static PemKeyCertOptions pem(String certificate, String key) {
        return new PemKeyCertOptions().setCertValue(Buffer.buffer(certificate)).setKeyValue(Buffer.buffer(key));
    }

    private void receive(HttpServerRequest request) {
        Gate gate = PATHS.get(request.path());
        if (gate == null) {
            refuse(request, 404, "nothing is here; reviews go to /admit/required or /admit/optional");
        } else if (!request.method().equals(HttpMethod.POST)) {
            refuse(request, 405, "reviews are sent by POST");
        } else {
            long start = System.nanoTime();
            Duration budget = Deadline.budget(request.getParam("timeout"));
            body(request, bytes -> {
                took(Observer.Phase.RECEIVE, start);
                answer(request, gate, bytes, budget.minusNanos(System.nanoTime() - start));
            });
        }
    }

    private void body(HttpServerRequest request, Consumer<byte[]> whole) {
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BODY) {
                request.handler(_ -> {});
                request.endHandler(_ -> {});
                refuse(request, 413, "a review has at most %d bytes".formatted(MAX_BODY));
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(_ -> whole.accept(body.getBytes()));
    }

    private void answer(HttpServerRequest request, Gate gate, byte[] body, Duration budget) {
        switch (ReviewDecoder.decode(body)) {
            case Decoded.NotAReview(String message) -> refuse(request, 400, message);
            case Decoded.Unreadable(String uid, String message) ->
                respond(request, uid, pipeline.unreadable(gate, message));
            case Decoded.Complete(Review review) -> {
                Context loop = vertx.getOrCreateContext();
                pipeline.review(review, gate, clock.instant().plus(budget))
                        .thenAccept(answer -> loop.runOnContext(_ -> respond(request, review.uid(), answer)));
            }
        }
    }

    private void respond(HttpServerRequest request, String uid, Answer answer) {
        long start = System.nanoTime();
        if (!request.response().closed()) {
            request.response()
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(Rendering.bytes(uid, answer)));
        }
        took(Observer.Phase.RESPOND, start);
    }

    private void refuse(HttpServerRequest request, int status, String message) {
        observer.undecidable("http" + status);
        if (!request.response().ended()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "text/plain; charset=utf-8")
                    .putHeader("Connection", "close")
                    .end(message + "\n");
        }
    }

    private void took(Observer.Phase phase, long since) {
        observer.took(phase, Duration.ofNanos(System.nanoTime() - since));
    }
}
