package dev.interlock.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Who owns a workload, and who promotes it.
class ClaimTest {
    private static final Map<String, String> PRODUCTION = Map.of("interlock.dev/stage", "production");
    private static final Map<String, String> CHECKOUT = Map.of("app", "checkout");
    private static final Promoters ROBOT = new Promoters(Set.of("system:serviceaccount:ci:deployer"), Set.of());
    private static final Promoters RELEASERS = new Promoters(Set.of("ann"), Set.of("releasers"));

    /// `checkout`: staging in `shop-staging`, production in `shop` and `shop-eu`.
    private static final DeliveryPath PATH = path("checkout", CHECKOUT);

    private static DeliveryPath path(String name, Map<String, String> labels) {
        return new DeliveryPath(
                name,
                name + "-service",
                new Owner("payments", "#payments-oncall"),
                new LabelSelector(labels, List.of()),
                List.of(
                        new PathStage(new Stage("staging"), Set.of("shop-staging"), ROBOT),
                        new PathStage(new Stage("production"), Set.of("shop", "shop-eu"), RELEASERS)));
    }

    private static Claim.Owned owned(DeliveryPath path, int stage) {
        return new Claim.Owned(path, path.stages().get(stage));
    }

    static Stream<Arguments> resolutions() {
        DeliveryPath cart = path("cart", Map.of("app", "cart"));
        DeliveryPath all = path("all", Map.of());
        PathStage production = PATH.stages().getLast();
        return Stream.of(
                Arguments.of("no path at all", List.of(), "shop", PRODUCTION, CHECKOUT, new Claim.Unlisted()),
                Arguments.of(
                        "no path lists the namespace",
                        List.of(PATH),
                        "elsewhere",
                        PRODUCTION,
                        CHECKOUT,
                        new Claim.Unlisted()),
                Arguments.of("one path selects it", List.of(PATH, cart), "shop", PRODUCTION, CHECKOUT, owned(PATH, 1)),
                Arguments.of(
                        "in a stage's second namespace",
                        List.of(PATH),
                        "shop-eu",
                        PRODUCTION,
                        CHECKOUT,
                        owned(PATH, 1)),
                Arguments.of(
                        "in another stage",
                        List.of(PATH),
                        "shop-staging",
                        Map.of("interlock.dev/stage", "staging"),
                        CHECKOUT,
                        owned(PATH, 0)),
                Arguments.of(
                        "further labels do not matter",
                        List.of(PATH),
                        "shop",
                        PRODUCTION,
                        Map.of("app", "checkout", "team", "x"),
                        owned(PATH, 1)),
                Arguments.of(
                        "another label",
                        List.of(PATH, cart),
                        "shop",
                        PRODUCTION,
                        Map.of("app", "x"),
                        new Claim.Orphaned()),
                Arguments.of("no label", List.of(PATH), "shop", PRODUCTION, Map.of(), new Claim.Orphaned()),
                Arguments.of(
                        "a path of another namespace selects it",
                        List.of(cart, elsewhere()),
                        "shop",
                        PRODUCTION,
                        CHECKOUT,
                        new Claim.Orphaned()),
                Arguments.of(
                        "two paths select it",
                        List.of(PATH, cart, all),
                        "shop",
                        PRODUCTION,
                        CHECKOUT,
                        new Claim.Contested(new NonEmpty<>(List.of(all, PATH)))),
                Arguments.of(
                        "two paths select it, and its label disagrees with both",
                        List.of(PATH, all),
                        "shop",
                        Map.of(),
                        CHECKOUT,
                        new Claim.Contested(new NonEmpty<>(List.of(all, PATH)))),
                Arguments.of(
                        "the namespace names another stage",
                        List.of(PATH),
                        "shop",
                        Map.of("interlock.dev/stage", "staging"),
                        CHECKOUT,
                        new Claim.Misplaced(PATH, production, Optional.of(new Stage("staging")))),
                Arguments.of(
                        "the namespace names the stage in another case",
                        List.of(PATH),
                        "shop",
                        Map.of("interlock.dev/stage", "Production"),
                        CHECKOUT,
                        new Claim.Misplaced(PATH, production, Optional.of(new Stage("Production")))),
                Arguments.of(
                        "the namespace names no stage",
                        List.of(PATH),
                        "shop",
                        Map.of("x", "y"),
                        CHECKOUT,
                        new Claim.Misplaced(PATH, production, Optional.empty())));
    }

    private static DeliveryPath elsewhere() {
        return new DeliveryPath(
                "elsewhere",
                "elsewhere",
                new Owner("x", ""),
                LabelSelector.EVERYTHING,
                List.of(new PathStage(new Stage("production"), Set.of("another"), RELEASERS)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resolutions")
    void pathsAreResolvedByNamespaceThenLabelsThenStageInAnyOrder(
            String what,
            List<DeliveryPath> paths,
            String namespace,
            Map<String, String> namespaceLabels,
            Map<String, String> labels,
            Claim expected) {
        List<DeliveryPath> reversed = new ArrayList<>(paths);
        Collections.reverse(reversed);
        assertThat(Claim.of(paths, namespace, namespaceLabels, labels)).as(what).isEqualTo(expected);
        assertThat(Claim.of(reversed, namespace, namespaceLabels, labels))
                .as(what)
                .isEqualTo(expected);
    }

    private static Requester requester(String user, String... groups) {
        return new Requester(user, Set.of(groups));
    }

    static Stream<Arguments> promoters() {
        return Stream.of(
                Arguments.of("a listed user", owned(PATH, 1), requester("ann"), true),
                Arguments.of("a user listed for another stage", owned(PATH, 0), requester("ann"), false),
                Arguments.of("a member of a listed group", owned(PATH, 1), requester("joe", "x", "releasers"), true),
                Arguments.of("a user named as the group", owned(PATH, 1), requester("releasers"), false),
                Arguments.of("a member of a group named as the user", owned(PATH, 1), requester("joe", "ann"), false),
                Arguments.of(
                        "a listed service account",
                        owned(PATH, 0),
                        requester("system:serviceaccount:ci:deployer", "system:authenticated"),
                        true),
                Arguments.of(
                        "the account of that name in another namespace",
                        owned(PATH, 0),
                        requester("system:serviceaccount:shop:deployer"),
                        false),
                Arguments.of("in another case", owned(PATH, 1), requester("Ann"), false),
                Arguments.of("nobody", owned(PATH, 1), requester(""), false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("promoters")
    void promoterIsWhomTheStageLists(String what, Claim claim, Requester requester, boolean expected) {
        assertThat(claim.promotes(requester)).as(what).isEqualTo(expected);
        assertThat(claim.names(requester)).as(what).isEqualTo(expected);
    }

    /// Every world of three paths that list the namespace or do not, and select the workload or do not.
    @Test
    void whereAnyPathListsTheNamespaceEverybodyNeverApplies() {
        Promoters nobody = new Promoters(Set.of(), Set.of());
        Requester anybody = requester("joe", "system:authenticated");
        for (int world = 0; world < 4 * 4 * 4; world++) {
            List<DeliveryPath> paths = new ArrayList<>();
            boolean listed = false;
            for (int i = 0; i < 3; i++) {
                int bits = (world >> (2 * i)) & 3;
                listed |= (bits & 1) != 0;
                paths.add(new DeliveryPath(
                        "path-" + i,
                        "service-" + i,
                        new Owner("x", ""),
                        (bits & 2) != 0 ? LabelSelector.EVERYTHING : new LabelSelector(Map.of("no", "such"), List.of()),
                        List.of(new PathStage(
                                new Stage("production"), Set.of((bits & 1) != 0 ? "shop" : "another"), nobody))));
            }
            for (Map<String, String> labels : List.of(PRODUCTION, Map.<String, String>of())) {
                Claim claim = Claim.of(paths, "shop", labels, CHECKOUT);
                assertThat(claim.promotes(anybody)).as("%s", paths).isEqualTo(!listed);
                assertThat(claim.names(anybody)).as("%s", paths).isFalse();
            }
        }
    }

    static Stream<Arguments> shown() {
        Claim contested = new Claim.Contested(new NonEmpty<>(List.of(path("a", Map.of()), path("b", Map.of()))));
        Claim misplaced = new Claim.Misplaced(PATH, PATH.stages().getLast(), Optional.empty());
        return Stream.of(
                Arguments.of(owned(PATH, 1), "checkout-service", Optional.of("payments, #payments-oncall"), "checkout"),
                Arguments.of(misplaced, "checkout-service", Optional.of("payments, #payments-oncall"), "checkout"),
                Arguments.of(new Claim.Unlisted(), "shop", Optional.empty(), ""),
                Arguments.of(new Claim.Orphaned(), "shop", Optional.empty(), ""),
                Arguments.of(contested, "shop", Optional.empty(), "a, b"));
    }

    @ParameterizedTest
    @MethodSource("shown")
    void serviceIsThePathsAndElseTheNamespace(Claim claim, String service, Optional<String> owner, String contenders) {
        assertThat(claim.service("shop")).isEqualTo(service);
        assertThat(claim.owner().map(Owner::toString)).isEqualTo(owner);
        assertThat(claim.contenders()).isEqualTo(contenders);
    }
}
