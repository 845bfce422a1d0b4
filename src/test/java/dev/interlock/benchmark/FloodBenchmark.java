package dev.interlock.benchmark;

import dev.interlock.benchmark.Vegeta.Pace;
import dev.interlock.benchmark.Vegeta.Request;
import dev.interlock.benchmark.Vegeta.Server;
import dev.interlock.testing.ClientCertificate;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/// What the API server's requests take while somebody sends 5,000 forged reviews a second straight to the port
/// (catalogue 21). Who sends them takes a share of this machine too, so that is compared with the same flood against
/// a webhook that nobody waits for.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Timeout(time = 40, timeUnit = TimeUnit.MINUTES)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class FloodBenchmark {
    private static final int FORGED = 5_000;
    private static final int ASKED = 50;
    private static final int SECONDS = 6;
    private static final String QUIET = "nobody else";
    private static final String ELSEWHERE = "the flood elsewhere";
    private static final String HERE = "the flood at Interlock";
    private static final String CONNECTS_ELSEWHERE = "a connection each, elsewhere";
    private static final String CONNECTS = "a connection each, at Interlock";

    private Programs programs;
    private ControlPlane plane;
    private Interlock interlock;
    private NoopWebhook noop;
    private Vegeta vegeta;

    @Setup
    public void install() throws IOException {
        programs = Programs.build();
        vegeta = new Vegeta(programs.vegeta(), programs.directory());
        plane = ControlPlane.start();
        interlock = Interlock.prepareApart(plane);
        ClientCertificate.show(plane, interlock);
        interlock.applyManifests();
        interlock.start();
        Kubectl admin = plane.kubectl();
        admin.apply(Manifests.policy("flooded", "flooded", "Enforce")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/flooded", "--timeout=30s")
                .ok();
        admin.apply(Manifests.namespace("flooded", "flooded", "required")).ok();
        noop = new NoopWebhook(programs.noop(), programs.directory(), Optional.empty());
        Files.writeString(programs.directory().resolve("interlock.pem"), interlock.trusted());
        Progress.say("warming up");
        IntStream.range(0, 10).forEach(i -> ask("warm-" + i));
    }

    @Benchmark
    public void forgedReviews() throws IOException {
        Comparison comparison = new Comparison(List.of(QUIET, ELSEWHERE, HERE, CONNECTS_ELSEWHERE, CONNECTS), QUIET);
        Server other = Server.at(noop.url(), noop.authority());
        Server own = Server.of(interlock, programs.directory().resolve("interlock.pem"));
        String path = "/admit/required?timeout=10s";
        comparison.measure("%d a second".formatted(ASKED), (subject, block) -> switch (subject) {
            case ELSEWHERE -> flooded(other, "/noop", true, block);
            case HERE -> flooded(own, path, true, block);
            case CONNECTS_ELSEWHERE -> flooded(other, "/noop", false, block);
            case CONNECTS -> flooded(own, path, false, block);
            default -> ask("block-" + block);
        });
        Files.writeString(programs.directory().resolve("forged-reviews.md"), comparison.table());
        Progress.say("forged reviews:%n%s".formatted(comparison.table()));
    }

    private Block flooded(Server server, String path, boolean keeps, int block) {
        String review = DirectCaller.review("forged", "flooded", "forged", Manifests.BAD_IMAGE, false);
        try (Vegeta.Flood _ = vegeta.flood(server, FORGED, keeps, new Request(path, review))) {
            return ask("block-" + block);
        }
    }

    private Block ask(String name) {
        List<Request> requests = IntStream.range(0, ASKED * SECONDS)
                .mapToObj(i -> new Request(
                        "/apis/apps/v1/namespaces/flooded/deployments?dryRun=All",
                        Deployments.json("flooded", name + "-" + i, Manifests.GOOD_IMAGE)))
                .toList();
        return Block.measure(
                vegeta,
                interlock.pid(Role.WEBHOOK),
                () -> vegeta.post(Server.of(plane), new Pace.Open(ASKED), requests),
                answers -> {
                    if (answers.stream().anyMatch(answer -> answer.status() != 201)) {
                        throw new IllegalStateException("not all were let in");
                    }
                });
    }

    @TearDown
    public void stop() {
        noop.close();
        interlock.close();
        plane.close();
    }
}
