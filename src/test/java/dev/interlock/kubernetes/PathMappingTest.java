package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Claim;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Promoters;
import dev.interlock.decision.Requester;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is stored gives a path, and nobody becomes a promoter by its being broken.
class PathMappingTest {
    private static final String FULL = """
            service: checkout-service
            owner: {team: payments, contact: "#payments-oncall", escalation: "#payments-leads"}
            workloads:
              matchLabels: {app: checkout}
              matchExpressions:
              - {key: tier, operator: In, values: [web]}
            stages:
            - name: staging
              namespaces: [shop-staging]
              promoters: {serviceAccounts: [{namespace: ci, name: deployer}]}
            - name: production
              namespaces: [shop, shop-eu]
              promoters: {users: [ann], groups: [releasers]}
            """;

    private static DeliveryPath path(String spec) {
        return PathMapping.path(Serialization.unmarshal(
                "apiVersion: interlock.dev/v1alpha1\nkind: DeliveryPath\nmetadata: {name: checkout, uid: u}\nspec:\n"
                        + spec.indent(2),
                GenericKubernetesResource.class));
    }

    @Test
    void aPathIsReadFieldByField() {
        assertThat(path(FULL))
                .isEqualTo(new DeliveryPath(
                        "checkout",
                        "checkout-service",
                        new Owner("payments", "#payments-oncall", "#payments-leads"),
                        new LabelSelector(
                                Map.of("app", "checkout"), List.of(new LabelSelector.In("tier", Set.of("web")))),
                        List.of(
                                new PathStage(
                                        new Stage("staging"),
                                        Set.of("shop-staging"),
                                        new Promoters(Set.of("system:serviceaccount:ci:deployer"), Set.of())),
                                new PathStage(
                                        new Stage("production"),
                                        Set.of("shop", "shop-eu"),
                                        new Promoters(Set.of("ann"), Set.of("releasers"))))));
    }

    @Test
    void whatMayBeAbsentIsNothing() {
        DeliveryPath path = path(FULL.replace(", escalation: \"#payments-leads\"", "")
                .replace("  matchExpressions:\n  - {key: tier, operator: In, values: [web]}\n", ""));
        assertThat(path.owner().escalation()).isEmpty();
        assertThat(path.workloads()).isEqualTo(new LabelSelector(Map.of("app", "checkout"), List.of()));
    }

    /// Each is one change of [#FULL].
    @ParameterizedTest
    @ValueSource(
            strings = {
                "service: checkout-service=>",
                "service: checkout-service=>service: 42",
                "service: checkout-service=>service: [checkout]",
                "{team: payments,=>{",
                "operator: In=>operator: Near",
                "values: [web]=>values: []",
                "name: production=>names: production",
                "name: production=>name: null",
                "users: [ann]=>users: ann",
                "users: [ann]=>users: [ann, null]",
                "users: [ann]=>users: [7]",
                "promoters: {users=>promotor: {users",
                "{namespace: ci, name: deployer}=>{namespace: ci}",
                "workloads:=>workload:",
            })
    void anUnreadablePathClaimsAllOfItsNamespacesAndHasNoPromoters(String change) {
        String[] parts = change.split("=>", -1);
        assertThat(FULL).contains(parts[0]);
        DeliveryPath path = path(FULL.replace(parts[0], parts[1]));
        assertThat(path.name()).isEqualTo("checkout");
        for (String namespace : List.of("shop", "shop-eu", "shop-staging")) {
            for (Map<String, String> labels : List.of(Map.of("app", "checkout"), Map.<String, String>of())) {
                Claim claim = Claim.of(List.of(path), namespace, Map.of("interlock.dev/stage", "production"), labels);
                assertThat(claim).as("%s", namespace).isNotInstanceOf(Claim.Unlisted.class);
                assertThat(claim.promotes(new Requester("ann", Set.of("releasers"))))
                        .isFalse();
                assertThat(claim.promotes(new Requester("", Set.of()))).isFalse();
            }
        }
    }

    /// An unreadable path beside a readable one makes it contested: it may have been meant to be in its place.
    @Test
    void anUnreadablePathTakesThePromotersOfAnotherOneInItsNamespaces() {
        DeliveryPath good = path(FULL);
        DeliveryPath bad = new DeliveryPath(
                "bad",
                "bad",
                path(FULL.replace("service: checkout-service", "")).owner(),
                path(FULL.replace("service: checkout-service", "")).workloads(),
                path(FULL.replace("service: checkout-service", "")).stages());
        Claim claim = Claim.of(
                List.of(good, bad),
                "shop",
                Map.of("interlock.dev/stage", "production"),
                Map.of("app", "checkout", "tier", "web"));
        assertThat(claim).isInstanceOf(Claim.Contested.class);
        assertThat(claim.promotes(new Requester("ann", Set.of()))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "7", "null", "stages: 7", "stages: [7, null, {namespaces: 7}]", "stages: [[]]"})
    void anythingThatIsStoredGivesAPath(String spec) {
        assertThat(path(spec).name()).isEqualTo("checkout");
        assertThat(path(spec).stages())
                .allSatisfy(stage -> assertThat(stage.promoters()).isEqualTo(new Promoters(Set.of(), Set.of())));
    }

    @Test
    void aPathWithoutSpecIsAPathToo() {
        assertThat(PathMapping.path(Serialization.unmarshal(
                                "apiVersion: interlock.dev/v1alpha1\nkind: DeliveryPath\nmetadata: {name: checkout}\n",
                                GenericKubernetesResource.class))
                        .name())
                .isEqualTo("checkout");
    }
}
