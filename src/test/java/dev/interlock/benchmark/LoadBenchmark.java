package dev.interlock.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.benchmark.Vegeta.Answer;
import dev.interlock.benchmark.Vegeta.Pace;
import dev.interlock.benchmark.Vegeta.Request;
import dev.interlock.benchmark.Vegeta.Server;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/// What a decision costs who waits for it and the machine, beside no webhook at all and one that does
/// nothing, in alternating blocks: straight to the webhook with reviews that an API server sent, and through
/// a real API server. Seven of ten are allowed. The tables are said at the end and are in `target/load`;
/// JMH's own figure is how long all of it took.
///
/// The operator is not there while reviews are replayed, which are of no object in the cluster.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Timeout(time = 40, timeUnit = TimeUnit.MINUTES)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class LoadBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String NONE = "no webhook";
    private static final String NOOP = "no-op";
    private static final String DRY = "Interlock, nothing written";
    private static final String INTERLOCK = "Interlock";

    private static final Map<String, String> NAMESPACES =
            Map.of(NONE, "load-none", NOOP, "load-noop", INTERLOCK, "load-interlock");
    private static final Map<String, Pace> PACES = paces();

    private static Map<String, Pace> paces() {
        Map<String, Pace> paces = new LinkedHashMap<>();
        paces.put("1 connection", new Pace.Closed(1));
        paces.put("8 connections", new Pace.Closed(8));
        paces.put("50 a second", new Pace.Open(50));
        paces.put("100 a second", new Pace.Open(100));
        paces.put("200 a second", new Pace.Open(200));
        return paces;
    }

    /// How much memory the webhook gets, as a JVM's `-Xmx` has it.
    @Param("192m")
    public String heap;

    private Programs programs;
    private ControlPlane plane;
    private Interlock interlock;
    private NoopWebhook noop;
    private Vegeta vegeta;
    private JsonNode good;
    private JsonNode bad;

    @Setup
    public void install() throws IOException {
        programs = Programs.build();
        vegeta = new Vegeta(programs.vegeta(), programs.directory());
        plane = ControlPlane.start();
        Kubectl admin = plane.kubectl();
        interlock = Interlock.prepareApart(plane);
        interlock.heap(Role.WEBHOOK, heap);
        interlock.applyManifests();
        interlock.start();
        admin.apply(Manifests.policy("load", "load", "Enforce")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/load", "--timeout=30s").ok();
        admin.apply(Manifests.namespace("load-interlock", "load", "required")).ok();
        admin.run("create", "namespace", "load-none").ok();
        admin.run("create", "namespace", "load-noop").ok();
        admin.run("label", "namespace", "load-noop", "load=noop").ok();
        record(admin);
        noop = new NoopWebhook(programs.noop(), programs.directory(), Optional.empty());
        noop.register(admin);
        Files.writeString(authority(), interlock.trusted());
        Progress.say("warming up");
        replay(DRY, new Pace.Closed(8), 60_000, "warm");
        replay(NOOP, new Pace.Closed(8), 20_000, "warm");
    }

    /// Keeps the reviews that this API server sends for what is then replayed.
    private void record(Kubectl admin) throws IOException {
        Path reviews = programs.directory().resolve("reviews");
        Files.deleteIfExists(reviews);
        try (NoopWebhook recorder = new NoopWebhook(programs.noop(), programs.directory(), Optional.of(reviews))) {
            recorder.register(admin);
            Awaitility.await("the API server to ask")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        admin.apply(deployment("load-noop", "recorded", true), "--dry-run=server")
                                .ok();
                        return Files.size(reviews) > 0;
                    });
            admin.apply(deployment("load-noop", "recorded", false), "--dry-run=server")
                    .ok();
        }
        List<String> lines = Files.readAllLines(reviews);
        good = JSON.readTree(lines.getFirst());
        bad = JSON.readTree(lines.getLast());
        Progress.say("a review has %d bytes".formatted(lines.getFirst().length()));
    }

    private Path authority() {
        return programs.directory().resolve("interlock.pem");
    }

    private static boolean allowed(int number) {
        return number % 10 < 7;
    }

    private static String deployment(String namespace, String name, boolean allowed) {
        return Deployments.json(namespace, name, allowed ? Manifests.GOOD_IMAGE : Manifests.BAD_IMAGE);
    }

    @Benchmark
    public void replayedReviews() throws IOException {
        interlock.kill(Role.OPERATOR);
        replay(INTERLOCK, new Pace.Closed(8), 20_000, "warm-evidence");
        Comparison comparison = new Comparison(List.of(NOOP, DRY, INTERLOCK), NOOP);
        comparison.measure(
                "1 connection", (subject, block) -> replay(subject, new Pace.Closed(1), 1_000, "c1-" + block));
        comparison.measure(
                "8 connections", (subject, block) -> replay(subject, new Pace.Closed(8), 2_000, "c8-" + block));
        report("replayed-reviews", comparison);
    }

    private Block replay(String subject, Pace pace, int requests, String name) {
        boolean own = !subject.equals(NOOP);
        Server server = own ? Server.of(interlock, authority()) : Server.at(noop.url(), noop.authority());
        String path = own ? "/admit/required?timeout=10s" : "/noop";
        List<Request> bodies = IntStream.range(0, requests)
                .mapToObj(i -> new Request(path, review(name + "-" + i, allowed(i), subject.equals(DRY))))
                .toList();
        return block(
                own ? interlock.pid(Role.WEBHOOK) : noop.pid(), 0, server, pace, bodies, own ? denied(requests) : 0);
    }

    private String review(String name, boolean allowed, boolean dryRun) {
        ObjectNode review = (allowed ? good : bad).deepCopy();
        ObjectNode request = (ObjectNode) review.path("request");
        request.put("uid", name)
                .put("name", name)
                .put("namespace", "load-interlock")
                .put("dryRun", dryRun);
        ((ObjectNode) request.path("object").path("metadata")).put("name", name).put("namespace", "load-interlock");
        try {
            return JSON.writeValueAsString(review);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One policy of so many is asked; the others are of another stage.
    @Benchmark
    public void manyPolicies() throws IOException {
        Comparison comparison = new Comparison(List.of(NOOP, DRY), NOOP);
        policies(comparison, 1);
        for (int policies : List.of(100, 500)) {
            String more = IntStream.range(1, policies)
                    .mapToObj(i -> Manifests.policy("other-" + i, "other-" + i, "Enforce"))
                    .collect(Collectors.joining("---\n"));
            Kubectl admin = plane.kubectl();
            admin.apply(more, "--server-side").ok();
            admin.run("wait", "--for=condition=Ready", "pp", "--all", "--timeout=120s")
                    .ok();
            policies(comparison, policies);
        }
        interlock.kill(Role.OPERATOR);
        replay(INTERLOCK, new Pace.Closed(8), 30_000, "evidence");
        report("many-policies", comparison);
    }

    private void policies(Comparison comparison, int policies) {
        comparison.measure(
                policies + " policies",
                (subject, block) -> replay(subject, new Pace.Closed(1), 1_000, "p%d-%d".formatted(policies, block)));
        Progress.say("%d policies: resident %d MiB"
                .formatted(policies, Interlock.resident(interlock.pid(Role.WEBHOOK)) >> 20));
    }

    @Benchmark
    public void dryRuns() throws IOException {
        throughTheApiServer("dry-runs", "?dryRun=All");
    }

    @Benchmark
    public void creates() throws IOException {
        throughTheApiServer("creates", "");
    }

    private void throughTheApiServer(String name, String query) throws IOException {
        Comparison comparison = new Comparison(List.of(NONE, NOOP, INTERLOCK), NOOP);
        Server server = Server.of(plane);
        PACES.forEach((load, pace) -> comparison.measure(load, (subject, block) -> {
            String namespace = NAMESPACES.getOrDefault(subject, "");
            String path = "/apis/apps/v1/namespaces/%s/deployments%s".formatted(namespace, query);
            int requests = pace instanceof Pace.Open(int perSecond) ? Math.max(200, 2 * perSecond) : 300;
            List<Request> bodies = IntStream.range(0, requests)
                    .mapToObj(i -> new Request(
                            path,
                            deployment(namespace, "%s-%d-%d".formatted(load.replace(' ', '-'), block, i), allowed(i))))
                    .toList();
            return switch (subject) {
                case NONE -> block(0, plane.pid("kube-apiserver"), server, pace, bodies, 0);
                case NOOP -> block(noop.pid(), plane.pid("kube-apiserver"), server, pace, bodies, 0);
                default -> {
                    Block measured = block(
                            interlock.pid(Role.WEBHOOK),
                            plane.pid("kube-apiserver"),
                            server,
                            pace,
                            bodies,
                            denied(requests));
                    // What the operator still has to write is not to slow the next subject.
                    interlock.awaitRecords();
                    yield measured;
                }
            };
        }));
        report(name, comparison);
    }

    private static int denied(int requests) {
        return (int) IntStream.range(0, requests).filter(i -> !allowed(i)).count();
    }

    /// @param webhook   the process whose CPU is measured; 0 for none
    /// @param apiServer the same
    /// @param denied how many have to be refused, and no more than these
    private Block block(long webhook, long apiServer, Server server, Pace pace, List<Request> requests, int denied) {
        return Block.measure(vegeta, webhook, apiServer, () -> vegeta.post(server, pace, requests), answers -> {
            long refused = answers.stream().filter(Answer::refused).count();
            if (answers.size() != requests.size() || refused != denied) {
                throw new IllegalStateException("%d requests, %d answers, %d refused instead of %d"
                        .formatted(requests.size(), answers.size(), refused, denied));
            }
        });
    }

    private void report(String name, Comparison comparison) throws IOException {
        Files.writeString(programs.directory().resolve(name + ".md"), comparison.table());
        Progress.say("%s:%n%s".formatted(name, comparison.table()));
        Progress.say("resident: webhook %d MiB, no-op %d MiB"
                .formatted(
                        Interlock.resident(interlock.pid(Role.WEBHOOK)) >> 20, Interlock.resident(noop.pid()) >> 20));
    }

    @TearDown
    public void stop() {
        noop.close();
        interlock.close();
        plane.close();
    }
}
