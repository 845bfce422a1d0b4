package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.kubernetes.ServedResources.Served;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a policy's status says of the resources that it names.
class OtherResourcesTest {
    private static final GroupVersionResource SERVICES = new GroupVersionResource("", "v1", "services");
    private static final GroupVersionResource WIDGETS = new GroupVersionResource("example.com", "v1", "widgets");

    private static PolicyView view(GroupVersionResource... resources) {
        return view(Set.of(), resources);
    }

    private static PolicyView view(Set<String> stages, GroupVersionResource... resources) {
        LabelSelector any = LabelSelector.EVERYTHING;
        return new PolicyView(
                new Policy.Loaded(
                        new PolicyRef("p", "uid-1", 1),
                        new Match(stages, any, Set.of(resources), Set.of(), any, List.of()),
                        OnUndecided.DENY,
                        Fixture.OWNER,
                        List.of(),
                        List.of()),
                List.of(),
                List.of(),
                Optional.empty());
    }

    private static Said said(OtherResources resources) {
        return resources.of(view(SERVICES, WIDGETS)).orElseThrow();
    }

    @Test
    void nothingIsSaidWhereOnlyWorkloadsAreNamed() {
        assertThat(new OtherResources(_ -> true, _ -> Served.IN_NAMESPACES, Set::of)
                        .of(view(WorkloadKind.POD.groupVersionResource())))
                .isEmpty();
    }

    @Test
    void whatTheApiServerIsNotToldToAskAboutIsNamed() {
        assertThat(said(new OtherResources(SERVICES::equals, _ -> Served.IN_NAMESPACES, Set::of)))
                .isEqualTo(new Said(
                        "False", "NotAsked", "the API server is not told yet to ask about widgets.v1.example.com"));
    }

    @Test
    void whatTheApiServerDoesNotHaveIsNamed() {
        assertThat(said(new OtherResources(
                        _ -> true, one -> one.equals(SERVICES) ? Served.IN_NAMESPACES : Served.NOT, Set::of)))
                .isEqualTo(
                        new Said(
                                "False",
                                "NotServed",
                                "the API server has no widgets.v1.example.com; see kubectl api-resources for names and versions"));
    }

    @Test
    void whereDiscoveryFailsItIsNotKnown() {
        assertThat(said(new OtherResources(
                                _ -> true,
                                _ -> {
                                    throw new IllegalStateException("no route");
                                },
                                Set::of))
                        .status())
                .isEqualTo("Unknown");
    }

    @Test
    void whereAllAreAskedAboutItIsSaidHowMany() {
        assertThat(said(new OtherResources(_ -> true, _ -> Served.IN_NAMESPACES, Set::of)))
                .isEqualTo(new Said("True", "Asked", "the API server asks about 2 resources that are no workloads"));
    }

    /// Catalogue 8: a rule for one version covers the others only where no rule names them.
    @Test
    void whereAnotherPolicyNamesAnotherVersionItIsSaidWhich() {
        GroupVersionResource other = new GroupVersionResource("example.com", "v2", "widgets");
        Said said =
                said(new OtherResources(_ -> true, _ -> Served.IN_NAMESPACES, () -> Set.of(SERVICES, WIDGETS, other)));
        assertThat(said.reason()).isEqualTo("VersionsDiffer");
        assertThat(said.message()).startsWith("other policies name widgets.v2.example.com: ");
    }

    @Test
    void whatIsInNoNamespaceIsNeverMatchedByAStage() {
        OtherResources resources = new OtherResources(
                _ -> true, one -> one.equals(WIDGETS) ? Served.IN_NO_NAMESPACE : Served.IN_NAMESPACES, Set::of);
        assertThat(resources
                        .of(view(Set.of("production"), WIDGETS))
                        .orElseThrow()
                        .message())
                .startsWith("objects of widgets.v1.example.com are in no namespace");
        assertThat(resources.of(view(WIDGETS)).orElseThrow().reason()).isEqualTo("Asked");
        assertThat(resources
                        .of(view(Set.of("production"), SERVICES))
                        .orElseThrow()
                        .reason())
                .isEqualTo("Asked");
    }
}
