package dev.interlock.benchmark;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/// How long Interlock takes from its start until it has looked at every object of a large cluster, on a real
/// API server on the same machine: once when all of them get their baseline, and once again after a restart.
/// The largest resident set is said beside it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class StartBenchmark {
    private static final int PER_NAMESPACE = 1_000;
    private static final int AT_ONCE = 48;

    @Param("100000")
    public int objects;

    private ControlPlane plane;
    private Interlock interlock;

    @Setup
    public void fill() throws InterruptedException {
        plane = ControlPlane.start();
        Kubectl admin = plane.kubectl();
        interlock = Interlock.install(plane);
        interlock.kill();
        admin.apply(Manifests.policy("large", "large", "Audit")).ok();
        Progress.say("making %d objects".formatted(objects));
        Semaphore room = new Semaphore(AT_ONCE);
        try (KubernetesClient client = Interlock.client(plane, "admin");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < objects; i++) {
                int number = i;
                String namespace = "large-%03d".formatted(number / PER_NAMESPACE);
                if (number % PER_NAMESPACE == 0) {
                    // Ignored while nobody answers, so that making them does not wait for this process.
                    admin.apply(Manifests.namespace(namespace, "large", "optional"))
                            .ok();
                    admin.run("delete", "validatingwebhookconfiguration", "interlock", "--ignore-not-found")
                            .ok();
                    Progress.say("%d of %d".formatted(number, objects));
                }
                room.acquire();
                var _ = threads.submit(() -> {
                    try {
                        return client.resource(replicaSet(namespace, number)).create();
                    } finally {
                        room.release();
                    }
                });
            }
        }
        interlock.applyManifests();
    }

    /// Scaled to none, so that no Pods are made of it.
    private static ReplicaSet replicaSet(String namespace, int number) {
        String name = "object-%06d".formatted(number);
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage(number % 10 == 0 ? Manifests.BAD_IMAGE : Manifests.GOOD_IMAGE)
                .addNewEnv()
                .withName("LEVEL")
                .withValue("info")
                .endEnv()
                .addNewPort()
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    @Benchmark
    public void startToEveryObjectLookedAt() {
        interlock.start();
        Awaitility.await("every object to be looked at")
                .atMost(Duration.ofMinutes(30))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> interlock.metric("interlock_drift_unknown") == 0);
        Progress.say("largest resident set: %d MiB".formatted(interlock.largestResidentSet() >> 20));
        interlock.kill();
    }

    @TearDown
    public void stop() {
        interlock.close();
        plane.close();
    }
}
