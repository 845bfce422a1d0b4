package dev.interlock.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Least rights: what `deploy/base/rbac.yaml` grants, and that it says why.
class RightsManifestTest {
    private static final String FILE = "base/rbac.yaml";
    private static final Set<String> READING = Set.of("get", "list", "watch");

    private static Stream<PolicyRule> rules(String role) {
        return Stream.concat(
                Documents.all(FILE, ClusterRole.class).stream()
                        .filter(found -> found.getMetadata().getName().equals(role))
                        .flatMap(found -> found.getRules().stream()),
                Documents.all(FILE, Role.class).stream()
                        .filter(found -> found.getMetadata().getName().equals(role))
                        .flatMap(found -> found.getRules().stream()));
    }

    private static List<PolicyRule> allRules() {
        List<PolicyRule> rules = Stream.concat(
                        Documents.all(FILE, ClusterRole.class).stream().flatMap(role -> role.getRules().stream()),
                        Documents.all(FILE, Role.class).stream().flatMap(role -> role.getRules().stream()))
                .toList();
        assertThat(rules).hasSizeGreaterThan(10);
        return rules;
    }

    @Test
    void everyVerbHasItsReasonOnItsOwnLine() {
        long verbs =
                allRules().stream().mapToLong(rule -> rule.getVerbs().size()).sum();
        assertThat(Documents.text(FILE).lines().filter(line -> line.matches(" +- [a-z]+ # .{10,}")))
                .hasSize(Math.toIntExact(verbs));
    }

    @Test
    void nothingIsGrantedByWildcard() {
        assertThat(allRules())
                .allSatisfy(rule -> assertThat(Stream.of(
                                rule.getApiGroups(), rule.getResources(), rule.getVerbs(), rule.getNonResourceURLs()))
                        .allSatisfy(names -> assertThat(names).noneMatch(name -> name.contains("*"))));
    }

    @Test
    void webhookWritesItsLeaseAndNothingElse() {
        assertThat(rules("interlock-webhook")
                        .filter(rule -> !READING.containsAll(rule.getVerbs()))
                        .flatMap(rule -> rule.getResources().stream()))
                .containsExactly("leases");
    }

    @Test
    void secretsAreReadByNameOnly() {
        assertThat(allRules())
                .filteredOn(rule -> rule.getResources().contains("secrets")
                        && !rule.getVerbs().equals(List.of("create")))
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.getResourceNames()).isNotEmpty());
    }

    /// Deleting the gate is the emergency exit: it must stay deleted, and not be deleted from here.
    @Test
    void operatorNeitherMakesNorDeletesTheGate() {
        assertThat(rules("interlock-operator")
                        .filter(rule -> rule.getApiGroups().contains("admissionregistration.k8s.io"))
                        .filter(rule -> !rule.getResourceNames().equals(List.of("interlock-resources"))))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.getResourceNames()).containsExactly("interlock");
                    assertThat(rule.getVerbs()).doesNotContain("create", "update", "delete", "deletecollection");
                });
    }

    /// The second part is its own, and nothing else of its kind: it makes no other object without a namespace.
    @Test
    void case63_operatorMakesOneObjectWithoutANamespaceAndByName() {
        assertThat(rules("interlock-operator")
                        .filter(rule -> rule.getVerbs().contains("create"))
                        .filter(rule -> !List.of(
                                        "interlock.dev", "events.k8s.io", "") // the last are in Interlock's namespace
                                .contains(rule.getApiGroups().getFirst())))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.getResources()).containsExactly("validatingwebhookconfigurations");
                    assertThat(rule.getResourceNames()).containsExactly("interlock-resources");
                });
    }

    /// The spec of evidence never changes, and none of it is deleted from here.
    @Test
    void operatorOnlyAddsEvidence() {
        assertThat(verbs("interlock-operator", "decisionrecords")).isSubsetOf("get", "create");
        assertThat(verbs("interlock-operator", "driftevents")).containsExactlyInAnyOrder("create", "list", "watch");
        assertThat(verbs("interlock-operator", "events")).containsExactlyInAnyOrder("create", "patch");
    }

    @Test
    void operatorWritesTheStatusOfWhatPeopleDeclareAndNotItsSpec() {
        assertThat(List.of("promotionpolicies", "deliverypaths", "feedbackreleases"))
                .allSatisfy(declared -> {
                    assertThat(verbs("interlock-operator", declared)).containsExactlyInAnyOrder("list", "watch");
                    assertThat(verbs("interlock-operator", declared + "/status"))
                            .containsExactly("patch");
                });
    }

    /// All of them, since each is compared; and only read, since nothing is mended by Interlock.
    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void operatorReadsEveryGovernedKindAndWritesNone(WorkloadKind kind) {
        List<PolicyRule> rules = rules("interlock-operator")
                .filter(rule -> rule.getResources().contains(kind.resource()))
                .toList();
        assertThat(rules).singleElement().satisfies(rule -> {
            assertThat(kind.apiVersion()).startsWith(rule.getApiGroups().getFirst());
            assertThat(rule.getVerbs()).containsExactlyInAnyOrder("get", "list", "watch");
        });
    }

    private static Stream<String> verbs(String role, String resource) {
        return rules(role)
                .filter(rule -> rule.getResources().contains(resource))
                .flatMap(rule -> rule.getVerbs().stream());
    }

    /// They are evidence: no role for people writes them.
    @Test
    void peopleWriteNeitherEvidenceNorStatus() {
        assertThat(List.of("interlock-view", "interlock-policy-admin", "interlock-gate-admin"))
                .allSatisfy(role -> assertThat(rules(role)
                                .filter(rule -> !READING.containsAll(rule.getVerbs()))
                                .flatMap(rule -> rule.getResources().stream()))
                        .doesNotContain("decisionrecords", "driftevents")
                        .noneMatch(resource -> resource.contains("/")));
        assertThat(verbs("interlock-policy-admin", "feedbackreleases"))
                .containsExactlyInAnyOrder("create", "get", "list", "watch");
    }

    /// Who may view or edit a namespace does not thereby write the rules, nor end feedback.
    @Test
    void rightsOfPlatformTeamsAreGivenToNobodyByThemselves() {
        assertThat(Documents.all(FILE, ClusterRole.class))
                .filteredOn(role -> role.getMetadata().getName().endsWith("-admin"))
                .hasSize(2)
                .allSatisfy(role -> assertThat(role.getMetadata().getLabels()).isNullOrEmpty());
        assertThat(Documents.all(FILE, ClusterRoleBinding.class))
                .isNotEmpty()
                .noneMatch(binding -> binding.getRoleRef().getName().endsWith("-admin"));
    }
}
