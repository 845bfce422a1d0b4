package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// `interlock test`, which needs no cluster.
final class CasesTest {
    private static final String POLICY = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: production}
            spec:
              owner: {team: platform, contact: "#platform"}
              match: {stages: [production], namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}
              mode: Enforce
              onUndecided: Deny
              checks:
              - {id: pinned, remedy: deploy what CI pushed, images: {digest: Required}}
              - {id: no-edge, mode: Audit, images: {digest: Optional, deniedTags: [edge]}}
              - {id: calm, stability: {maxOpenDrift: 0, maxDrift: {count: 1, within: 1h}}}
            ---
            apiVersion: interlock.dev/v1alpha1
            kind: DeliveryPath
            metadata: {name: checkout}
            spec:
              service: checkout
              owner: {team: payments}
              workloads: {matchLabels: {app: checkout}}
              stages: [{name: production, namespaces: [shop], promoters: {users: [ci], groups: [releasers]}}]
            """;
    private static final String HEAD = """
            apiVersion: test.interlock.dev/v1alpha1
            kind: PolicyTest
            policies: [policy.yaml]
            namespace: shop
            evidence: {stage: production}
            cases:
            """;
    private static final String GOOD = "nginx@sha256:" + "a".repeat(64);
    private static final String OTHER = "nginx@sha256:" + "b".repeat(64);

    @TempDir
    private Path directory;

    @BeforeEach
    void policy() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), POLICY);
        for (String image : List.of(GOOD, OTHER, "nginx:edge", "nginx:1")) {
            Files.writeString(directory.resolve(file(image)), pod(image));
        }
    }

    private static String pod(String image) {
        return "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: checkout}}, spec: {containers: [{name: app, image: \"%s\"}]}}"
                .formatted(image);
    }

    private static String file(String image) {
        return image.equals(GOOD)
                ? "good.yaml"
                : image.equals(OTHER) ? "other.yaml" : image.replace(':', '-') + ".yaml";
    }

    private World.Ran run(String... arguments) {
        return World.run(
                World.NO_CLUSTER,
                Stream.concat(Stream.of("test"), Arrays.stream(arguments)).toArray(String[]::new));
    }

    private World.Ran cases(String text, String... more) throws IOException {
        Path file = Files.writeString(directory.resolve("cases.yaml"), text);
        return run(
                Stream.concat(Stream.of(file.toString()), Arrays.stream(more)).toArray(String[]::new));
    }

    private World.Ran one(String fields, String... more) throws IOException {
        return cases(HEAD + "- name: one\n  " + fields.strip().replace("\n", "\n  ") + "\n", more);
    }

    private static JsonNode json(World.Ran ran) throws IOException {
        return new ObjectMapper().readTree(ran.out());
    }

    @Test
    void aCaseThatIsNotAsExpectedIsSaidWithItsPlaceWhatWasExpectedAndWhatCame() throws IOException {
        World.Ran ran = cases(HEAD + """
                - {name: pinned, object: good.yaml, expect: {outcome: Allowed}}
                - name: by a tag
                  object: nginx-edge.yaml
                  expect: {outcome: Allowed, reasons: [{check: no-edge}, {check: pinned, code: TagDenied}]}
                """);
        String file = directory.resolve("cases.yaml").toString();
        assertThat(ran.out()).isEqualTo("""
                Passed  %1$s:7  pinned
                Failed  %1$s:8  by a tag
                  outcome: expected Allowed, got Denied
                  reason: expected {check: pinned, code: TagDenied}, got none such
                  reason: expected none such, got {policy: production, check: pinned, code: DigestMissing, path: spec.containers[0].image, effect: Denies}: container app: image `nginx:edge` has no digest; pin it as `docker.io/library/nginx@sha256:…`; deploy what CI pushed (ask platform, #platform)
                2 cases: 1 failed, 1 passed
                """.formatted(file));
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isEqualTo(1);
    }

    static List<Arguments> asked() {
        return List.of(
                // reasons: each that is found is named, and each that is named is found
                row(true, "object: nginx-edge.yaml", "outcome: Denied"),
                row(true, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{check: no-edge}, {check: pinned}]"),
                row(true, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{policy: production}]"),
                row(true, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{}]"),
                row(
                        true,
                        "object: nginx-edge.yaml",
                        "outcome: Denied, reasons: [{policy: production, check: pinned, code: DigestMissing, path: \"spec.containers[0].image\", effect: Denies}, {code: TagDenied, effect: Recorded}]"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{check: pinned}]"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: []"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{}, {policy: other}]"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{}, {check: other}]"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{}, {code: Other}]"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{}, {path: spec}]"),
                row(false, "object: nginx-edge.yaml", "outcome: Denied, reasons: [{}, {effect: Warns}]"),
                row(true, "object: good.yaml", "outcome: Allowed, reasons: []"),
                row(false, "object: good.yaml", "outcome: Allowed, reasons: [{}]"),
                row(false, "object: good.yaml", "outcome: Warned"),
                // an update
                row(true, "object: good.yaml\noldObject: good.yaml", "outcome: Unchanged"),
                row(false, "object: good.yaml\noldObject: good.yaml", "outcome: Allowed"),
                row(true, "object: good.yaml\noldObject: other.yaml", "outcome: Allowed"),
                row(true, "object: nginx-1.yaml\noldObject: nginx-edge.yaml", "outcome: Denied"),
                // which policies guard it
                row(true, "object: good.yaml", "outcome: Allowed, policies: [production]"),
                row(false, "object: good.yaml", "outcome: Allowed, policies: []"),
                row(false, "object: good.yaml\nnamespace: elsewhere", "outcome: Allowed"),
                row(true, "object: good.yaml\nnamespace: elsewhere", "outcome: Allowed, policies: []"),
                row(false, "object: good.yaml\nevidence: {stage: staging}", "outcome: Allowed"),
                row(
                        true,
                        "object: nginx-1.yaml\nevidence: {stage: staging, namespaceLabels: {interlock.dev/stage: production}}",
                        "outcome: Allowed, policies: []"),
                row(
                        true,
                        "object: nginx-1.yaml\nnamespace: other\nevidence: {namespaceLabels: {kubernetes.io/metadata.name: shop}}",
                        "outcome: Denied"),
                // who asks
                row(true, "object: good.yaml\nuser: {username: ci}", "outcome: Allowed, approves: true"),
                row(
                        true,
                        "object: good.yaml\nuser: {username: jane, groups: [releasers]}",
                        "outcome: Allowed, approves: true"),
                row(true, "object: good.yaml\nuser: {username: jane}", "outcome: Allowed, approves: false"),
                row(false, "object: good.yaml\nuser: {username: jane}", "outcome: Allowed, approves: true"),
                row(true, "object: nginx-1.yaml\nuser: {username: ci}", "outcome: Denied, approves: false"),
                row(
                        true,
                        "object: good.yaml\noldObject: good.yaml\nuser: {username: ci}",
                        "outcome: Allowed, approves: true"),
                row(
                        true,
                        "object: good.yaml\noldObject: good.yaml\nuser: {username: ci}\nevidence: {approved: [good.yaml]}",
                        "outcome: Unchanged, approves: false"),
                // drift, and the time of it
                row(
                        true,
                        "object: good.yaml\nevidence: {drift: [{service: checkout, since: 2025-12-31T00:00:00Z}]}",
                        "outcome: Denied, reasons: [{check: calm, code: OpenDrift}]"),
                row(
                        true,
                        "object: good.yaml\nevidence: {drift: [{service: checkout, since: 2025-12-31T00:00:00Z, open: false}]}",
                        "outcome: Allowed"),
                row(
                        true,
                        "object: good.yaml\nevidence: {drift: [{service: other, since: 2025-12-31T00:00:00Z}]}",
                        "outcome: Allowed"),
                row(
                        true,
                        "object: good.yaml\nevidence: {at: 2026-06-01T12:00:00Z, drift: " + TWICE + "}",
                        "outcome: Denied, reasons: [{code: DriftFrequent}]"),
                row(
                        true,
                        "object: good.yaml\nevidence: {at: 2026-06-01T13:00:00Z, drift: " + TWICE + "}",
                        "outcome: Allowed"),
                row(
                        true,
                        "object: good.yaml\nevidence: {at: 2026-06-01T12:00:00Z, drift: "
                                + TWICE.replace("11:40:00Z,", "11:40:00Z, continues: true,") + "}",
                        "outcome: Allowed"),
                // what was approved before may be gone back to (law 10)
                row(
                        true,
                        "object: good.yaml\noldObject: other.yaml\nevidence: {drift: [{service: checkout, since: 2025-12-31T00:00:00Z}]}",
                        "outcome: Denied"),
                row(
                        true,
                        "object: good.yaml\noldObject: other.yaml\nevidence: {approved: [good.yaml], drift: [{service: checkout, since: 2025-12-31T00:00:00Z}]}",
                        "outcome: Warned, reasons: [{check: calm, effect: Warns}]"));
    }

    private static final String TWICE =
            "[{service: checkout, since: 2026-06-01T11:30:00Z, open: false}, {service: checkout, since: 2026-06-01T11:40:00Z, open: false}]";

    private static Arguments row(boolean passes, String asked, String expected) {
        return Arguments.of(passes, asked, expected);
    }

    @ParameterizedTest
    @MethodSource("asked")
    void aCasePassesExactlyWhereWhatComesIsWhatItSays(boolean passes, String asked, String expected)
            throws IOException {
        World.Ran ran = one(asked + "\nexpect: {%s}".formatted(expected));
        assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(passes ? 0 : 1);
    }

    private static String review(String operation, String object, String old, String user) {
        return """
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
                 "uid": "u1", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "name": "p", "namespace": "shop",
                 "operation": "%s", "userInfo": {"username": "%s", "groups": ["system:authenticated"]}, "dryRun": false,
                 "object": %s, "oldObject": %s, "options": null}}
                """.formatted(operation, user, json(object), json(old));
    }

    private static String json(String image) {
        return image.equals("null") ? "null" : """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "shop", "labels": {"app": "checkout"}},
                 "spec": {"containers": [{"name": "app", "image": "%s"}]}}""".formatted(image);
    }

    static List<Arguments> reviews() {
        return List.of(
                Arguments.of(
                        review("CREATE", "nginx:1", "null", "ci"), "outcome: Denied, reasons: [{code: DigestMissing}]"),
                Arguments.of(review("CREATE", GOOD, "null", "ci"), "outcome: Allowed, approves: true"),
                Arguments.of(review("CREATE", GOOD, "null", "jane"), "outcome: Allowed, approves: false"),
                Arguments.of(
                        review("CREATE", GOOD, "null", "ci").replace("\"dryRun\": false", "\"dryRun\": true"),
                        "outcome: Allowed, approves: false"),
                Arguments.of(review("UPDATE", "nginx:1", "nginx:1", "jane"), "outcome: Unchanged"),
                Arguments.of(review("UPDATE", "nginx:1", GOOD, "jane"), "outcome: Denied"));
    }

    @ParameterizedTest
    @MethodSource("reviews")
    void anAdmissionReviewSaysByItselfWhatIsAskedAndWhoAsks(String review, String expected) throws IOException {
        Files.writeString(directory.resolve("review.json"), review);
        World.Ran ran = one("object: review.json\nexpect: {%s}".formatted(expected));
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        World.Ran inline = one("object: %s\nexpect: {%s}".formatted(review.replace("\n", " "), expected));
        assertThat(inline.exit()).as(inline.out() + inline.err()).isZero();
    }

    /// As the webhook reads it: by the namespace and the resource of the request, whole objects only.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v1 | Service | services | shop | '' | Denied",
                "example.com/v1 | Odd | oddities | shop | '' | Denied",
                "v1 | Namespace | namespaces | checkout | '' | Undecided",
                "v1 | ConfigMap | configmaps | shop | '' | NotGoverned",
                "v1 | Service | services | shop | status | the gate is asked about `status` of workloads only",
            })
    void aReviewOfWhatRunsNothingIsReadAsTheWebhookReadsIt(
            String apiVersion, String kind, String resource, String namespace, String subresource, String expected)
            throws IOException {
        Files.writeString(directory.resolve("others.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: others}
                spec:
                  owner: {team: platform}
                  match: {namespaceSelector: {}, resources: [services.v1, oddities.v1.example.com, namespaces.v1]}
                  onUndecided: Deny
                  checks: [{id: shop, expression: "request.namespace != 'shop' && object.no.such.field"}]
                """);
        Files.writeString(directory.resolve("others-test.yaml"), """
                apiVersion: test.interlock.dev/v1alpha1
                kind: PolicyTest
                policies: [others.yaml]
                cases:
                - name: review
                  object:
                    apiVersion: admission.k8s.io/v1
                    kind: AdmissionReview
                    request:
                      operation: CREATE
                      namespace: %s
                      subResource: "%s"
                      resource: {group: any, version: any, resource: %s}
                      object: {apiVersion: %s, kind: %s, metadata: {name: checkout}}
                  expect: {outcome: %s}
                """.formatted(
                namespace, subresource, resource, apiVersion, kind, subresource.isEmpty() ? expected : "Denied"));
        World.Ran ran = World.run(
                World.NO_CLUSTER, "test", directory.resolve("others-test.yaml").toString());
        assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(subresource.isEmpty() ? 0 : 2);
        assertThat(ran.err()).contains(subresource.isEmpty() ? "" : expected);
    }

    static List<Arguments> wrong() {
        String good = "object: good.yaml\n";
        String allowed = good + "expect: {outcome: Allowed}\n";
        return List.of(
                wrong(
                        9,
                        "there is no field `cases[0].expects`; there are: evidence, expect, name, namespace, object, oldObject, user",
                        good + "expects: {outcome: Allowed}"),
                wrong(
                        9,
                        "there is no field `cases[0].expect.reason`; there are: approves, outcome, policies, reasons",
                        good + "expect: {outcome: Denied, reason: []}"),
                wrong(
                        9,
                        "there is no field `cases[0].expect.reasons[0].checks`",
                        good + "expect: {outcome: Denied, reasons: [{checks: a}]}"),
                wrong(10, "there is no field `cases[0].user.name`", allowed + "user: {name: ci}"),
                wrong(10, "there is no field `cases[0].evidence.labels`", allowed + "evidence: {labels: {}}"),
                wrong(
                        10,
                        "there is no field `cases[0].evidence.drift[0].opened`",
                        allowed + "evidence: {drift: [{service: a, opened: true}]}"),
                wrong(
                        10,
                        "`cases[0].evidence.drift[0].since` is missing",
                        allowed + "evidence: {drift: [{service: a}]}"),
                wrong(
                        10,
                        "`cases[0].evidence.at` is no time; write it as 2026-01-01T00:00:00Z",
                        allowed + "evidence: {at: yesterday}"),
                wrong(10, "`approved` must be a list", allowed + "evidence: {approved: good.yaml}"),
                wrong(10, "`stage` must be a string", allowed + "evidence: {stage: 7}"),
                wrong(7, "`cases[0].expect` is missing", good),
                wrong(7, "`cases[0].object` is missing", "expect: {outcome: Allowed}"),
                wrong(9, "`cases[0].expect.outcome` is missing", good + "expect: {}"),
                wrong(
                        9,
                        "`allowed` is no outcome; there are: Allowed, Warned, Denied, Undecided, Unchanged",
                        good + "expect: {outcome: allowed}"),
                wrong(
                        8,
                        "`cases[0].object` must be an object, or the file of one",
                        "object: [good.yaml]\nexpect: {outcome: Allowed}"),
                wrong(
                        8,
                        "`cases[0].object` must name one object, and names 2",
                        "object: policy.yaml\nexpect: {outcome: Allowed}"),
                wrong(
                        8,
                        "the gate is not asked about ConfigMap of v1",
                        "object: {apiVersion: v1, kind: ConfigMap}\nexpect: {outcome: Allowed}"),
                wrong(
                        8,
                        "`spec` must be an object in this Pod",
                        "object: {apiVersion: v1, kind: Pod, spec: []}\nexpect: {outcome: Allowed}"),
                wrong(
                        8,
                        "the gate is asked about CREATE and UPDATE only, not about DELETE",
                        "object: {apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {operation: DELETE}}\nexpect: {outcome: Allowed}"),
                wrong(
                        8,
                        "the AdmissionReview has no `request`",
                        "object: {apiVersion: admission.k8s.io/v1, kind: AdmissionReview}\nexpect: {outcome: Allowed}"),
                wrong(
                        8,
                        "the AdmissionReview has no `request.object`",
                        "object: {apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {operation: CREATE}}\nexpect: {outcome: Allowed}"),
                wrong(
                        10,
                        "the AdmissionReview says `user` already; take it out here",
                        "object: {apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {operation: CREATE}}\nexpect: {outcome: Allowed}\nuser: {username: ci}"));
    }

    private static Arguments wrong(int line, String said, String fields) {
        return Arguments.of(line, said, fields);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatCannotBeUsedInACaseIsRefusedWithItsLine(int line, String said, String fields) throws IOException {
        World.Ran ran = one(fields);
        assertThat(ran.err())
                .startsWith("interlock: %s:%d: ".formatted(directory.resolve("cases.yaml"), line))
                .contains(said);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(2);
    }

    static List<Arguments> wrongFiles() {
        String one = "cases: [{name: a, object: good.yaml, expect: {outcome: Allowed}}]";
        String head = "apiVersion: test.interlock.dev/v1alpha1\nkind: PolicyTest\n";
        return List.of(
                wrong(
                        4,
                        "there is no field `policy`; there are: apiVersion, cases, evidence, kind, namespace, policies, user",
                        head + one + "\npolicy: policy.yaml"),
                wrong(1, "`policies` names no PromotionPolicy; name the file of one", head + one),
                wrong(3, "`policies` names no PromotionPolicy", head + "policies: [good.yaml]\n" + one),
                wrong(
                        3,
                        "a case of this name is there already",
                        head + one.replace("]", ", {name: a}]") + "\npolicies: [policy.yaml]"),
                wrong(4, "`cases` has no case; write one", head + "policies: [policy.yaml]\ncases: []"),
                wrong(
                        1,
                        "a PolicyTest is read of apiVersion test.interlock.dev/v1alpha1 only",
                        "apiVersion: interlock.dev/v1\nkind: PolicyTest\npolicies: [policy.yaml]\n" + one));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void aFileOfCasesThatCannotBeUsedIsRefusedWithItsLine(int line, String said, String text) throws IOException {
        World.Ran ran = cases(text);
        assertThat(ran.err())
                .startsWith("interlock: %s:%d: ".formatted(directory.resolve("cases.yaml"), line))
                .contains(said);
        assertThat(ran.exit()).isEqualTo(2);
    }

    @Test
    void otherResourcesAreAskedAboutWhereAPolicyNamesThem() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: services}
                spec:
                  owner: {team: platform}
                  match: {stages: [production], resources: [services.v1]}
                  checks: [{id: closed, expression: object.spec.type != 'NodePort'}]
                """);
        Files.writeString(directory.resolve("cases.yaml"), HEAD + """
                - name: open
                  object: {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: NodePort}}
                  expect: {outcome: Denied, reasons: [{check: closed}]}
                - name: it was open before
                  object: {apiVersion: v1, kind: Service, metadata: {name: s, labels: {a: b}}, spec: {type: NodePort}}
                  oldObject: {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: NodePort}}
                  expect: {outcome: Warned}
                - name: in another stage nobody asks
                  evidence: {stage: staging}
                  object: {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: NodePort}}
                  expect: {outcome: NotGoverned}
                """);
        World.Ran ran = World.run(World.NO_CLUSTER, "test", directory.toString());
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("3 cases");
    }

    @Test
    void aRunOfNothingIsNotGreen() {
        World.Ran ran = run(directory.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualTo("interlock: there is no case in %s; write one in a document of kind PolicyTest\n"
                        .formatted(directory));
        assertThat(run(directory.resolve("nowhere").toString()).exit()).isEqualTo(2);
        assertThat(run().exit()).isEqualTo(2);
    }

    @Test
    void aFileThatIsNamedAndNotThereOrNoPolicyIsRefused() throws IOException {
        assertThat(one("object: gone.yaml\nexpect: {outcome: Allowed}").err())
                .isEqualTo("interlock: there is no file %s\n".formatted(directory.resolve("gone.yaml")));
        Files.writeString(directory.resolve("policy.yaml"), POLICY.replace("images: {digest: Required}", "imagse: {}"));
        World.Ran ran = one("object: good.yaml\nexpect: {outcome: Allowed}");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("policy.yaml:10: PromotionPolicy has no field `spec.checks[0].imagse`");
    }

    @Test
    void casesAreFoundBelowADirectoryAndWhatHoldsNoneIsNotRead() throws IOException {
        Files.writeString(directory.resolve("values.yaml"), "neither: [an object");
        Path deep = Files.createDirectories(directory.resolve("deep"));
        Files.writeString(
                deep.resolve("cases.yml"),
                HEAD.replace("policy.yaml", "../policy.yaml")
                        + "- {name: a, object: ../good.yaml, expect: {outcome: Allowed}}\n");
        Files.writeString(deep.resolve("cases.json"), """
                {"apiVersion": "test.interlock.dev/v1alpha1", "kind": "PolicyTest", "policies": ["../policy.yaml"],
                 "cases": [{"name": "a", "object": "../good.yaml", "expect": {"outcome": "Allowed", "policies": []}}]}
                """);
        assertThat(run(directory.toString()).out()).endsWith("2 cases: 2 passed\n");
    }

    @Test
    void forProgramsAndPipelinesThereAreJsonAndJunit() throws IOException {
        String fields = "object: nginx-1.yaml\nexpect: {outcome: Allowed}";
        JsonNode answer = json(one(fields, "-o", "json"));
        assertThat(answer.path("failed").asInt()).isEqualTo(1);
        JsonNode single = answer.at("/cases/0");
        assertThat(single.path("name").asText()).isEqualTo("one");
        assertThat(single.path("line").asInt()).isEqualTo(7);
        assertThat(single.path("passed").asBoolean()).isFalse();
        assertThat(single.path("outcome").asText()).isEqualTo("Denied");
        assertThat(single.at("/reasons/0/code").asText()).isEqualTo("DigestMissing");
        assertThat(single.at("/differences/0").toString())
                .isEqualTo("{\"about\":\"outcome\",\"expected\":\"Allowed\",\"got\":\"Denied\"}");
        assertThat(one(fields, "-o", "junit").out())
                .contains(
                        "tests=\"1\" failures=\"1\"",
                        "<testcase name=\"one\"",
                        "cases.yaml:7 outcome: expected Allowed, got Denied");
    }
}
