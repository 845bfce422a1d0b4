package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InventoryTest {
    static List<Arguments> states() {
        return List.of(
                state("nothing decided", "none", "Unapproved", "no", _ -> {}),
                state(
                        "approved",
                        "Allowed 5m",
                        "InSync",
                        "no",
                        world -> world.decided.add(World.decision("checkout", "Allowed", "Admission", 5))),
                state(
                        "approved, then denied",
                        "Denied 3m",
                        "InSync",
                        "no",
                        world -> world.decided.addAll(List.of(
                                World.decision("checkout", "Allowed", "Admission", 5),
                                World.decision("checkout", "Denied", "Admission", 3)))),
                state(
                        "baseline",
                        "Allowed 2h",
                        "Unapproved",
                        "yes",
                        world -> world.decided.add(World.decision("checkout", "Allowed", "Baseline", 150))),
                state("drifted", "Allowed 5m", "Drifted", "no", world -> {
                    world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
                    world.drifts.add(World.drift("checkout", "Drifted", Optional.empty()));
                }),
                state(
                        "bypassed",
                        "none",
                        "Bypassed",
                        "no",
                        world -> world.drifts.add(World.drift("checkout", "Bypassed", Optional.empty()))),
                state("resolved", "Allowed 5m", "InSync", "no", world -> {
                    world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
                    world.drifts.add(World.drift("checkout", "Drifted", Optional.of("Restored")));
                }),
                state("not watched", "Allowed 5m", "Unknown", "no", world -> {
                    world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
                    world.guards.set(0, new Guard(World.policy("production", List.of()), false));
                }),
                state("no policy at all", "none", "Unknown", "no", world -> world.guards.clear()),
                state("drifted though nobody looks now", "none", "Drifted", "no", world -> {
                    world.guards.clear();
                    world.drifts.add(World.drift("checkout", "Drifted", Optional.empty()));
                }));
    }

    private static Arguments state(String name, String last, String drift, String baseline, Consumer<World> change) {
        return Arguments.of(name, last, drift, baseline, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void stateIsDerivedFromRecordsAndEvents(
            String name, String last, String drift, String baseline, Consumer<World> change) {
        World world = World.shop();
        change.accept(world);
        World.Ran ran = world.run("inventory");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .containsPattern("shop +Deployment +checkout +checkout +payments +production +required"
                        + " +registry.example.com/checkout@sha256:1 +%s +%s +%s\n".formatted(last, drift, baseline));
    }

    @Test
    void recordOfADeletedObjectOfTheSameNameSaysNothing() {
        World world = World.shop();
        Live old = world.live.getFirst();
        world.live.set(
                0,
                new Live(
                        old.kind(),
                        old.namespace(),
                        old.name(),
                        "another-uid",
                        old.labels(),
                        Optional.empty(),
                        Optional.empty(),
                        old.images()));
        world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
        world.drifts.add(World.drift("checkout", "Drifted", Optional.empty()));
        assertThat(world.run("inventory").out()).containsPattern("none +Unapproved +no\n");
    }

    @Test
    void dependentsAreShownOnDemandAndHaveTheirRootsService() {
        World world = World.shop();
        Live replicaSet =
                World.live(WorkloadKind.REPLICA_SET, "shop", "checkout-5d4", Optional.of(world.live.getFirst()));
        world.live.add(replicaSet);
        world.live.add(World.live(WorkloadKind.POD, "shop", "checkout-5d4-x", Optional.of(replicaSet)));
        assertThat(world.run("inventory").out()).doesNotContain("checkout-5d4");
        assertThat(world.run("inventory", "--all").out())
                .containsPattern("shop +Pod +checkout-5d4-x +checkout +payments")
                .containsPattern("shop +ReplicaSet +checkout-5d4 +checkout +payments");
    }

    @Test
    void emptyStatesAreSaid() {
        assertThat(World.empty().run("inventory", "-A").out())
                .isEqualTo("no workloads in namespaces that are under a gate or that a DeliveryPath lists\n");
        World world = World.shop();
        world.live.clear();
        assertThat(world.run("inventory").out()).isEqualTo("no workloads in namespace shop\n");
        assertThat(world.run("inventory", "-n", "nowhere"))
                .isEqualTo(new World.Ran(
                        2, "", "interlock: there is no namespace `nowhere`; name another with -n, or all with -A\n"));
    }

    @Test
    void jsonHasStableKeys() throws Exception {
        World world = World.shop();
        world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
        JsonNode json =
                new ObjectMapper().readTree(world.run("inventory", "-o", "json").out());
        JsonNode item = json.at("/workloads/0");
        assertThat(item.fieldNames())
                .toIterable()
                .containsExactly(
                        "namespace",
                        "kind",
                        "name",
                        "uid",
                        "controller",
                        "service",
                        "owner",
                        "stage",
                        "gate",
                        "images",
                        "lastDecision",
                        "drift",
                        "driftEvent",
                        "baseline");
        assertThat(item.at("/lastDecision/outcome").asText()).isEqualTo("Allowed");
        assertThat(item.at("/drift").asText()).isEqualTo("InSync");
    }

    @Test
    void csvHasOneLineForEachObject() {
        World world = World.shop();
        assertThat(world.run("inventory", "-o", "csv").out())
                .startsWith("namespace,kind,name,uid,controller,service,owner,contact,escalation,stage,gate,images,")
                .contains("\r\nshop,Deployment,checkout,uid-Deployment-checkout,,checkout,payments,");
    }

    @Test
    void missingRightsMakeTheStateUnknownNotInSync() {
        World world = World.shop();
        world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
        world.forbidden.add("driftevents.interlock.dev");
        World.Ran ran = world.run("inventory");
        assertThat(ran.exit()).isEqualTo(6);
        assertThat(ran.out()).contains("Unknown").doesNotContain("InSync");
        assertThat(ran.err()).contains("you may not list driftevents.interlock.dev");
    }

    @Test
    void whoMayNotReadPathsSeesTheOwnerThatTheRecordNames() {
        World world = World.shop();
        world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
        world.forbidden.add("deliverypaths.interlock.dev");
        assertThat(world.run("inventory").out()).containsPattern("checkout +checkout +payments");
    }

    @Test
    void tenThousandObjectsTakeNoTimeToSpeakOf() {
        World world = World.shop();
        IntStream.range(0, 10_000).forEach(i -> {
            world.live.add(World.deployment("app-" + i));
            world.decided.add(World.decision("app-" + i, "Allowed", "Admission", 5));
            if (i % 10 == 0) {
                Drift drift = World.drift("app-" + i, "Drifted", Optional.empty());
                world.drifts.add(drift);
            }
        });
        IntStream.range(0, 200)
                .forEach(i -> world.paths.add(World.path("service-" + i, "production", "ns-" + i, Map.of())));
        Instant from = Instant.now();
        World.Ran ran = world.run("inventory");
        assertThat(Duration.between(from, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertThat(ran.out().lines()).hasSize(10_002);
    }
}
