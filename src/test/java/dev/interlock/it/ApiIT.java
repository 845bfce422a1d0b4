package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The custom resources as the API server holds them.
class ApiIT {
    private static final String VALID = Manifests.policy("api-valid", "api", "Enforce");

    private static Interlock interlock;
    private static Kubectl kubectl;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        kubectl.apply(Manifests.namespace("api", "api", "required")).ok();
    }

    @AfterAll
    static void remove() {
        kubectl.run("delete", "promotionpolicy", "api-valid", "--ignore-not-found")
                .ok();
    }

    static Stream<Arguments> invalidPolicies() {
        return Stream.of(
                invalid(
                        "no owner",
                        "  owner: {team: platform, contact: \"#platform\"}\n",
                        "",
                        "spec.owner: Required value"),
                invalid("empty team", "team: platform", "team: \"\"", "spec.owner.team"),
                invalid("team with a control character", "team: platform", "team: \"a\\u001bb\"", "spec.owner.team"),
                invalid(
                        "team of 64 characters",
                        "team: platform",
                        "team: " + "t".repeat(64),
                        "spec.owner.team: Too long"),
                invalid("unknown mode", "mode: Enforce", "mode: Block", "spec.mode: Unsupported value"),
                invalid("mode in lower case", "mode: Enforce", "mode: enforce", "spec.mode: Unsupported value"),
                invalid(
                        "unknown onUndecided",
                        "onUndecided: Deny",
                        "onUndecided: Ignore",
                        "spec.onUndecided: Unsupported value"),
                invalid("no match", "  match: {stages: [api]}\n", "", "spec.match: Required value"),
                invalid("match of nothing", "{stages: [api]}", "{}", "name at least one stage, or a namespaceSelector"),
                invalid("no stages", "stages: [api]", "stages: []", "spec.match.stages"),
                invalid("the same stage twice", "stages: [api]", "stages: [api, api]", "Duplicate value"),
                invalid("stage that no label can have", "stages: [api]", "stages: [\"a b\"]", "spec.match.stages[0]"),
                invalid(
                        "In without values",
                        "{stages: [api]}",
                        "{namespaceSelector: {matchExpressions: [{key: a, operator: In}]}}",
                        "In and NotIn need values"),
                invalid(
                        "Exists with values",
                        "{stages: [api]}",
                        "{namespaceSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}",
                        "Exists and DoesNotExist take none"),
                invalid("no checks", VALID.substring(VALID.indexOf("  checks:")), "  checks: []\n", "spec.checks"),
                invalid(
                        "check without a kind",
                        ", registries: [registry.example.com/]}",
                        "}\n  - id: empty",
                        "a check has exactly one kind"),
                invalid("check id that is no name", "id: images-pinned", "id: Images_Pinned", "spec.checks[0].id"),
                invalid(
                        "the same check id twice",
                        "registries: [registry.example.com/]}",
                        "registries: [registry.example.com/]}\n  - {id: images-pinned, images: {digest: Required}}",
                        "Duplicate value"),
                invalid(
                        "registry that is no registry",
                        "registries: [registry.example.com/]",
                        "registries: [library]",
                        "spec.checks[0].images.registries[0]"),
                invalid(
                        "registry with a scheme",
                        "registries: [registry.example.com/]",
                        "registries: [\"https://registry.example.com\"]",
                        "registries[0]"),
                invalid(
                        "check that can never fail",
                        "{digest: Required, registries: [registry.example.com/]}",
                        "{digest: Optional}",
                        "could never fail"),
                invalid(
                        "unknown digest rule",
                        "digest: Required",
                        "digest: Sometimes",
                        "images.digest: Unsupported value"),
                invalid(
                        "unknown field",
                        "mode: Enforce",
                        "mode: Enforce\n  colour: red",
                        "unknown field \"spec.colour\""),
                invalid(
                        "check of two kinds",
                        "registries: [registry.example.com/]}",
                        "registries: [registry.example.com/]}\n    expression: \"true\"",
                        "unknown field \"spec.checks[0].expression\""),
                invalid(
                        "checks that are no list",
                        VALID.substring(VALID.indexOf("  checks:")),
                        "  checks: all\n",
                        "spec.checks"),
                invalid(
                        "name of 64 characters",
                        "name: api-valid",
                        "name: " + "n".repeat(64),
                        "at most 63 characters"));
    }

    private static Arguments invalid(String what, String part, String otherwise, String message) {
        assertThat(VALID).contains(part);
        return Arguments.of(what, VALID.replace(part, otherwise), message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidPolicies")
    void invalidPolicyIsRefusedByTheApiServerWithFieldAndReason(String what, String policy, String message) {
        Kubectl.Result result = kubectl.apply(policy).refused();
        assertThat(result.err()).as(what).contains(message);
    }

    @Test
    void thatRefusalNeedsNoWebhook() {
        interlock.kill();
        try {
            assertThat(invalidPolicies().count()).isGreaterThanOrEqualTo(20);
            invalidPolicies().forEach(invalid -> {
                String policy = String.valueOf(invalid.get()[1]);
                assertThat(kubectl.apply(policy).refused().err()).contains(String.valueOf(invalid.get()[2]));
            });
            kubectl.apply(VALID, "--dry-run=server").ok();
        } finally {
            interlock.start();
        }
    }

    @Test
    void everyFieldIsExplained() {
        for (String kind : List.of("promotionpolicy", "decisionrecord")) {
            String explained = kubectl.run("explain", kind, "--recursive").ok().out();
            assertThat(explained).contains("FIELDS:");
            assertThat(kubectl.run("explain", kind + ".spec").ok().out()).doesNotContain("<no description>");
        }
    }

    @Test
    void bothKindsHaveShortNamesAndAreInTheCategory() {
        String resources = kubectl.run("api-resources", "--api-group=interlock.dev", "-o", "wide")
                .ok()
                .out();
        assertThat(resources)
                .containsPattern("decisionrecords +decrec .*interlock")
                .containsPattern("promotionpolicies +pp .*interlock");
        kubectl.run("get", "interlock", "-A").ok();
    }

    @Test
    void policyThatMatchesNoNamespaceSaysSo() {
        kubectl.apply(Manifests.policy("api-nowhere", "nowhere", "Audit")).ok();
        try {
            kubectl.run("wait", "--for=condition=Matched=False", "pp/api-nowhere", "--timeout=20s")
                    .ok();
            assertThat(jsonPath("pp/api-nowhere", "{.status.conditions[?(@.type=='Matched')].message}"))
                    .isEqualTo("no namespace matches interlock.dev/stage in (nowhere)");
            kubectl.apply(Manifests.namespace("nowhere", "nowhere", "")).ok();
            kubectl.run("wait", "--for=condition=Matched", "pp/api-nowhere", "--timeout=20s")
                    .ok();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(
                                    jsonPath("pp/api-nowhere", "{.status.conditions[?(@.type=='Matched')].reason}"))
                            .isEqualTo("NotAllGated"));
        } finally {
            kubectl.run("delete", "pp", "api-nowhere", "--ignore-not-found").ok();
            kubectl.run("delete", "namespace", "nowhere", "--wait=false", "--ignore-not-found")
                    .ok();
        }
    }

    @Test
    void listsTellTheStory() {
        kubectl.apply(VALID).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/api-valid", "--timeout=30s")
                .ok();
        kubectl.apply(Manifests.deployment("api", "story", Manifests.BAD_IMAGE)).refused();
        kubectl.apply(Manifests.deployment("api", "story", Manifests.GOOD_IMAGE))
                .ok();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(records("api")).hasSize(3));
        List<String> lines = records("api");
        assertThat(lines.getFirst().split(" +"))
                .containsExactly("NAME", "DECISION", "KIND", "SUBJECT", "STAGE", "POLICY", "REASON", "BY", "AGE");
        assertThat(lines)
                .anySatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "[0-9a-f]{32} +Denied +Deployment +story +api +api-valid +DigestMissing,RegistryNotAllowed +admin +[0-9]+s"));
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .matches("[0-9a-f]{32} +Allowed +Deployment +story +api +api-valid +admin +[0-9]+s"));
        String policies = kubectl.run("get", "pp").ok().out();
        assertThat(policies.lines().findFirst().orElse("").split(" +"))
                .containsExactly("NAME", "MODE", "READY", "STAGES", "NAMESPACES", "AGE");
        assertThat(policies).containsPattern("api-valid +Enforce +True +api +1 +");
        assertThat(kubectl.run(
                                "get",
                                "decrec",
                                "-n",
                                "api",
                                "--field-selector",
                                "spec.decision=Denied,spec.subject.name=story",
                                "-o",
                                "name")
                        .ok()
                        .out()
                        .lines())
                .hasSize(1);
    }

    @Test
    void specOfARecordNeverChangesNotEvenByTheOperator() {
        kubectl.apply(VALID).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/api-valid", "--timeout=30s")
                .ok();
        kubectl.apply(Manifests.deployment("api", "fixed", Manifests.BAD_IMAGE)).refused();
        await().atMost(Duration.ofSeconds(20)).until(() -> !name("fixed").isEmpty());
        String patch = "{\"spec\":{\"decision\":\"Allowed\"}}";
        String operator = "system:serviceaccount:interlock-system:interlock";
        // As the one account that the policies of the API server let write, with the rights of an administrator: what
        // is left is the schema.
        assertThat(kubectl.run(
                                "patch",
                                "decrec",
                                name("fixed"),
                                "-n",
                                "api",
                                "--type=merge",
                                "-p",
                                patch,
                                "--as",
                                operator,
                                "--as-group=system:masters")
                        .refused()
                        .err())
                .contains("its spec never changes");
    }

    private static String name(String subject) {
        return kubectl.run(
                        "get",
                        "decrec",
                        "-n",
                        "api",
                        "--field-selector",
                        "spec.subject.name=" + subject,
                        "-o",
                        "jsonpath={.items[*].metadata.name}")
                .ok()
                .out();
    }

    private static List<String> records(String namespace) {
        return kubectl.run("get", "decrec", "-n", namespace, "--field-selector", "spec.subject.name=story")
                .ok()
                .out()
                .lines()
                .toList();
    }

    private static String jsonPath(String object, String path) {
        return kubectl.run("get", object, "-o", "jsonpath=" + path).ok().out();
    }
}
