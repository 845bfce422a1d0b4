package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What drift survives: crashes, restarts of the API server, kinds that cannot be watched, very large objects.
class FaultsIT {
    private static final String NAMESPACE = "faults";
    private static final String STAGE = "faulty";
    private static final int MANY = 300;
    private static final String OTHER_IMAGE = "registry.example.com/shop/app@sha256:" + "b".repeat(64);

    private static ControlPlane plane;
    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;
    private static DriftEvents events;

    @BeforeAll
    static void install() {
        plane = ControlPlane.start();
        interlock = Interlock.install(plane);
        admin = plane.kubectl();
        promoter = plane.kubectl("promoter");
        tenant = plane.kubectl("tenant");
        events = new DriftEvents(admin, NAMESPACE);
        admin.apply(Manifests.namespace(NAMESPACE, STAGE, "optional")).ok();
        admin.apply(Manifests.path("faults", STAGE, NAMESPACE)).ok();
        admin.apply(Manifests.policy("faults", STAGE, "Warn")).ok();
        admin.letEdit(NAMESPACE, "promoter", "tenant");
        await("the gate asks")
                .atMost(Duration.ofSeconds(30))
                .until(() -> promoter.apply(
                                Manifests.deployment(NAMESPACE, "probe", Manifests.BAD_IMAGE), "--dry-run=server")
                        .err()
                        .contains("[faults/images-pinned]"));
        interlock.awaitDrift();
    }

    @AfterAll
    static void stop() {
        interlock.close();
        plane.close();
    }

    private static String deployments(String name, String image) {
        return Manifests.idle(NAMESPACE, name, MANY, image);
    }

    @Test
    void killInTheMiddleOf300DriftsLosesNoneAndMakesNoneTwice() throws Exception {
        promoter.apply(deployments("killed", Manifests.GOOD_IMAGE)).ok();
        interlock.awaitDrift();
        CompletableFuture<Kubectl.Result> edits =
                CompletableFuture.supplyAsync(() -> tenant.apply(deployments("killed", OTHER_IMAGE)));
        await("some of them")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> events.startingWith("killed").size() >= MANY / 10);
        interlock.kill();
        Progress.say("killed after %d of %d drifts"
                .formatted(events.startingWith("killed").size(), MANY));
        interlock.start();
        edits.get().ok();
        events.assertOneEach("killed", MANY, interlock);
    }

    @Test
    void restartOfTheApiServerLosesNoDrift() throws Exception {
        promoter.apply(deployments("restarted", Manifests.GOOD_IMAGE)).ok();
        interlock.awaitDrift();
        tenant.apply(deployments("restarted", OTHER_IMAGE)).ok();
        plane.kill("kube-apiserver");
        await("the operator to notice")
                .atMost(Duration.ofSeconds(60))
                .until(() -> interlock.metric("interlock_drift_unknown") == 1);
        plane.startRole("kube-apiserver");
        events.assertOneEach("restarted", MANY, interlock);
    }

    /// A kind that the operator may not watch any more: what it does not see it does not call in sync.
    @Test
    void kindThatCannotBeWatchedMakesDriftUnknown() {
        String role = admin.run("get", "clusterrole", "interlock-operator", "-o", "json")
                .ok()
                .out();
        String without = role.replace("\"cronjobs\"", "\"nothing\"");
        assertThat(without).isNotEqualTo(role);
        admin.apply(without, "--server-side", "--force-conflicts").ok();
        try {
            // A watch that was allowed goes on until it is made anew.
            plane.kill("kube-apiserver");
            plane.startRole("kube-apiserver");
            await("the metric")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> interlock.metric("interlock_drift_unknown") == 1);
            await("the condition")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> watched().startsWith("Unknown") && watched().contains("cronjobs"));
        } finally {
            interlock.applyManifests();
        }
        await("it is watched again")
                .atMost(Duration.ofMinutes(3))
                .until(() -> watched().startsWith("True"));
    }

    private static String watched() {
        return admin.run(
                        "get",
                        "pp",
                        "faults",
                        "-o",
                        "jsonpath={range .status.conditions[?(@.type=='DriftWatched')]}{.status} {.message}{end}")
                .out();
    }

    @Test
    void driftOfAnObjectOfOneMebibyteIsFoundAndShownWithinBounds() {
        String args = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"%05d%s\"".formatted(i, "x".repeat(95)))
                .collect(Collectors.joining(", "));
        String large = Manifests.workload(
                        WorkloadKind.DEPLOYMENT,
                        NAMESPACE,
                        "large",
                        "{containers: [{name: app, image: \"%s\", args: [%s]}]}".formatted(Manifests.GOOD_IMAGE, args))
                .replace("replicas: 1", "replicas: 0");
        promoter.run(large, List.of("create", "-f", "-")).ok();
        interlock.awaitDrift();
        // No `replace`, which fails where a controller writes the status meanwhile.
        List<String> apply = List.of("apply", "--server-side", "--force-conflicts", "-f", "-");
        tenant.run(large.replace("xx\"", "yy\""), apply).ok();
        JsonNode event = events.awaitOpen("large");
        assertThat(event.at("/spec/differences").size()).isEqualTo(32);
        assertThat(event.at("/spec/differencesOmitted").asInt()).isEqualTo(10_000 - 32);
        tenant.run(large, apply).ok();
        events.awaitResolved("large", "Restored");
    }
}
