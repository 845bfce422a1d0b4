package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.ResourceGate.Plan;
import dev.interlock.workload.GroupVersionResource;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The second part of the gate, made of what is shipped.
class ResourceGateTest {
    private static final Set<GroupVersionResource> NAMED = Stream.of(
                    "services.v1",
                    "configmaps.v1",
                    "ingresses.v1.networking.k8s.io",
                    "clusterroles.v1.rbac.authorization.k8s.io")
            .map(Governable::resource)
            .collect(Collectors.toSet());

    private static ValidatingWebhookConfiguration first(String bundle) {
        List<ValidatingWebhook> entries = GateCache.shipped();
        entries.forEach(entry -> entry.getClientConfig().setCaBundle(bundle));
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("interlock")
                .withUid("uid-1")
                .withResourceVersion("7")
                .endMetadata()
                .withWebhooks(entries)
                .build();
    }

    private static ValidatingWebhookConfiguration second() {
        return ResourceGate.configuration(first("Q0E="), NAMED);
    }

    @ParameterizedTest
    @CsvSource({
        "required.resources.interlock.dev, Fail, /admit/required, Namespaced",
        "optional.resources.interlock.dev, Ignore, /admit/optional, Namespaced",
        "cluster.resources.interlock.dev, Ignore, /admit/optional, Cluster",
    })
    void eachEntryAsksLikeOneOfTheFirstPartAndOfItsScope(String name, String policy, String path, String scope) {
        ValidatingWebhook entry = second().getWebhooks().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(entry.getFailurePolicy()).isEqualTo(policy);
        assertThat(entry.getClientConfig().getService().getPath()).isEqualTo(path);
        assertThat(entry.getClientConfig().getCaBundle()).isEqualTo("Q0E=");
        assertThat(entry.getSideEffects()).isEqualTo("NoneOnDryRun");
        assertThat(entry.getMatchPolicy()).isEqualTo("Equivalent");
        assertThat(entry.getTimeoutSeconds()).isEqualTo(3);
        assertThat(entry.getRules()).allSatisfy(rule -> {
            assertThat(rule.getScope()).isEqualTo(scope);
            assertThat(rule.getOperations())
                    .as("nothing is kept from being deleted")
                    .containsExactly("CREATE", "UPDATE");
            assertThat(rule.getResources()).as("no subresource").noneMatch(resource -> resource.contains("/"));
        });
        assertThat(entry.getRules())
                .flatExtracting(RuleWithOperations::getResources)
                .containsExactly("ingresses", "clusterroles", "configmaps", "services");
    }

    /// Law 12: neither kube-system nor Interlock's own namespace is behind it, be it as the object itself.
    @Test
    void noEntryIsAboutTheNamespacesThatAreNeverHeld() {
        assertThat(second().getWebhooks())
                .allSatisfy(entry -> assertThat(entry.getNamespaceSelector().getMatchExpressions())
                        .anySatisfy(each -> {
                            assertThat(each.getKey()).isEqualTo("kubernetes.io/metadata.name");
                            assertThat(each.getOperator()).isEqualTo("NotIn");
                            assertThat(each.getValues()).containsExactly("kube-system", "interlock-system");
                        }));
        assertThat(second().getWebhooks())
                .filteredOn(entry -> entry.getName().startsWith("cluster."))
                .singleElement()
                .satisfies(entry -> assertThat(entry.getNamespaceSelector().getMatchExpressions())
                        .extracting(LabelSelectorRequirement::getKey)
                        .containsExactly("kubernetes.io/metadata.name"));
    }

    @Test
    void itBelongsToTheFirstPart() {
        assertThat(second().getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("uid-1"));
    }

    /// What it trusts is right until it is told otherwise.
    @Test
    void whileTheFirstPartCallsNobodyItIsLeftAsItIs() {
        assertThat(ResourceGate.plan(Optional.of(first("Q0E=")), NAMED)).isInstanceOf(Plan.Whole.class);
        assertThat(ResourceGate.plan(Optional.of(first("")), NAMED)).isEqualTo(new Plan.AsItIs());
    }

    @Test
    void itIsTakenAwayWithTheFirstPartAndWhereNoPolicyNamesAnything() {
        assertThat(ResourceGate.plan(Optional.empty(), NAMED)).isEqualTo(new Plan.Away());
        assertThat(ResourceGate.plan(Optional.of(first("Q0E=")), Set.of())).isEqualTo(new Plan.Away());
        ValidatingWebhookConfiguration nothingToBeLike = first("Q0E=");
        nothingToBeLike.getWebhooks().clear();
        assertThat(ResourceGate.plan(Optional.of(nothingToBeLike), NAMED)).isEqualTo(new Plan.Away());
    }

    @Test
    void anEntryThatSomebodyTookOutOfTheFirstPartTakesOutItsOwnAndNoOther() {
        ValidatingWebhookConfiguration narrowed = first("Q0E=");
        narrowed.getWebhooks().removeIf(entry -> entry.getName().startsWith("optional."));
        assertThat(ResourceGate.plan(Optional.of(narrowed), NAMED)).isInstanceOf(Plan.Whole.class);
        assertThat(ResourceGate.configuration(narrowed, NAMED).getWebhooks())
                .extracting(ValidatingWebhook::getName)
                .containsExactly("required.resources.interlock.dev");
    }

    @ParameterizedTest
    @CsvSource({"pods, pods.v1", "deployments.apps, deployments.v1.apps", "cronjobs.batch, cronjobs.v1.batch"})
    void workloadsAreNamedAsKubectlNamesThem(String name, String resource) {
        assertThat(Governable.resource(name)).hasToString(resource);
    }
}
