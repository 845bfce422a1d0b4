package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.api.v1alpha1.Condition;
import dev.interlock.api.v1alpha1.DeliveryPathStatus;
import dev.interlock.decision.Claim;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Promoters;
import dev.interlock.operator.PathStatus.Claimed;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a path's status says, from what was observed.
class PathStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.999Z");
    private static final Map<String, Map<String, String>> NAMESPACES = Map.of(
            "shop", Map.of("interlock.dev/stage", "production"),
            "other", Map.of("interlock.dev/stage", "production"),
            "bare", Map.of());
    private static final DeliveryPath PATH = path("checkout", "production", Map.of("app", "checkout"), "shop");

    private static DeliveryPath path(String name, String stage, Map<String, String> labels, String... namespaces) {
        return new DeliveryPath(
                name,
                name,
                new Owner("payments", ""),
                labels.isEmpty() ? LabelSelector.EVERYTHING : new LabelSelector(labels, List.of()),
                List.of(new PathStage(new Stage(stage), Set.of(namespaces), new Promoters(Set.of("ann"), Set.of()))));
    }

    private static Claimed owned(DeliveryPath path, String object) {
        return new Claimed(object(object), new Claim.Owned(path, path.stages().getFirst()));
    }

    private static Claimed contested(String object, DeliveryPath... paths) {
        return new Claimed(object(object), new Claim.Contested(new NonEmpty<>(List.of(paths))));
    }

    /// @param object as people write it
    private static ObjectRef object(String object) {
        String[] parts = object.split("[ /]", 3);
        return new ObjectRef("", parts[0], parts[1], parts[2], "");
    }

    private static DeliveryPathStatus status(DeliveryPath path, List<DeliveryPath> others, List<Claimed> claimed) {
        List<DeliveryPath> all = new ArrayList<>(others);
        all.add(path);
        return PathStatus.of(path, 7, all, NAMESPACES, claimed, null, NOW);
    }

    static Stream<Arguments> cases() {
        List<DeliveryPath> none = List.of();
        DeliveryPath twin = path("twin", "production", Map.of("app", "checkout"), "shop");
        DeliveryPath all = path("all", "production", Map.of(), "shop", "other");
        DeliveryPath cart = path("cart", "production", Map.of("app", "cart"), "shop");
        DeliveryPath elsewhere = path("elsewhere", "production", Map.of("app", "checkout"), "other");
        DeliveryPath staging = path("checkout", "staging", Map.of("app", "checkout"), "shop", "bare");
        DeliveryPath gone = path("checkout", "production", Map.of("app", "checkout"), "gone");
        DeliveryPath broken = path("checkout", "", Map.of(), "shop");
        Claimed mine = owned(PATH, "Deployment shop/checkout");
        return Stream.of(
                Arguments.of(PATH, none, List.of(mine), 1, 0, "True", "Claims", "claims 1 workloads"),
                Arguments.of(
                        PATH,
                        List.of(cart, elsewhere),
                        List.of(mine, owned(cart, "Deployment shop/cart")),
                        1,
                        0,
                        "True",
                        "Claims",
                        "claims 1 workloads"),
                Arguments.of(
                        PATH,
                        none,
                        List.of(),
                        0,
                        0,
                        "False",
                        "NoWorkload",
                        "no workload in its gated namespaces has the labels that it selects"),
                Arguments.of(
                        gone,
                        none,
                        List.of(),
                        0,
                        0,
                        "False",
                        "NoNamespace",
                        "none of the namespaces that it lists exists"),
                Arguments.of(
                        PATH,
                        List.of(cart),
                        List.of(mine, contested("Job shop/b", cart, PATH), contested("Job shop/a", cart, PATH)),
                        3,
                        2,
                        "False",
                        "Contested",
                        "2 workloads are selected by another path too and have no promoter;"
                                + " change one of the selectors: Job shop/a, Job shop/b"),
                Arguments.of(
                        PATH,
                        List.of(twin),
                        List.of(),
                        0,
                        0,
                        "False",
                        "Overlaps",
                        "every workload it selects in a namespace that both list is also selected by path twin;"
                                + " change one of the selectors"),
                Arguments.of(PATH, List.of(all), List.of(mine), 1, 0, "False", "Overlaps", "by path all;"),
                Arguments.of(
                        staging,
                        none,
                        List.of(),
                        0,
                        0,
                        "False",
                        "StageDisagrees",
                        "these namespaces are not labelled interlock.dev/stage with the stage that lists them,"
                                + " so nobody promotes there: bare (no label, not staging),"
                                + " shop (production, not staging)"),
                Arguments.of(broken, none, List.of(), 0, 0, "False", "Unreadable", "its namespaces have no promoter"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void readyOnlyWhereItClaimsWorkloadsThatNothingDisputes(
            DeliveryPath path,
            List<DeliveryPath> others,
            List<Claimed> claimed,
            int workloads,
            int contested,
            String status,
            String reason,
            String message) {
        DeliveryPathStatus said = status(path, others, claimed);
        assertThat(said.workloads()).isEqualTo(workloads);
        assertThat(said.contested()).isEqualTo(contested);
        assertThat(said.observedGeneration()).isEqualTo(7);
        assertThat(said.ready()).isEqualTo(status);
        assertThat(said.conditions()).singleElement().satisfies(ready -> {
            assertThat(ready.type()).isEqualTo("Ready");
            assertThat(ready.status()).isEqualTo(status);
            assertThat(ready.reason()).isEqualTo(reason);
            assertThat(ready.message()).contains(message).isEqualTo(said.message());
        });
    }

    @Test
    void contestedWorkloadsOfOtherPathsAreNotItsOwn() {
        DeliveryPath a = path("a", "production", Map.of("app", "a"), "shop");
        DeliveryPath b = path("b", "production", Map.of("app", "b"), "shop");
        assertThat(status(PATH, List.of(a, b), List.of(contested("Job shop/a", a, b)))
                        .contested())
                .isZero();
    }

    @Test
    void misplacedWorkloadIsItsOwnAndSaysWhatDisagrees() {
        DeliveryPath staging = path("checkout", "staging", Map.of("app", "checkout"), "shop");
        DeliveryPathStatus said = status(
                staging,
                List.of(),
                List.of(new Claimed(
                        object("Deployment shop/checkout"),
                        new Claim.Misplaced(
                                staging, staging.stages().getFirst(), Optional.of(new Stage("production"))))));
        assertThat(said.workloads()).isEqualTo(1);
        assertThat(Objects.requireNonNull(said.conditions()).getFirst().reason())
                .isEqualTo("StageDisagrees");
    }

    @Test
    void namesStayWithinTheirBoundAndTheTimeMovesOnlyWithTheStatus() {
        List<Claimed> many = IntStream.range(0, 300)
                .mapToObj(i -> contested("Deployment shop/" + "x".repeat(250) + i, PATH))
                .toList();
        DeliveryPathStatus first = status(PATH, List.of(), many);
        assertThat(first.message()).hasSizeLessThanOrEqualTo(1_024).endsWith("…");
        DeliveryPathStatus later =
                PathStatus.of(PATH, 8, List.of(PATH), NAMESPACES, List.of(), first, NOW.plusSeconds(60));
        Condition ready = Objects.requireNonNull(later.conditions()).getFirst();
        assertThat(ready.reason()).as("another reason, the same status").isEqualTo("NoWorkload");
        assertThat(ready.lastTransitionTime()).isEqualTo("2026-11-25T10:00:00Z");
        assertThat(ready.observedGeneration()).isEqualTo(8);
    }
}
