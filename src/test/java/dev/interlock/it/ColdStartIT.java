package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Everything was down, and what a cluster needs to come up is not held by a gate that is not up yet; nor does a
/// control plane that is away for a while end Interlock.
class ColdStartIT {
    private static final String NAMESPACE = "cold";
    private static final Duration STANDSTILL = Duration.ofSeconds(Boolean.getBoolean("interlock.torture") ? 30 : 10);
    private static final Duration SOON = Duration.ofSeconds(90);

    private static ControlPlane plane;
    private static Interlock interlock;
    private static Kubectl admin;

    @BeforeAll
    static void install() {
        plane = ControlPlane.start();
        interlock = Interlock.install(plane);
        admin = plane.kubectl();
        admin.apply(Manifests.namespace(NAMESPACE, "cold", "required")).ok();
        admin.apply(Manifests.policy("cold", "cold", "Enforce")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/cold", "--timeout=30s").ok();
        admin.apply(Manifests.deployment(NAMESPACE, "running", Manifests.GOOD_IMAGE))
                .ok();
    }

    @AfterAll
    static void remove() {
        interlock.close();
        plane.close();
    }

    @BeforeEach
    void runs() {
        interlock.start();
    }

    private static final String DAEMON_SET = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: network, namespace: kube-system}
            spec:
              selector: {matchLabels: {app: network}}
              template:
                metadata: {labels: {app: network}}
                spec:
                  hostNetwork: true
                  containers: [{name: network, image: "network:latest"}]
            """;

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: scheduler, namespace: kube-system}
            spec: {containers: [{name: app, image: "scheduler:latest"}]}
            """;

    private static final String NODE = """
            apiVersion: v1
            kind: Node
            metadata: {name: first}
            """;

    private static final String LEASE = """
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: first, namespace: kube-node-lease}
            spec: {holderIdentity: first, leaseDurationSeconds: 40}
            """;

    @Test
    void case29_clusterComesUpWithoutInterlockAndBusinessWaitsForIt() {
        interlock.kill();
        for (String role : List.of("kube-controller-manager", "kube-apiserver", "etcd")) {
            plane.kill(role);
        }
        for (String role : List.of("etcd", "kube-apiserver", "kube-controller-manager")) {
            plane.startRole(role);
        }
        await("the API server")
                .atMost(SOON)
                .until(() -> admin.run("get", "--raw", "/readyz").exit() == 0);

        admin.apply(POD).ok();
        admin.apply(DAEMON_SET).ok();
        admin.apply(NODE).ok();
        admin.apply(LEASE).ok();
        await("the controller makes the DaemonSet's Pod")
                .atMost(SOON)
                .until(() -> !admin.run("get", "pods", "-n", "kube-system", "-l", "app=network", "-o", "name")
                        .out()
                        .isBlank());
        admin.run("apply", "-f", "deploy/base/workload.yaml").ok();
        await("the controller makes Interlock's own Pod")
                .atMost(SOON)
                .until(() -> admin.run("get", "pod", "interlock-0", "-n", "interlock-system")
                                .exit()
                        == 0);
        await("what was running gets its Pods back").atMost(SOON).until(() -> {
            admin.run("delete", "pods", "-n", NAMESPACE, "--all", "--wait=false", "--grace-period=0", "--force");
            return !admin.run("get", "pods", "-n", NAMESPACE, "-o", "name")
                    .out()
                    .isBlank();
        });
        assertThat(admin.apply(Manifests.deployment(NAMESPACE, "new", Manifests.GOOD_IMAGE))
                        .refused()
                        .err())
                .contains("failed calling webhook");

        admin.run("delete", "-f", "deploy/base/workload.yaml", "--wait=false").ok();
        interlock.start();
        admin.apply(Manifests.deployment(NAMESPACE, "new", Manifests.GOOD_IMAGE))
                .ok();
        admin.apply(Manifests.deployment(NAMESPACE, "bad", Manifests.BAD_IMAGE)).refused();
    }

    @Test
    void failure1_apiServerRestartedUnderLoadAdmitsNothingWrongAndNeedsNoRestart() {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        try (Load load = violations(wrong)) {
            for (int i = 0; i < 2; i++) {
                plane.kill("kube-apiserver");
                plane.startRole("kube-apiserver");
                int before = load.done();
                await("requests go on").atMost(SOON).until(() -> load.done() > before + 20);
            }
            Progress.say("%d violating creates over two restarts".formatted(load.done()));
        }
        assertThat(wrong).isEmpty();
        assertThat(interlock.running()).isTrue();
        interlock.awaitReady();
        admin.apply(Manifests.deployment(NAMESPACE, "after-api-server", Manifests.GOOD_IMAGE))
                .ok();
    }

    @Test
    void failure2_etcdThatStandsStillEndsNothing() throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        try (Load load = violations(wrong)) {
            plane.signal("etcd", "STOP");
            try {
                Progress.say("etcd stands still for %d s".formatted(STANDSTILL.toSeconds()));
                long until = System.nanoTime() + STANDSTILL.toNanos();
                await("etcd to stand still for that long").atMost(SOON).until(() -> System.nanoTime() > until);
                assertThat(interlock.running()).isTrue();
            } finally {
                plane.signal("etcd", "CONT");
            }
            await("ready again").atMost(SOON).until(interlock::ready);
            int before = load.done();
            await("requests go on").atMost(SOON).until(() -> load.done() > before + 20);
        }
        assertThat(wrong).isEmpty();
        await("what is right passes")
                .atMost(SOON)
                .until(() -> admin.apply(Manifests.deployment(NAMESPACE, "after-etcd", Manifests.GOOD_IMAGE))
                                .exit()
                        == 0);
        interlock.awaitDrift();
    }

    /// Creates what the policy denies, and notes what was let in all the same.
    private static Load violations(Queue<String> wrong) {
        return new Load(2, i -> {
            String name = "violating-" + i;
            if (admin.run(
                                    Manifests.deployment(NAMESPACE, name, Manifests.BAD_IMAGE),
                                    List.of("create", "-f", "-", "--request-timeout=5s"))
                            .exit()
                    == 0) {
                wrong.add(name);
            }
        });
    }
}
