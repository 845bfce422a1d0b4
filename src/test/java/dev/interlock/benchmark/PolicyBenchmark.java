package dev.interlock.benchmark;

import dev.interlock.api.v1alpha1.PromotionPolicy;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// From sending a policy to the first time that it denies, through a real API server: both requests are in it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 20)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class PolicyBenchmark {
    private static final Duration BETWEEN = Duration.ofMillis(3);

    private ControlPlane plane;
    private Interlock interlock;
    private KubernetesClient client;
    private Deployment violating;
    private PromotionPolicy policy;

    @Setup
    public void install() {
        plane = ControlPlane.start();
        interlock = Interlock.prepareApart(plane);
        interlock.applyManifests();
        interlock.start();
        Kubectl admin = plane.kubectl();
        admin.apply(Manifests.namespace("applied", "applied", "required")).ok();
        client = Interlock.client(plane, "admin");
        violating = Deployments.of("applied", "violating", Manifests.BAD_IMAGE);
        policy = Serialization.unmarshal(Manifests.policy("applied", "applied", "Enforce"), PromotionPolicy.class);
    }

    @Setup(Level.Iteration)
    public void remove() {
        client.resource(policy).delete();
        Awaitility.await("the policy to be gone").atMost(Duration.ofSeconds(30)).until(() -> !denied());
    }

    @Benchmark
    public void appliedToEnforced() {
        client.resource(policy).create();
        while (!denied()) {
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    /// What the two requests take by themselves.
    @Benchmark
    public boolean requestsAlone() {
        client.resource(policy).dryRun().create();
        return denied();
    }

    private boolean denied() {
        try {
            client.resource(violating).dryRun().create();
            return false;
        } catch (KubernetesClientException e) {
            if (Objects.requireNonNullElse(e.getMessage(), "").contains("denied by policy applied")) {
                return true;
            }
            throw e;
        }
    }

    @TearDown
    public void stop() {
        client.close();
        interlock.close();
        plane.close();
    }
}
