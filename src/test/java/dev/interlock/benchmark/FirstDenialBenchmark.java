package dev.interlock.benchmark;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// From the start of a process to the first time that a create which violates is denied by its policy, through a
/// real API server. One that is let in before fails the benchmark.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 8)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class FirstDenialBenchmark {
    private static final Duration BETWEEN = Duration.ofMillis(3);
    private static final int TRAINING = 800;

    /// What runs: the half that answers, or both.
    @Param({"WEBHOOK", "RUN"})
    public Role role;

    /// Whether the JVM uses what it kept of an earlier run.
    @Param({"none", "trained"})
    public String cache;

    private ControlPlane plane;
    private Interlock interlock;
    private KubernetesClient client;
    private Deployment violating;

    @Setup
    public void install() throws IOException {
        plane = ControlPlane.start();
        Kubectl admin = plane.kubectl();
        interlock = role == Role.RUN ? Interlock.install(plane) : Interlock.prepareApart(plane);
        if (role == Role.WEBHOOK) {
            interlock.applyManifests();
            interlock.start();
        }
        admin.apply(Manifests.namespace("starting", "starting", "required")).ok();
        admin.apply(Manifests.policy("starting", "starting", "Enforce")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/starting", "--timeout=30s")
                .ok();
        client = Interlock.client(plane, "admin");
        violating = Deployments.of("starting", "violating", Manifests.BAD_IMAGE);
        if (cache.equals("trained")) {
            train();
        }
    }

    /// One run with requests, whose classes and profiles the next ones begin with.
    private void train() throws IOException {
        Path kept = Files.createDirectories(Path.of("target/load")).resolve("interlock-%s.aot".formatted(role));
        interlock.stop();
        interlock.options("-XX:AOTCacheOutput=" + kept);
        launch();
        try (DirectCaller direct = new DirectCaller(interlock)) {
            for (int i = 0; i < TRAINING; i++) {
                boolean good = i % 10 < 7;
                var _ = direct.post(
                                "/admit/required",
                                DirectCaller.review(
                                        "uid-" + i,
                                        "starting",
                                        "trained-" + i,
                                        good ? Manifests.GOOD_IMAGE : Manifests.BAD_IMAGE,
                                        false))
                        .orElseThrow();
            }
        }
        interlock.stop();
        interlock.options("-XX:AOTCache=" + kept, "-XX:AOTMode=on");
        launch();
        Progress.say("the cache has %d MiB".formatted(Files.size(kept) >> 20));
    }

    /// Alone: a cache is of one process.
    private void launch() {
        interlock.launch(role);
        Awaitility.await("it to be ready").atMost(Duration.ofMinutes(1)).until(() -> interlock.ready(role));
    }

    @Setup(Level.Iteration)
    public void end() {
        Progress.say("resident after the start: %d MiB".formatted(Interlock.resident(interlock.pid(role)) >> 20));
        interlock.kill(role);
    }

    @Benchmark
    public void startToFirstDenial() {
        interlock.launch(role);
        while (!denied()) {
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private boolean denied() {
        try {
            client.resource(violating).dryRun().create();
        } catch (KubernetesClientException e) {
            return Objects.requireNonNullElse(e.getMessage(), "").contains("denied by policy starting");
        }
        throw new IllegalStateException("let in");
    }

    @TearDown
    public void stop() {
        client.close();
        interlock.close();
        plane.close();
    }
}
