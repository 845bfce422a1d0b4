package dev.interlock.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What `deploy/base/gate.yaml` sends to the webhook, and what happens where that does not answer.
class GateManifestTest {
    private static final ValidatingWebhookConfiguration GATE =
            Documents.one("base/gate.yaml", ValidatingWebhookConfiguration.class);
    private static final ValidatingWebhook REQUIRED = entry("required.gate.interlock.dev");
    private static final ValidatingWebhook OPTIONAL = entry("optional.gate.interlock.dev");

    private static final ValidatingWebhook API = entry("api.interlock.dev");

    private static ValidatingWebhook entry(String name) {
        return GATE.getWebhooks().stream()
                .filter(webhook -> webhook.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static List<ValidatingWebhook> entries() {
        assertThat(GATE.getWebhooks()).containsExactly(REQUIRED, OPTIONAL, API);
        return List.of(REQUIRED, OPTIONAL);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void rulesNameExactlyTheGovernedKinds(ValidatingWebhook entry) {
        Stream<String> kinds =
                Arrays.stream(WorkloadKind.values()).map(kind -> kind.apiVersion() + "/" + kind.resource());
        Stream<String> waysToChangeAPod = Stream.of("v1/pods/ephemeralcontainers", "v1/pods/resize");
        assertThat(entry.getRules().stream().flatMap(GateManifestTest::resources))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(kinds, waysToChangeAPod).toList());
    }

    private static Stream<String> resources(RuleWithOperations rule) {
        return rule.getApiGroups().stream()
                .flatMap(group -> rule.getApiVersions().stream()
                        .map(version -> group.isEmpty() ? version : group + "/" + version))
                .flatMap(version -> rule.getResources().stream().map(resource -> version + "/" + resource));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void neitherADeletionNorAnObjectWithoutNamespaceIsHeldUp(ValidatingWebhook entry) {
        assertThat(entry.getRules()).allSatisfy(rule -> {
            assertThat(rule.getOperations()).containsExactlyInAnyOrder("CREATE", "UPDATE");
            assertThat(rule.getScope()).isEqualTo("Namespaced");
        });
    }

    @Test
    void policiesAreLookedAtBeforeTheyAreStoredAndCanBeMendedDuringAnOutage() {
        assertThat(API.getFailurePolicy()).isEqualTo("Ignore");
        assertThat(API.getSideEffects()).isEqualTo("None");
        assertThat(API.getClientConfig().getService().getPath()).isEqualTo("/validate/policy");
        assertThat(API.getClientConfig().getCaBundle()).isNull();
        assertThat(API.getRules()).singleElement().satisfies(rule -> {
            assertThat(resources(rule)).containsExactly("interlock.dev/v1alpha1/promotionpolicies");
            assertThat(rule.getOperations()).containsExactlyInAnyOrder("CREATE", "UPDATE");
        });
    }

    @Test
    void bothEntriesAreAskedTheSame() {
        assertThat(OPTIONAL.getRules()).isEqualTo(REQUIRED.getRules());
        assertThat(OPTIONAL.getMatchConditions()).isNotEmpty().isEqualTo(REQUIRED.getMatchConditions());
        assertThat(OPTIONAL.getMatchPolicy())
                .isEqualTo(REQUIRED.getMatchPolicy())
                .isEqualTo("Equivalent");
        assertThat(OPTIONAL.getObjectSelector()).isEqualTo(REQUIRED.getObjectSelector());
    }

    @Test
    void noNamespaceIsUnderBoth() {
        String label = "interlock.dev/gate";
        assertThat(REQUIRED.getNamespaceSelector().getMatchLabels()).containsEntry(label, "required");
        assertThat(OPTIONAL.getNamespaceSelector().getMatchLabels()).containsEntry(label, "optional");
    }

    /// Else a wrong label could lock the cluster, or the gate itself.
    @ParameterizedTest
    @MethodSource("entries")
    void kubeSystemAndInterlockItselfAreUnderNeither(ValidatingWebhook entry) {
        assertThat(entry.getNamespaceSelector().getMatchExpressions())
                .containsExactly(new LabelSelectorRequirement(
                        "kubernetes.io/metadata.name", "NotIn", List.of("kube-system", "interlock-system")));
    }

    @Test
    void anOutageStopsChangesUnderTheRequiredGateOnly() {
        assertThat(REQUIRED.getFailurePolicy()).isEqualTo("Fail");
        assertThat(OPTIONAL.getFailurePolicy()).isEqualTo("Ignore");
        assertThat(REQUIRED.getClientConfig().getService().getPath()).isEqualTo("/admit/required");
        assertThat(OPTIONAL.getClientConfig().getService().getPath()).isEqualTo("/admit/optional");
    }

    @ParameterizedTest
    @MethodSource("entries")
    void nobodyWaitsLongAndADryRunLeavesNoTrace(ValidatingWebhook entry) {
        assertThat(entry.getTimeoutSeconds()).isBetween(1, 10);
        assertThat(entry.getSideEffects()).isEqualTo("NoneOnDryRun");
    }

    /// The operator sets it; a file that had one would take it back with every apply.
    @ParameterizedTest
    @MethodSource("entries")
    void caBundleIsLeftToTheOperator(ValidatingWebhook entry) {
        assertThat(entry.getClientConfig().getCaBundle()).isNull();
    }

    /// By who asks, as the API server authenticated it: owner references, labels and annotations are a tenant's to
    /// write.
    @ParameterizedTest
    @MethodSource("entries")
    void nothingIsSkippedByWhatATenantCanWrite(ValidatingWebhook entry) {
        assertThat(entry.getMatchConditions())
                .allSatisfy(condition -> assertThat(condition.getExpression())
                        .doesNotContain("ownerReferences", "labels", "annotations"));
    }

    @Test
    void hostOverlayKeepsNamesAndPaths() {
        String overlay = Documents.text("overlays/host/kustomization.yaml");
        assertThat(entries())
                .allSatisfy(entry -> assertThat(overlay)
                        .contains("name: %s\n".formatted(entry.getName()))
                        .contains("\"https://127.0.0.1:9443%s\""
                                .formatted(entry.getClientConfig().getService().getPath())));
    }
}
