package dev.interlock.admission;

import dev.interlock.decision.Caller;
import dev.interlock.decision.Gate;
import dev.interlock.workload.Allowance;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/// The webhook's HTTPS port, on the event loop. It opens when [#open] is called and not before: a process
/// that has no policies yet must not be reachable, or it would admit for want of them.
public final class AdmissionServer {
    private static final int DRAIN_CHECKS = 60;
    private static final int STRANGERS_PER_SECOND = 50;
    private static final Duration STRANGERS_WAIT = Duration.ofSeconds(1);

    /// Until the body of whoever is not known to be the API server is there.
    private static final Duration BODY_OF_OTHERS = Duration.ofSeconds(3);

    /// Of whoever is not known to be the API server. Each holds some tens of KiB.
    private static final int MOST_CONNECTIONS = 1_000;

    private static final Map<String, Path> PATHS = Map.of(
            "/admit/required", new Path(Gate.REQUIRED, false),
            "/admit/optional", new Path(Gate.OPTIONAL, false),
            "/validate/policy", new Path(Gate.OPTIONAL, true));

    private static final Buffer SYNTHETIC_REVIEW = Buffer.buffer("""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"warm-up",
            "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"warm-up","namespace":"kube-system",
            "operation":"CREATE","userInfo":{"username":"interlock"},"dryRun":true,
            "object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"warm-up","namespace":"kube-system"},
            "spec":{"template":{"spec":{"containers":[{"name":"c","image":"registry.example/app:1","env":[{"name":"A","value":"b"}]}]}}}}}}
            """);

    private final Vertx vertx;
    private final AdmissionPipeline pipeline;
    private final Replies replies;
    private final InstantSource clock;
    private final Observer observer;
    private final Callers callers;
    private final Allowance strangers;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Bodies bodies = Bodies.of(Runtime.getRuntime().maxMemory());
    private final Bodies bodiesOfStrangers = Bodies.ofStrangers();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile @Nullable HttpServer server;
    private volatile boolean draining;

    /// @param workers read and decide large reviews
    /// @param callers by what the API server is known
    public AdmissionServer(
            Vertx vertx,
            AdmissionPipeline pipeline,
            PolicyReview policies,
            Workers workers,
            Callers callers,
            InstantSource clock,
            Observer observer) {
        this.vertx = vertx;
        this.replies = new Replies(pipeline, policies, workers, clock);
        this.callers = callers;
        this.strangers = new Allowance(STRANGERS_PER_SECOND, STRANGERS_PER_SECOND);
        this.pipeline = pipeline;
        this.clock = clock;
        this.observer = observer;
    }

    /// Opens the port.
    ///
    /// @param keys what it shows; asked at each handshake
    public Future<Integer> open(String host, int port, X509KeyManager keys) {
        return listen(host, port, keys).map(open -> {
            server = open;
            return open.actualPort();
        });
    }

    private Future<HttpServer> listen(String host, int port, X509KeyManager keys) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setSsl(true)
                .setUseAlpn(false)
                .setIdleTimeout(120)
                .setReuseAddress(true)
                .setKeyCertOptions(KeyCertOptions.wrap(keys))
                // Who only connects, again and again, keeps nobody waiting who is connected.
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true));
        callers.authority()
                .map(pem -> new PemTrustOptions().addCertValue(Buffer.buffer(pem)))
                .ifPresent(trust -> options.setTrustOptions(trust).setClientAuth(ClientAuth.REQUEST));
        return vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .requestHandler(this::receive)
                .listen();
    }

    /// Takes synthetic reviews through all that a real one goes through but the journal, over TLS and on a
    /// port of loopback that nobody is told of, so that the first real one is not slow. They are dry runs:
    /// nothing is written.
    ///
    /// @return whether each was decided
    public Future<Boolean> warm(int times, X509KeyManager keys) {
        HttpClient loopback = vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setMaxPoolSize(1));
        return listen("127.0.0.1", 0, keys)
                .compose(hidden -> {
                    Future<Boolean> warmed = Future.succeededFuture(true);
                    for (int i = 0; i < times; i++) {
                        warmed = warmed.compose(
                                good -> review(loopback, hidden.actualPort()).map(decided -> good && decided));
                    }
                    return warmed.eventually(() -> hidden.close());
                })
                .eventually(() -> loopback.close());
    }

    private static Future<Boolean> review(HttpClient loopback, int port) {
        return loopback.request(HttpMethod.POST, port, "127.0.0.1", "/admit/required?timeout=3s")
                .compose(request -> request.send(SYNTHETIC_REVIEW).compose(HttpClientResponse::body))
                .map(body -> body.toString().contains("\"outcome\":"));
    }

    /// Goes on answering for a while, and asks whoever is answered to connect elsewhere the next time; then
    /// closes the port once what has been asked is answered, three seconds after that at the latest.
    ///
    /// @param drain until everybody has heard that this process is not ready any more
    public Future<Void> close(Duration drain) {
        HttpServer open = server;
        if (open == null) {
            return Future.succeededFuture();
        }
        draining = true;
        Future<?> left =
                drain.isPositive() ? vertx.timer(drain.toMillis(), TimeUnit.MILLISECONDS) : Future.succeededFuture();
        return left.compose(_ -> drained(DRAIN_CHECKS)).compose(_ -> open.close());
    }

    private Future<Void> drained(int checks) {
        return checks == 0 || inFlight.get() == 0
                ? Future.succeededFuture()
                : vertx.timer(50, TimeUnit.MILLISECONDS).mapEmpty().compose(_ -> drained(checks - 1));
    }

    private void receive(HttpServerRequest request) {
        Caller caller = callers.of(request.sslSession());
        Path path = PATHS.get(request.path());
        if (path == null) {
            refuse(request, 404, "nothing is here; reviews go to /admit/required or /admit/optional");
        } else if (!request.method().equals(HttpMethod.POST)) {
            refuse(request, 405, "reviews are sent by POST");
        } else if (caller == Caller.STRANGER && !strangers.take(System.nanoTime())) {
            // Before anything is read: what is no API server gets no share of what the API server needs.
            keepWaiting(request);
        } else {
            long start = System.nanoTime();
            Duration budget = Deadline.budget(request.getParam("timeout"));
            inFlight.incrementAndGet();
            Bodies.Held held = (caller == Caller.STRANGER ? bodiesOfStrangers : bodies).held();
            request.response().endHandler(_ -> inFlight.decrementAndGet());
            body(request, caller, held, budget, bytes -> {
                took(Observer.Phase.RECEIVE, start);
                answer(request, path, caller, bytes, held, budget.minusNanos(System.nanoTime() - start));
            });
        }
    }

    private void connected(HttpConnection connection) {
        if (callers.of(connection.sslSession()) == Caller.MTLS) {
            return;
        }
        connection.closeHandler(_ -> connections.decrementAndGet());
        if (connections.incrementAndGet() > MOST_CONNECTIONS) {
            observer.undecidable("connections");
            var _ = connection.close();
        }
    }

    /// Who is no API server, and asks too often, is answered a second later and on the same connection: it
    /// can neither ask faster than it connects, nor make the API server wait behind its handshakes.
    private void keepWaiting(HttpServerRequest request) {
        request.pause();
        AtomicLong sent = new AtomicLong();
        request.handler(chunk -> {
            if (sent.addAndGet(chunk.length()) > Bodies.MOST_OF_ONE) {
                var _ = request.connection().close();
            }
        });
        vertx.setTimer(STRANGERS_WAIT.toMillis(), _ -> {
            request.resume();
            answer(request, 429, "only the API server is answered at this rate: it shows a certificate");
        });
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// Takes in a body, as long as it and all that are held at the time stay within their bounds. Nothing of it
    /// is kept when it is refused or whoever sends it has gone.
    private void body(
            HttpServerRequest request, Caller caller, Bodies.Held held, Duration budget, Consumer<byte[]> whole) {
        Buffer body = Buffer.buffer();
        Duration within = caller == Caller.MTLS ? budget : shorter(budget, BODY_OF_OTHERS);
        int most = caller == Caller.STRANGER ? Workers.LARGE : Bodies.MOST_OF_ONE;
        long late = vertx.setTimer(Math.max(1, within.toMillis()), timer -> {
            refuseBody(request, held, timer, 408, "the review was not all there in time");
            var _ = request.connection().close();
        });
        request.exceptionHandler(_ -> {
            vertx.cancelTimer(late);
            held.release();
        });
        request.handler(chunk -> {
            boolean room = held.take(chunk.length());
            if (body.length() + chunk.length() > most) {
                refuseBody(request, held, late, 413, "a review has at most %d bytes".formatted(most));
            } else if (!room) {
                refuseBody(request, held, late, 503, "too many bytes are on their way; try again");
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(_ -> {
            vertx.cancelTimer(late);
            whole.accept(body.getBytes());
        });
    }

    /// What still comes is let go, so that whoever sends it hears why, but not for longer than a body has.
    private void refuseBody(HttpServerRequest request, Bodies.Held held, long late, int status, String message) {
        request.handler(_ -> {});
        request.endHandler(_ -> vertx.cancelTimer(late));
        held.release();
        refuse(request, status, message);
    }

    private void answer(
            HttpServerRequest request, Path path, Caller caller, byte[] body, Bodies.Held held, Duration budget) {
        Context loop = vertx.getOrCreateContext();
        replies.to(path, caller, body, clock.instant().plus(budget))
                .thenAccept(reply -> loop.runOnContext(_ -> {
                    replies.sent();
                    held.release();
                    switch (reply) {
                        case Reply.Answered(String uid, Answer answer) -> respond(request, path.gate(), uid, answer);
                        case Reply.Refused(int status, String message) -> answer(request, status, message);
                    }
                }));
    }

    private void respond(HttpServerRequest request, Gate gate, String uid, Answer answer) {
        long start = System.nanoTime();
        if (!request.response().closed()) {
            if (draining) {
                request.response().putHeader("Connection", "close");
            }
            request.response()
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(rendered(gate, uid, answer)));
        }
        took(Observer.Phase.RESPOND, start);
    }

    private byte[] rendered(Gate gate, String uid, Answer answer) {
        try {
            return Rendering.bytes(uid, answer);
        } catch (RuntimeException bug) {
            return Rendering.bytes(uid, pipeline.broken(gate, bug));
        }
    }

    private void refuse(HttpServerRequest request, int status, String message) {
        if (!request.response().ended()) {
            request.response().putHeader("Connection", "close");
            answer(request, status, message);
        }
    }

    private void answer(HttpServerRequest request, int status, String message) {
        observer.undecidable("http" + status);
        if (!request.response().ended()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "text/plain; charset=utf-8")
                    .end(message + "\n");
        }
    }

    private void took(Observer.Phase phase, long since) {
        observer.took(phase, Duration.ofNanos(System.nanoTime() - since));
    }
}
