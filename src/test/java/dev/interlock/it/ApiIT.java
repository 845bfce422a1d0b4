package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The custom resources as the API server holds them.
class ApiIT {
    private static final String OPERATOR = "system:serviceaccount:interlock-system:interlock";
    private static final String VALID = Manifests.policy("api-valid", "api", "Enforce");

    /// A policy with everything that a policy can have.
    private static final String FULL = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: api-full}
            spec:
              owner: {team: platform, contact: "#platform", escalation: "#platform-leads"}
              match:
                stages: [api-full]
                resources: [deployments.apps, pods]
                operations: [CREATE]
                objectSelector: {matchLabels: {app: checkout}}
                conditions: [{name: not-batch, expression: "workload.kind != 'Job'"}]
              variables:
              - {name: roots, expression: "workload.containers.filter(c, !c.?securityContext.?runAsNonRoot.orValue(false))"}
              mode: Warn
              onUndecided: Deny
              checks:
              - id: images-pinned
                images: {digest: Required}
              - id: owner-known
                mode: Audit
                ownership: {}
              - id: pinned-hard
                mode: Enforce
                images: {digest: Required}
              - id: stable
                mode: Enforce
                stability: {maxOpenDrift: 2, maxDrift: {count: 3, within: 7d}}
              - id: calm
                stability: {maxOpenDrift: 5}
              - id: no-latest
                images: {digest: Optional, deniedTags: [latest, edge]}
              - id: pod-security
                podSecurity: {level: restricted, version: v1.31}
              - id: non-root
                expression: variables.roots.size() == 0
                message: containers must set runAsNonRoot
                messageExpression: "'set runAsNonRoot at ' + variables.roots.map(c, c.path)[0]"
              drift: {ignore: [/metadata/labels/x]}
              feedback:
              - when: {drift: {count: 3, within: 1h}}
                tighten: {check: images-pinned, mode: Enforce}
                scope: Policy
                hold: 90s
              - when: {violations: {check: images-pinned, count: 5, within: 400d}}
                tighten: {check: stable, set: {maxOpenDrift: 1, maxDrift: 0}}
                hold: 9600h
            """;

    private static final String PATH = """
            apiVersion: interlock.dev/v1alpha1
            kind: DeliveryPath
            metadata: {name: api-path}
            spec:
              service: checkout
              owner: {team: payments, contact: "#payments-oncall", escalation: "#payments-leads"}
              workloads: {matchLabels: {app: checkout}, matchExpressions: [{key: tier, operator: NotIn, values: [db]}]}
              stages:
              - name: staging
                namespaces: [shop-staging, shop-qa]
                promoters: {users: [promoter], groups: [releasers]}
              - name: production
                namespaces: [shop]
                promoters: {serviceAccounts: [{namespace: ci, name: deploy.bot}]}
            """;

    private static final String RELEASE = """
            apiVersion: interlock.dev/v1alpha1
            kind: FeedbackRelease
            metadata: {name: api-release}
            spec: {policy: api-full, check: stable, service: checkout, requester: admin, reason: "the cause is mended: a pipeline"}
            """;

    private static final String DRIFT = """
            apiVersion: interlock.dev/v1alpha1
            kind: DriftEvent
            metadata: {name: api-drift, namespace: api}
            spec:
              drift: Drifted
              subject: {apiVersion: apps/v1, kind: Deployment, name: checkout, uid: uid-1, subresource: ""}
              cause: Edit
              stage: api
              service: checkout
              owner: {team: payments}
              path: checkout
              paths: /spec/template/spec/containers/0/image
              differences:
              - {path: /spec/template/spec/containers/0/image, approved: a, observed: b, manager: kubectl-edit}
              differencesOmitted: 0
              manager: kubectl-edit
              requester: tenant
              onset: "2026-11-25T10:00:00Z"
              continues: drift-0
              approvedDigest: aa
              observedDigest: bb
              approvedEntry: entry-1
              observedEntry: entry-2
              gap: gap-1
              cluster: cluster-1
              origin: origin-1
            """;

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
                        "set one of: expression, images, ownership, podSecurity, stability"),
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
                        "check of an unknown kind",
                        "registries: [registry.example.com/]}",
                        "registries: [registry.example.com/]}\n    vibes: good",
                        "unknown field \"spec.checks[0].vibes\""),
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

    /// What the schema cannot say, Interlock's own webhook does: with the check, the line and the column.
    static Stream<Arguments> invalidExpressions() {
        return Stream.of(
                expression("beside another kind", "expression: 'true'\n    ownership: {}", "set one of: expression"),
                expression("none, with a message", "ownership: {}\n    message: m", "go with an expression"),
                expression("too long", "expression: '" + "!".repeat(8193) + "'", "checks[0].expression: Too long"),
                expression(
                        "of a megabyte",
                        "expression: '" + "!".repeat(1_200_000) + "'",
                        "checks[0].expression: Too long"),
                expression(
                        "of two megabytes", "expression: '" + "!".repeat(2_000_000) + "'", "Request entity too large"),
                expression("that breaks off", "expression: '1 +'", "check `one`: expression: line 1, column 4: "),
                expression(
                        "of an unknown variable",
                        "expression: |-\n      true &&\n      authorizer != null",
                        "check `one`: expression: line 2, column 1: undeclared reference to 'authorizer'"),
                expression(
                        "of an unknown field of the request",
                        "expression: request.user == 'jane'",
                        "check `one`: expression: line 1, column 8: undefined field 'user'"),
                expression(
                        "that gives no boolean",
                        "expression: object.spec",
                        "check `one`: expression: it gives a dyn and must give a bool"),
                expression(
                        "with a bad pattern",
                        "expression: \"'a'.matches('(')\"",
                        "check `one`: expression: line 1, column 13: "),
                expression(
                        "with a pattern over the limit",
                        "expression: \"'a'.matches('((a{1,30}){1,30}){1,30}')\"",
                        "check `one`: expression: line 1, column 13: "),
                expression(
                        "whose message is no text",
                        "expression: 'true'\n    messageExpression: '1'",
                        "check `one`: messageExpression: it gives a int and must give a string"),
                expression(
                        "of an unknown variable of the policy",
                        "expression: variables.b\n  variables: [{name: a, expression: 'true'}]",
                        "check `one`: expression: line 1, column 10: undefined field 'b'"),
                expression(
                        "and a variable that uses a later one",
                        "expression: 'true'\n  variables: [{name: a, expression: variables.b}, {name: b, expression: '1'}]",
                        "variables `a`: line 1, column 1: undeclared reference to 'variables'"),
                expression(
                        "and a variable that no expression can name",
                        "expression: 'true'\n  variables: [{name: a-b, expression: '1'}]",
                        "has no hyphen"),
                expression(
                        "and the same variable twice",
                        "expression: 'true'\n  variables: [{name: a, expression: '1'}, {name: a, expression: '2'}]",
                        "Duplicate value"),
                invalid(
                        "condition that gives no boolean",
                        "{stages: [api]}",
                        "{stages: [api], conditions: [{name: c, expression: object.kind}]}",
                        "match.conditions `c`: it gives a dyn and must give a bool"),
                invalid(
                        "resource without its version",
                        "{stages: [api]}",
                        "{stages: [api], resources: [services]}",
                        "name workloads as kubectl does (pods, deployments.apps), any other resource with its version (services.v1"),
                invalid(
                        "workload with a version",
                        "{stages: [api]}",
                        "{stages: [api], resources: [deployments.v1.apps]}",
                        "match.resources: `deployments.v1.apps` is a workload; write `deployments.apps`"),
                invalid(
                        "resource of Interlock's own",
                        "{stages: [api]}",
                        "{stages: [api], resources: [promotionpolicies.v1alpha1.interlock.dev]}",
                        "cannot be governed: Interlock's own objects are not governed"),
                invalid(
                        "resource that components hold their turn by",
                        "{stages: [api]}",
                        "{stages: [api], resources: [leases.v1.coordination.k8s.io]}",
                        "cannot be governed: components hold their turn by it"),
                invalid(
                        "subresource",
                        "{stages: [api]}",
                        "{stages: [api], resources: [pods/exec]}",
                        "match.resources[0]"),
                invalid(
                        "operation that is never asked about",
                        "{stages: [api]}",
                        "{stages: [api], operations: [DELETE]}",
                        "match.operations[0]: Unsupported value"));
    }

    /// Under a name that nothing is stored by: a patch of two megabytes is too large in another way.
    private static Arguments expression(String what, String check, String message) {
        String policy = Manifests.policy("api-expression", "api", "Enforce");
        return Arguments.of(
                "expression " + what,
                policy.substring(0, policy.indexOf("  checks:")) + "  checks:\n  - id: one\n    " + check + "\n",
                message);
    }

    private static Arguments invalid(String what, String part, String otherwise, String message) {
        return invalid(VALID, what, part, otherwise, message);
    }

    private static Arguments invalid(String valid, String what, String part, String otherwise, String message) {
        assertThat(valid).contains(part);
        return Arguments.of(what, valid.replace(part, otherwise), message);
    }

    static Stream<Arguments> invalidKindsOfChecks() {
        String stability = "stability: {maxOpenDrift: 5}";
        String rate = "maxDrift: {count: 3, within: 7d}";
        return Stream.of(
                full(
                        "check of two kinds",
                        "ownership: {}",
                        "ownership: {}\n    images: {digest: Required}",
                        "set one of: expression, images, ownership, podSecurity, stability"),
                full(
                        "ownership with a field",
                        "ownership: {}",
                        "ownership: {team: a}",
                        "unknown field \"spec.checks[1].ownership.team\""),
                full(
                        "a tag that is none",
                        "deniedTags: [latest, edge]",
                        "deniedTags: [\"*\"]",
                        "images.deniedTags[0]: Invalid value"),
                full(
                        "the same tag twice",
                        "deniedTags: [latest, edge]",
                        "deniedTags: [latest, latest]",
                        "Duplicate value"),
                full(
                        "tags that digest: Required denies already",
                        "{digest: Optional, deniedTags: [latest, edge]}",
                        "{digest: Required, deniedTags: [latest]}",
                        "deniedTags would deny nothing"),
                full("a level that there is none of", "level: restricted", "level: privileged", "podSecurity.level"),
                full("no level", "level: restricted, version: v1.31", "version: v1.31", "podSecurity.level"),
                full("a version that is none", "version: v1.31", "version: \"1.31\"", "podSecurity.version"),
                full("a version with a patch", "version: v1.31", "version: v1.31.4", "podSecurity.version"),
                full(
                        "podSecurity with an unknown field",
                        "version: v1.31",
                        "version: v1.31, warn: true",
                        "unknown field \"spec.checks[6].podSecurity.warn\""),
                full("ownership that is no object", "ownership: {}", "ownership: true", "spec.checks[1].ownership"),
                full("stability of nothing", stability, "stability: {}", "at least one of maxOpenDrift, maxDrift"),
                full("a negative limit", stability, "stability: {maxOpenDrift: -1}", "stability.maxOpenDrift"),
                full("a limit over a thousand", stability, "stability: {maxOpenDrift: 1001}", "stability.maxOpenDrift"),
                full("a limit that is no number", stability, "stability: {maxOpenDrift: few}", "maxOpenDrift"),
                full("a rate without a time", rate, "maxDrift: {count: 3}", "maxDrift.within: Required value"),
                full("a time that is none", rate, "maxDrift: {count: 3, within: 7w}", "maxDrift.within"),
                full("no time", rate, "maxDrift: {count: 3, within: 0s}", "maxDrift.within"),
                full(
                        "a time beyond the ledger",
                        rate,
                        "maxDrift: {count: 3, within: 401d}",
                        "within: longer than 400d"));
    }

    private static Arguments full(String what, String part, String otherwise, String message) {
        return invalid(FULL, what, part, otherwise, message);
    }

    static Stream<Arguments> invalidFeedback() {
        String raise = "{check: images-pinned, mode: Enforce}";
        String lower = "{check: stable, set: {maxOpenDrift: 1, maxDrift: 0}}";
        String watch = "violations: {check: images-pinned, count: 5, within: 400d}";
        return Stream.of(
                full(
                        "feedback on an unknown check",
                        raise,
                        "{check: images-pined, mode: Enforce}",
                        "feedback.tighten.check names a check that this policy does not have: images-pined; name one"),
                full(
                        "feedback from an unknown check",
                        watch,
                        "violations: {check: images-pined, count: 5, within: 1d}",
                        "feedback.when.violations.check names a check that this policy does not have: images-pined"),
                full(
                        "feedback that raises from Audit",
                        raise,
                        "{check: owner-known, mode: Enforce}",
                        "never raises a check from Audit: owner-known; declare Warn for the check first"),
                full(
                        "feedback that raises what a policy in Audit has",
                        "mode: Warn",
                        "mode: Audit",
                        "never raises a check from Audit: images-pinned"),
                full(
                        "feedback that raises from Enforce",
                        raise,
                        "{check: pinned-hard, mode: Enforce}",
                        "in Enforce already, so nothing would be tightened: pinned-hard"),
                full(
                        "feedback that raises what a policy in Enforce has",
                        "mode: Warn",
                        "mode: Enforce",
                        "in Enforce already, so nothing would be tightened: images-pinned"),
                full("feedback to Warn", raise, "{check: images-pinned, mode: Warn}", "from Warn to Enforce only"),
                full("feedback to nothing", raise, "{check: images-pinned}", "set one of: mode, set"),
                full(
                        "feedback to two things",
                        lower,
                        "{check: calm, mode: Enforce, set: {maxOpenDrift: 1}}",
                        "set one of: mode, set"),
                full(
                        "thresholds of a check that has none",
                        lower,
                        "{check: pinned-hard, set: {maxOpenDrift: 1}}",
                        "not of kind stability and has no thresholds: pinned-hard"),
                full(
                        "thresholds of a check in Audit",
                        "    stability: {maxOpenDrift: 2",
                        "    mode: Audit\n    stability: {maxOpenDrift: 2",
                        "never tightens a check in Audit: stable"),
                full(
                        "a threshold that is not declared",
                        lower,
                        "{check: calm, set: {maxDrift: 1}}",
                        "the threshold is not declared by the check: calm"),
                full(
                        "a threshold that loosens",
                        lower,
                        "{check: stable, set: {maxOpenDrift: 3}}",
                        "would loosen, or change nothing: stable; set a value below the declared one"),
                full(
                        "a threshold that changes nothing",
                        lower,
                        "{check: stable, set: {maxOpenDrift: 2}}",
                        "would loosen, or change nothing: stable"),
                full(
                        "a rate that loosens, beside one that tightens",
                        lower,
                        "{check: stable, set: {maxOpenDrift: 1, maxDrift: 4}}",
                        "would loosen, or change nothing: stable"),
                full("no threshold", lower, "{check: stable, set: {}}", "nothing would be tightened"),
                full(
                        "an unknown threshold",
                        lower,
                        "{check: stable, set: {critical: 0}}",
                        "unknown field \"spec.feedback[1].tighten.set.critical\""),
                full("no hold", "    hold: 90s\n", "", "spec.feedback[0].hold: Required value"),
                full("a hold that is no time", "hold: 90s", "hold: 1.5h", "spec.feedback[0].hold"),
                full("a hold of no time", "hold: 90s", "hold: 0d", "spec.feedback[0].hold"),
                full("a hold beyond the ledger", "hold: 90s", "hold: 9601h", "hold: longer than 400d"),
                full("a window beyond the ledger", "within: 400d", "within: 99999d", "within: longer than 400d"),
                full("drifts in a window beyond the ledger", "within: 1h", "within: 401d", "within: longer than 400d"),
                full("no count", "{count: 3, within: 1h}", "{count: 0, within: 1h}", "when.drift.count"),
                full(
                        "feedback on nothing",
                        "when: {drift: {count: 3, within: 1h}}",
                        "when: {}",
                        "set one of: drift, viol"),
                full(
                        "feedback on two things",
                        watch,
                        watch + ", drift: {count: 1, within: 1h}",
                        "set one of: drift, violations"),
                full("an unknown scope", "scope: Policy", "scope: Cluster", "scope: Unsupported value"));
    }

    static Stream<Arguments> invalidPointers() {
        return Stream.concat(
                Stream.of("metadata/labels/x", "/metadata/a~2b", "/metadata/a~", "''", "$.spec", "/" + "x".repeat(512))
                        .map(pointer -> pointer(pointer, "spec.drift.ignore[0]")),
                Stream.of(
                                "/spec",
                                "/spec/template",
                                "/spec/template/spec",
                                "/spec/template/spec/containers",
                                "/spec/template/spec/containers/0",
                                "/spec/template/spec/containers/0/image",
                                "/spec/template/spec/initContainers/1/image",
                                "/spec/template/spec/ephemeralContainers",
                                "/spec/template/spec/volumes",
                                "/spec/template/spec/volumes/0/image",
                                "/spec/template/spec/volumes/0/image/reference",
                                "/spec/containers/0/image",
                                "/spec/ephemeralContainers/0",
                                "/spec/jobTemplate",
                                "/spec/jobTemplate/spec",
                                "/spec/jobTemplate/spec/template",
                                "/spec/jobTemplate/spec/template/spec",
                                "/spec/jobTemplate/spec/template/spec/containers/0/image")
                        .map(pointer -> pointer(pointer, pointer + " would hide the images of the pod spec")));
    }

    private static Arguments pointer(String pointer, String message) {
        return full("pointer " + pointer, "[/metadata/labels/x]", "[%s]".formatted(pointer), message);
    }

    static Stream<Arguments> invalidPaths() {
        String accounts = "{serviceAccounts: [{namespace: ci, name: deploy.bot}]}";
        return Stream.of(
                path("no service", "  service: checkout\n", "", "spec.service: Required value"),
                path("a service that is no label", "service: checkout", "service: Check_out", "spec.service"),
                path("no owner", "team: payments, ", "", "spec.owner.team: Required value"),
                path("an escalation of two lines", "#payments-leads", "a\\nb", "spec.owner.escalation"),
                path(
                        "no workloads",
                        PATH.substring(PATH.indexOf("  workloads"), PATH.indexOf("  stages")),
                        "",
                        "spec.workloads: Required value"),
                path("a selector without values", ", values: [db]", "", "In and NotIn need values"),
                path("no stages", PATH.substring(PATH.indexOf("  stages")), "  stages: []\n", "spec.stages"),
                path(
                        "a stage twice",
                        "name: production",
                        "name: staging",
                        "stages: a stage is there twice; give each stage one entry with all of its namespaces"),
                path(
                        "a namespace in two stages",
                        "[shop]",
                        "[shop, shop-qa]",
                        "stages: a namespace is in two stages, so it could not be told who promotes into it; leave it"),
                path(
                        "a namespace twice in a stage",
                        "[shop]",
                        "[shop, shop]",
                        "namespaces: a namespace is there twice; name each once"),
                path("a stage of no namespace", "[shop]", "[]", "spec.stages[1].namespaces"),
                path("a namespace that is none", "[shop]", "[\"*\"]", "spec.stages[1].namespaces[0]"),
                path("a stage that no label can have", "production", "\"a b\"", "spec.stages[1].name"),
                path(
                        "a stage that nobody promotes into",
                        accounts,
                        "{}",
                        "name at least one of users, groups, service"),
                path("an empty list of users", accounts, "{users: []}", "promoters.users"),
                path("a promoter without a name", accounts, "{users: [\"\"]}", "promoters.users[0]"),
                path(
                        "an account without its namespace",
                        accounts,
                        "{serviceAccounts: [{name: bot}]}",
                        "serviceAccounts[0].namespace: Required value"));
    }

    private static Arguments path(String what, String part, String otherwise, String message) {
        return invalid(PATH, what, part, otherwise, message);
    }

    static Stream<Arguments> invalidReleases() {
        return Stream.of(
                release("no policy", "policy: api-full, ", "", "spec.policy: Required value"),
                release("no check", "check: stable, ", "", "spec.check: Required value"),
                release("a check that is no id", "check: stable", "check: Stable", "spec.check"),
                release("nobody", "requester: admin, ", "", "spec.requester: Required value"),
                release("no reason", "\"the cause is mended: a pipeline\"", "\"\"", "spec.reason"),
                release(
                        "somebody else",
                        "requester: admin",
                        "requester: tenant",
                        "spec.requester of a feedback release is who creates it; set it to admin"));
    }

    private static Arguments release(String what, String part, String otherwise, String message) {
        return invalid(RELEASE, what, part, otherwise, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "invalidKindsOfChecks",
        "invalidExpressions",
        "invalidFeedback",
        "invalidPointers",
        "invalidPaths",
        "invalidReleases"
    })
    void invalidObjectIsRefusedByTheApiServerWithFieldAndReason(String what, String object, String message) {
        Kubectl.Result result = kubectl.apply(object, "--dry-run=server").refused();
        assertThat(result.err()).as(what).contains(message);
    }

    @Test
    void whatHasEverythingIsTakenAsItIs() {
        try {
            kubectl.apply(FULL + "---\n" + PATH + "---\n" + RELEASE).ok();
            assertThat(jsonPath("pp/api-full", "{.spec.checks[?(@.id=='owner-known')].ownership}"))
                    .isEqualTo("{}");
            assertThat(jsonPath("pp/api-full", "{.spec.feedback[*].scope}")).isEqualTo("Policy Service");
            assertThat(kubectl.run("get", "dpath").ok().out())
                    .containsPattern("NAME +SERVICE +OWNER +CONTACT +WORKLOADS +READY +AGE")
                    .containsPattern("api-path +checkout +payments +#payments-oncall ");
            assertThat(kubectl.run("get", "frel").ok().out())
                    .containsPattern("NAME +POLICY +CHECK +SERVICE +BY +REASON +AGE")
                    .containsPattern("api-release +api-full +stable +checkout +admin +the cause is mended");
            kubectl.apply(FULL + "---\n" + PATH + "---\n" + RELEASE).ok();
            assertThat(jsonPath("pp/api-full", "{.metadata.generation}"))
                    .as("the same once more is no other policy")
                    .isEqualTo("1");
            assertThat(kubectl.run(
                                    "patch",
                                    "frel",
                                    "api-release",
                                    "--type=merge",
                                    "-p",
                                    "{\"spec\":{\"reason\":\"b\"}}")
                            .refused()
                            .err())
                    .contains("its spec never changes");
        } finally {
            kubectl.run("delete", "pp/api-full", "dpath/api-path", "frel/api-release", "--ignore-not-found")
                    .ok();
        }
    }

    @Test
    void aPathMaySelectEveryWorkload() {
        kubectl.apply(PATH.replaceFirst("workloads: .*", "workloads: {}"), "--dry-run=server")
                .ok();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/spec/template/spec/containers/0/resources",
                "/spec/template/spec/containers/0/imagePullPolicy",
                "/spec/template/spec/volumes/0/configMap",
                "/spec/template/metadata/annotations/example.com~1injected",
                "/spec/jobTemplate/spec/backoffLimit",
                "/spec/template/spec/nodeSelector",
                "/metadata/labels"
            })
    void whatHidesNoImageMayBeIgnored(String pointer) {
        kubectl.apply(FULL.replace("/metadata/labels/x", pointer), "--dry-run=server")
                .ok();
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline", "restricted", "staged"})
    void policiesThatAreShippedAreTaken(String pack) {
        assertThat(kubectl.run("apply", "-k", "deploy/policies/" + pack, "--dry-run=server")
                        .ok()
                        .out())
                .contains("promotionpolicy.interlock.dev/");
    }

    /// The longest lists that the schema takes, within what the API server grants its rules.
    @Test
    void rulesAreWithinTheirBudgetForTheLargestPolicy() {
        String checks = IntStream.rangeClosed(8, 63)
                .mapToObj(
                        "  - {id: check-%1$d, stability: {maxOpenDrift: 5, maxDrift: {count: 5, within: 1d}}}\n"
                                ::formatted)
                .collect(Collectors.joining());
        String rules = IntStream.rangeClosed(3, 16)
                .mapToObj(
                        "  - {when: {violations: {check: check-9, count: 1, within: 1d}}, tighten: {check: check-5%1$d, set: {maxDrift: 4}}, hold: 1d}\n"
                                ::formatted)
                .map(rule -> rule.replaceFirst("check-5(\\d)\\d", "check-5$1"))
                .collect(Collectors.joining());
        kubectl.apply(FULL.replace("  drift: {", checks + "  drift: {") + rules, "--dry-run=server")
                .ok();
        String stages = IntStream.range(0, 16)
                .mapToObj(stage -> "  - {name: s%1$d, promoters: {users: [a]}, namespaces: [%2$s]}\n"
                        .formatted(
                                stage,
                                IntStream.range(0, 64)
                                        .mapToObj(one -> "n%d-%d-%s".formatted(stage, one, "x".repeat(40)))
                                        .collect(Collectors.joining(", "))))
                .collect(Collectors.joining());
        kubectl.apply(PATH.substring(0, PATH.indexOf("  - name: staging")) + stages, "--dry-run=server")
                .ok();
    }

    @Test
    void driftEventsAreWrittenByTheOperatorOnly() {
        Kubectl tenant = ControlPlane.shared().kubectl("tenant");
        kubectl.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: api-drift, namespace: api}
                rules: [{apiGroups: [interlock.dev], resources: [driftevents], verbs: [get, create, patch, delete]}]
                """).ok();
        kubectl.run("create", "rolebinding", "api-drift", "--role=api-drift", "--user=tenant", "-n", "api")
                .ok();
        List<String> asOperator = List.of("--as", OPERATOR, "--as-group=system:masters");
        try {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(tenant.run("auth", "can-i", "create", "driftevents", "-n", "api")
                                    .out())
                            .startsWith("yes"));
            for (Kubectl other : List.of(tenant, kubectl)) {
                assertThat(other.run(DRIFT, List.of("create", "-f", "-"))
                                .refused()
                                .err())
                        .contains("only the operator of Interlock writes driftevents");
            }
            kubectl.apply(DRIFT, asOperator.toArray(String[]::new)).ok();
            kubectl.run(
                            "patch",
                            "drift",
                            "api-drift",
                            "-n",
                            "api",
                            "--subresource=status",
                            "--type=merge",
                            "-p",
                            "{\"status\":{\"state\":\"Resolved\",\"how\":\"Restored\",\"resolvedAt\":\"2026-11-25T11:00:00Z\"}}",
                            "--as",
                            OPERATOR,
                            "--as-group=system:masters")
                    .ok();
            assertThat(tenant.run("delete", "drift", "api-drift", "-n", "api")
                            .refused()
                            .err())
                    .contains("only the operator of Interlock writes driftevents");
            assertThat(kubectl.run(
                                    "get",
                                    "drift",
                                    "-n",
                                    "api",
                                    "--field-selector",
                                    "status.state=Resolved,spec.drift=Drifted,spec.stage=api,spec.service=checkout,"
                                            + "spec.subject.kind=Deployment,spec.subject.name=checkout")
                            .ok()
                            .out())
                    .containsPattern("NAME +STATE +CLASS +KIND +OBJECT +STAGE +PATHS +MANAGER +BY +AGE")
                    .containsPattern(
                            "api-drift +Resolved +Drifted +Deployment +checkout +api +/spec/template/spec/containers/0/image +kubectl-edit +tenant ");
            assertThat(kubectl.run(
                                    "patch",
                                    "drift",
                                    "api-drift",
                                    "-n",
                                    "api",
                                    "--type=merge",
                                    "-p",
                                    "{\"spec\":{\"requester\":\"somebody\"}}",
                                    "--as",
                                    OPERATOR,
                                    "--as-group=system:masters")
                            .refused()
                            .err())
                    .contains("its spec never changes");
            for (String wrong : List.of("drift: Drifted", "cause: Edit")) {
                assertThat(kubectl.apply(
                                        DRIFT.replace(wrong, wrong + "s").replace("name: api-drift", "name: api-wrong"),
                                        asOperator.toArray(String[]::new))
                                .refused()
                                .err())
                        .contains("spec." + wrong.substring(0, wrong.indexOf(':')));
            }
        } finally {
            kubectl.run("delete", "rolebinding,role", "api-drift", "-n", "api").ok();
            kubectl.run(
                            "delete",
                            "drift",
                            "api-drift",
                            "-n",
                            "api",
                            "--ignore-not-found",
                            "--as",
                            OPERATOR,
                            "--as-group=system:masters")
                    .ok();
        }
    }

    /// Neither by right nor in another's name.
    @Test
    void feedbackIsReleasedOnlyByWhoMayAndInTheirOwnName() {
        Kubectl tenant = ControlPlane.shared().kubectl("tenant");
        String own = RELEASE.replace("requester: admin", "requester: tenant");
        assertThat(tenant.run(own, List.of("create", "--dry-run=server", "-f", "-"))
                        .refused()
                        .err())
                .contains("cannot create resource \"feedbackreleases\"");
        kubectl.run(
                        "create",
                        "clusterrolebinding",
                        "api-releases",
                        "--clusterrole=interlock-policy-admin",
                        "--user=tenant")
                .ok();
        try {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> tenant.run(own, List.of("create", "--dry-run=server", "-f", "-"))
                            .ok());
            assertThat(tenant.run(RELEASE, List.of("create", "--dry-run=server", "-f", "-"))
                            .refused()
                            .err())
                    .contains("spec.requester of a feedback release is who creates it; set it to tenant");
            tenant.apply(FULL + "---\n" + PATH, "--dry-run=server").ok();
        } finally {
            kubectl.run("delete", "clusterrolebinding", "api-releases").ok();
        }
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
        for (String kind :
                List.of("promotionpolicy", "deliverypath", "feedbackrelease", "decisionrecord", "driftevent")) {
            String explained = kubectl.run("explain", kind, "--recursive").ok().out();
            assertThat(explained).contains("FIELDS:");
            assertThat(kubectl.run("explain", kind + ".spec").ok().out()).doesNotContain("<no description>");
        }
    }

    @Test
    void everyKindHasAShortNameAndIsInTheCategory() {
        String resources = kubectl.run("api-resources", "--api-group=interlock.dev", "-o", "wide")
                .ok()
                .out();
        assertThat(resources)
                .containsPattern("decisionrecords +decrec .*interlock")
                .containsPattern("deliverypaths +dpath .*interlock")
                .containsPattern("driftevents +drift .*interlock")
                .containsPattern("feedbackreleases +frel .*interlock")
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

    private static String typed(String field) {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: api-typed}
                spec:
                  owner: {team: platform}
                  match: {stages: [api-typed], resources: [deployments.apps, statefulsets.apps]}
                  checks:
                  - id: scaled
                    expression: |-
                      oldObject == null ||
                      object.spec.%s == 1
                """.formatted(field);
    }

    @Test
    void whatDoesNotFitTheSchemasOfTheApiServerIsAWarningAndInTheStatus() {
        String problem =
                "check `scaled`: expression: line 2, column 12: undefined field 'replica', in Deployment, StatefulSet";
        try {
            // At first the webhook may still be reading them, and keeps nobody waiting.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(kubectl.apply(typed("replica"), "--dry-run=server")
                                    .ok()
                                    .err())
                            .contains("Warning: [api-typed] " + problem));
            assertThat(kubectl.apply(typed("replica")).ok().err()).contains("Warning: [api-typed] " + problem);
            kubectl.run("wait", "--for=condition=ExpressionsTyped=False", "pp/api-typed", "--timeout=30s")
                    .ok();
            assertThat(jsonPath("pp/api-typed", "{.status.conditions[?(@.type=='ExpressionsTyped')].message}"))
                    .isEqualTo("type problems (1), which change no decision: " + problem);
            kubectl.run("wait", "--for=condition=Ready", "pp/api-typed", "--timeout=30s")
                    .ok();
            assertThat(kubectl.apply(typed("replicas")).ok().err()).doesNotContain("Warning");
            kubectl.run("wait", "--for=condition=ExpressionsTyped", "pp/api-typed", "--timeout=30s")
                    .ok();
        } finally {
            kubectl.run("delete", "pp", "api-typed", "--ignore-not-found").ok();
        }
    }

    /// No right of ours says so: every account may, by the role `system:discovery`.
    @ParameterizedTest
    @ValueSource(strings = {"interlock", "interlock-webhook", "interlock-operator"})
    void schemasAreReadableByEveryAccount(String account) {
        kubectl.run(
                        "auth",
                        "can-i",
                        "get",
                        "/openapi/v3/apis/apps/v1",
                        "--as=system:serviceaccount:interlock-system:" + account)
                .ok();
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
                .containsExactly("NAME", "MODE", "READY", "MATCHED", "DENIED-24H", "WOULD-DENY", "DRIFT", "AGE");
        assertThat(policies).containsPattern("api-valid +Enforce +True +");
        assertThat(kubectl.run("get", "pp", "-o", "wide")
                        .ok()
                        .out()
                        .lines()
                        .findFirst()
                        .orElse("")
                        .split(" +"))
                .contains("STAGES", "NAMESPACES", "TIGHTENED", "MESSAGE");
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
                                OPERATOR,
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
