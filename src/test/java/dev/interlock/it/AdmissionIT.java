package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is asked at admission, by every way in.
class AdmissionIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NAMESPACE = "admission";

    private static Interlock interlock;
    private static Kubectl kubectl;
    private static DirectCaller direct;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        direct = new DirectCaller(interlock);
        kubectl.apply(Manifests.namespace(NAMESPACE, "admission", "required")).ok();
        kubectl.apply(Manifests.policy("admission", "admission", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/admission", "--timeout=30s")
                .ok();
    }

    private static List<DecisionEntry> entries(String name) {
        try (LedgerReader ledger = LedgerReader.open(interlock.ledger())) {
            return ledger.after(0, 1_000_000).stream()
                    .flatMap(row -> row instanceof Stored.Decided decided ? Stream.of(decided.entry()) : Stream.empty())
                    .filter(entry -> entry.subject().namespace().equals(NAMESPACE))
                    .filter(entry -> entry.subject().name().equals(name))
                    .toList();
        }
    }

    private static List<String> records(String subject) {
        return kubectl.run(
                        "get",
                        "decrec",
                        "-n",
                        NAMESPACE,
                        "--field-selector",
                        "spec.subject.name=" + subject,
                        "-o",
                        "jsonpath={range .items[*]}{.spec.decision} {.spec.subject.kind} {.spec.subject.subresource}{\"\\n\"}{end}")
                .ok()
                .out()
                .lines()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void everyGovernedKindIsDecidedAndRecorded(WorkloadKind kind) {
        String name = "kind-" + Manifests.resource(kind);
        Kubectl.Result denied = kubectl.apply(
                        Manifests.workload(kind, NAMESPACE, name, Manifests.podSpec(Manifests.BAD_IMAGE)))
                .refused();
        assertThat(denied.err())
                .contains("promotion of %s %s/%s to admission denied by policy admission"
                        .formatted(kind.kind(), NAMESPACE, name));
        kubectl.apply(Manifests.workload(kind, NAMESPACE, name, Manifests.podSpec(Manifests.GOOD_IMAGE)))
                .ok();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(records(name))
                        .containsExactlyInAnyOrder(
                                "Denied %s ".formatted(kind.kind()), "Allowed %s ".formatted(kind.kind())));
        kubectl.run("delete", Manifests.resource(kind), name, "-n", NAMESPACE, "--wait=false")
                .ok();
    }

    @Test
    void updateIsDecidedByWhatItChanges() {
        kubectl.apply(Manifests.deployment(NAMESPACE, "update", Manifests.GOOD_IMAGE))
                .ok();
        assertThat(kubectl.run("set", "image", "deployment/update", "app=nginx:1", "-n", NAMESPACE)
                        .refused()
                        .err())
                .contains("denied by policy admission");
        kubectl.run("annotate", "deployment/update", "note=1", "-n", NAMESPACE).ok();
        kubectl.run("patch", "deployment/update", "-n", NAMESPACE, "--type=merge", "-p", "{\"spec\":{\"replicas\":2}}")
                .ok();
        kubectl.run("rollout", "restart", "deployment/update", "-n", NAMESPACE).ok();
        assertThat(entries("update")).extracting(DecisionEntry::outcome).containsExactly("Allowed", "Denied");
        kubectl.run("label", "deployment/update", "note=1", "-n", NAMESPACE).ok();
        assertThat(entries("update"))
                .extracting(DecisionEntry::outcome)
                .containsExactly("Allowed", "Denied", "Allowed");
    }

    @Test
    void law9_whatWasThereBeforeStaysEditableAndWarns() {
        String namespace = "admission-old";
        kubectl.apply(Manifests.namespace(namespace, "admission-old", "required"))
                .ok();
        kubectl.apply(Manifests.deployment(namespace, "old", Manifests.BAD_IMAGE))
                .ok();
        kubectl.apply(Manifests.policy("admission-old", "admission-old", "Enforce"))
                .ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/admission-old", "--timeout=30s")
                .ok();
        Kubectl.Result labelled = kubectl.run("label", "deployment/old", "team=x", "-n", namespace)
                .ok();
        assertThat(labelled.err())
                .contains("Warning: [admission-old/images-pinned] AlreadyPresent: container app: image `nginx:1.27`");
        kubectl.run("rollout", "restart", "deployment/old", "-n", namespace).ok();
        assertThat(kubectl.run("set", "env", "deployment/old", "A=b", "-n", namespace)
                        .refused()
                        .err())
                .contains("denied by policy admission-old");
    }

    @Test
    void serverSideApplyIsDecidedAsAnyOtherWrite() {
        assertThat(kubectl.apply(Manifests.deployment(NAMESPACE, "ssa", Manifests.BAD_IMAGE), "--server-side")
                        .refused()
                        .err())
                .contains("denied by policy admission");
        kubectl.apply(Manifests.deployment(NAMESPACE, "ssa", Manifests.GOOD_IMAGE), "--server-side")
                .ok();
        assertThat(entries("ssa")).extracting(DecisionEntry::outcome).containsExactly("Denied", "Allowed");
    }

    @Test
    void case1_ephemeralContainerIsDecidedAndRecorded() {
        kubectl.apply(Manifests.workload(
                        WorkloadKind.POD, NAMESPACE, "debugged", Manifests.podSpec(Manifests.GOOD_IMAGE)))
                .ok();
        assertThat(kubectl.run(
                                "debug",
                                "debugged",
                                "-n",
                                NAMESPACE,
                                "--image=busybox:1",
                                "-c",
                                "peek",
                                "--attach=false")
                        .refused()
                        .err())
                .contains("promotion of Pod admission/debugged (ephemeralcontainers) to admission denied")
                .contains("ephemeral container peek: image `busybox:1` has no digest");
        kubectl.run(
                        "debug",
                        "debugged",
                        "-n",
                        NAMESPACE,
                        "--image=" + Manifests.GOOD_IMAGE,
                        "-c",
                        "peek",
                        "--attach=false")
                .ok();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(records("debugged"))
                        .containsExactlyInAnyOrder(
                                "Allowed Pod ", "Denied Pod ephemeralcontainers", "Allowed Pod ephemeralcontainers"));
    }

    @Test
    void case2_resizeIsDecidedAndRecorded() {
        String podSpec = "{containers: [{name: app, image: \"%s\", resources: {requests: {cpu: 100m}}}]}"
                .formatted(Manifests.GOOD_IMAGE);
        kubectl.apply(Manifests.workload(WorkloadKind.POD, NAMESPACE, "resized", podSpec))
                .ok();
        kubectl.run(
                        "patch",
                        "pod",
                        "resized",
                        "-n",
                        NAMESPACE,
                        "--subresource=resize",
                        "--type=strategic",
                        "-p",
                        "{\"spec\":{\"containers\":[{\"name\":\"app\",\"resources\":{\"requests\":{\"cpu\":\"200m\"}}}]}}")
                .ok();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(records("resized")).containsExactlyInAnyOrder("Allowed Pod ", "Allowed Pod resize"));
    }

    /// The fields that name an image, found in the API server's own schema: a new one makes this test fail.
    @Test
    void case6_badImageIsFoundInEveryFieldThatNamesOne() throws IOException {
        JsonNode schemas = JSON.readTree(
                        kubectl.run("get", "--raw", "/openapi/v3/api/v1").ok().out())
                .at("/components/schemas");
        Set<String> fields = new TreeSet<>();
        walk(schemas, "io.k8s.api.core.v1.PodSpec", "", fields, 0);
        assertThat(fields)
                .containsExactlyInAnyOrder(
                        "containers.image",
                        "initContainers.image",
                        "ephemeralContainers.image",
                        "volumes.image.reference",
                        // The image of a RADOS block device is no container image.
                        "volumes.rbd.image");
        String container = "{name: app, image: \"%s\"}".formatted(Manifests.GOOD_IMAGE);
        for (String podSpec : List.of(
                "{containers: [%s, {name: bad, image: \"nginx:1\"}]}".formatted(container),
                "{containers: [%s], initContainers: [{name: bad, image: \"nginx:1\"}]}".formatted(container),
                "{containers: [%s], initContainers: [{name: bad, image: \"nginx:1\", restartPolicy: Always}]}"
                        .formatted(container),
                "{containers: [%s], volumes: [{name: bad, image: {reference: \"nginx:1\"}}]}".formatted(container))) {
            assertThat(kubectl.apply(Manifests.workload(WorkloadKind.POD, NAMESPACE, "fields", podSpec))
                            .refused()
                            .err())
                    .contains("bad: image `nginx:1` has no digest");
        }
    }

    private static void walk(JsonNode schemas, String type, String path, Set<String> fields, int depth) {
        assertThat(depth).isLessThan(12);
        schemas.path(type).path("properties").properties().forEach(property -> {
            JsonNode schema = property.getValue();
            String name = path + property.getKey();
            boolean text = schema.path("type").asText().equals("string");
            if (text
                    && (property.getKey().equals("image")
                            || (property.getKey().equals("reference") && path.endsWith("image.")))) {
                fields.add(name);
            }
            references(schema).forEach(next -> walk(schemas, next, name + ".", fields, depth + 1));
        });
    }

    private static List<String> references(JsonNode schema) {
        return Stream.concat(schema.findValuesAsText("$ref").stream(), Stream.empty())
                .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
                .filter(type -> type.startsWith("io.k8s.api.core."))
                .toList();
    }

    @Test
    void case10_fiftyGeneratedNamesGiveFiftyRecords() {
        String pods = IntStream.range(0, 50)
                .mapToObj(_ -> """
                        apiVersion: v1
                        kind: Pod
                        metadata: {generateName: generated-, namespace: %s}
                        spec: %s
                        """.formatted(NAMESPACE, Manifests.podSpec(Manifests.GOOD_IMAGE)))
                .collect(Collectors.joining("---\n"));
        String created = kubectl.run(pods, List.of("create", "-f", "-", "-o", "name"))
                .ok()
                .out();
        Set<String> names =
                created.lines().map(line -> line.replace("pod/", "")).collect(Collectors.toSet());
        assertThat(names).hasSize(50);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kubectl.run(
                                        "get",
                                        "decrec",
                                        "-n",
                                        NAMESPACE,
                                        "-o",
                                        "jsonpath={range .items[*]}{.spec.subject.name}{\"\\n\"}{end}")
                                .ok()
                                .out()
                                .lines())
                        .containsAll(names));
    }

    @Test
    void case25_longestNamesAreToldApart() {
        String namespace = "n".repeat(63);
        String stage = "s".repeat(63);
        String policy = "p".repeat(63);
        kubectl.apply(Manifests.namespace(namespace, stage, "required")).ok();
        kubectl.apply(Manifests.policy(policy, stage, "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/" + policy, "--timeout=30s")
                .ok();
        String longest = "d".repeat(252);
        for (String last : List.of("x", "y")) {
            String error = kubectl.apply(Manifests.workload(
                            WorkloadKind.CRON_JOB, namespace, "c".repeat(51) + last, Manifests.podSpec("nginx:1")))
                    .refused()
                    .err();
            assertThat(error).containsPattern("Record: kubectl describe decrec [0-9a-f]{32} -n " + namespace);
            String spec = Manifests.podSpec("nginx:1");
            assertThat(kubectl.apply(Manifests.workload(WorkloadKind.POD, namespace, longest + last, spec))
                            .refused()
                            .err())
                    .containsPattern("Record: kubectl describe decrec [0-9a-f]{32} -n " + namespace);
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kubectl.run("get", "decrec", "-n", namespace, "-o", "name")
                                .ok()
                                .out()
                                .lines())
                        .hasSize(4));
    }

    @ParameterizedTest
    @CsvSource({
        "evil-registry.example.com.attacker/app@sha256:D, RegistryNotAllowed",
        "registry.example.com.attacker/app@sha256:D, RegistryNotAllowed",
        "registry.example.com:443/app, DigestMissing",
        "registry.example.com/app@sha256:abc, ImageInvalid",
        "registry.example.com/App@sha256:D, ImageInvalid",
    })
    void case35_37_imageReferencesAreReadByTheStrictGrammar(String image, String code) {
        String name = "grammar-" + Integer.toHexString(image.hashCode());
        String written = image.replace("sha256:D", "sha256:" + "d".repeat(64));
        kubectl.apply(Manifests.deployment(NAMESPACE, name, written)).refused();
        assertThat(entries(name))
                .singleElement()
                .satisfies(entry -> assertThat(entry.reasons())
                        .extracting(DecisionEntry.Reason::code)
                        .contains(code));
    }

    @Test
    void case71_dryRunAndDiffGiveTheAnswerAndLeaveNoTrace() {
        String bad = Manifests.deployment(NAMESPACE, "dry", Manifests.BAD_IMAGE);
        String good = Manifests.deployment(NAMESPACE, "dry", Manifests.GOOD_IMAGE);
        assertThat(kubectl.apply(bad, "--dry-run=server").refused().err()).contains("Record: none, this is a dry run");
        kubectl.apply(good, "--dry-run=server").ok();
        assertThat(kubectl.run(bad, List.of("diff", "-f", "-")).refused().err()).contains("denied by policy admission");
        assertThat(kubectl.run(good, List.of("diff", "-f", "-")).exit()).isEqualTo(1);
        assertThat(entries("dry")).isEmpty();
        // A real one after it shows that entries would have been there to be seen.
        kubectl.apply(bad).refused();
        assertThat(entries("dry")).hasSize(1);
        await().atMost(SOON).untilAsserted(() -> assertThat(records("dry")).hasSize(1));
    }

    static Stream<Arguments> bodies() {
        String head =
                "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u-1\"";
        return Stream.of(
                Arguments.of("no body", "", 400, "must be one AdmissionReview"),
                Arguments.of("no review", "{\"kind\":\"Pod\"}", 400, "`kind` must be `AdmissionReview`"),
                Arguments.of(
                        "no request",
                        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\"}",
                        400,
                        "has no `request`"),
                Arguments.of("wrong version", head.replace("v1\"", "v1beta1\"") + "}}", 400, "`apiVersion` must be"),
                Arguments.of("two documents", head + "}}" + head + "}}", 200, "more than one document"),
                Arguments.of(
                        "case 30, 10,000 deep",
                        head + ",\"object\":{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}}}",
                        200,
                        "exceeds a limit"),
                Arguments.of(
                        "case 30, 100,000 deep",
                        head + ",\"object\":{\"a\":" + "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000) + "}}}",
                        200,
                        "exceeds a limit"),
                Arguments.of(
                        "case 30, a string of 5 MiB",
                        head + ",\"object\":{\"a\":\"" + "x".repeat(5 << 20) + "\"}}}",
                        200,
                        "exceeds a limit"),
                Arguments.of(
                        "case 30, 20 MiB",
                        head + ",\"object\":{\"a\":\"" + "x".repeat(20 << 20) + "\"}}}",
                        413,
                        "a review has at most"),
                Arguments.of("case 31, a name twice", head + ",\"object\":{\"a\":1,\"a\":2}}}", 200, "stands twice"),
                Arguments.of("truncated", head + ",\"obj", 200, "no valid JSON"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void case22_30_31_bodyThatIsNoProperReviewIsAnsweredClearlyAndTheProcessLives(
            String what, String body, int status, String message) {
        for (String gate : List.of("required", "optional")) {
            // Where the server has refused a body before it was sent, the client may see the connection end instead of
            // the answer.
            direct.post("/admit/" + gate, body)
                    .ifPresentOrElse(
                            answer -> {
                                assertThat(answer.statusCode()).as(what).isEqualTo(status);
                                assertThat(answer.body()).contains(message);
                                if (status == 200) {
                                    JsonNode response = DirectCaller.response(answer);
                                    assertThat(response.path("uid").asText()).isEqualTo("u-1");
                                    assertThat(response.path("allowed").asBoolean())
                                            .isEqualTo(gate.equals("optional"));
                                }
                            },
                            () -> assertThat(status).isEqualTo(413));
        }
        HttpResponse<String> after = direct.post(
                        "/admit/required", DirectCaller.review("u-2", NAMESPACE, "x", Manifests.GOOD_IMAGE, true))
                .orElseThrow();
        assertThat(DirectCaller.response(after).path("allowed").asBoolean()).isTrue();
    }

    @Test
    void namespaceThatIsNotKnownIsUndecidedByTheGateNeverUngoverned() {
        for (String gate : List.of("required", "optional")) {
            JsonNode response = DirectCaller.response(direct.post(
                            "/admit/" + gate,
                            DirectCaller.review("u-3", "nowhere-yet", "x", Manifests.GOOD_IMAGE, true))
                    .orElseThrow());
            assertThat(response.path("allowed").asBoolean()).isEqualTo(gate.equals("optional"));
            assertThat(response.at("/auditAnnotations/outcome").asText()).isEqualTo("Undecided");
            assertThat(response.toString()).contains("namespace `nowhere-yet` is not known to Interlock yet");
        }
    }

    /// The API server has matched the label `required` before it asks at that path: labels that say otherwise are old.
    @Test
    void namespaceWhoseKnownGateIsAnotherIsUndecided() {
        JsonNode response = DirectCaller.response(
                direct.post("/admit/optional", DirectCaller.review("u-4", NAMESPACE, "x", Manifests.GOOD_IMAGE, true))
                        .orElseThrow());
        assertThat(response.at("/auditAnnotations/outcome").asText()).isEqualTo("Undecided");
    }

    @Test
    void namespaceThatIsNoNameIsRefusedAndHoldsUpNoRecord() {
        for (String namespace : List.of("a/b", "a%2fb", "A", "a b", "a..b", "x".repeat(64))) {
            JsonNode response = DirectCaller.response(direct.post(
                            "/admit/required", DirectCaller.review("u-5", namespace, "x", Manifests.BAD_IMAGE, false))
                    .orElseThrow());
            assertThat(response.at("/status/message").asText()).contains("`namespace` is no name of a namespace");
        }
        kubectl.apply(Manifests.deployment(NAMESPACE, "goes-on", Manifests.BAD_IMAGE))
                .refused();
        await().atMost(SOON).untilAsserted(() -> assertThat(records("goes-on")).hasSize(1));
    }

    @Test
    void manyTinyValuesAreRefusedBeforeTheyFillTheMemory() {
        String head =
                "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u-6\",\"object\":{\"a\":[";
        String body = head + "{},".repeat(2_000_000) + "{}]}}}";
        JsonNode response =
                DirectCaller.response(direct.post("/admit/required", body).orElseThrow());
        assertThat(response.at("/status/message").asText()).contains("more than 500000 values");
        assertThat(interlock.ready()).isTrue();
    }

    @Test
    void otherPathsAndMethodsSayWhereReviewsGo() {
        assertThat(direct.get("/admit/required").orElseThrow().statusCode()).isEqualTo(405);
        assertThat(direct.get("/").orElseThrow().statusCode()).isEqualTo(404);
        assertThat(direct.post("/metrics", "{}").orElseThrow().statusCode()).isEqualTo(404);
    }

    @Test
    void case31_nameTwiceThroughTheApiServerIsDecidedAsItIsStored() {
        String template = """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"twice","namespace":"%s"},
                "spec":{"containers":[{"name":"app","image":"%s","image":"%s"}]}}
                """;
        List<String> create = List.of("create", "--validate=false", "-f", "-");
        assertThat(kubectl.run(template.formatted(NAMESPACE, Manifests.GOOD_IMAGE, "nginx:1"), create)
                        .refused()
                        .err())
                .contains("image `nginx:1` has no digest");
        kubectl.run(template.formatted(NAMESPACE, "nginx:1", Manifests.GOOD_IMAGE), create)
                .ok();
        assertThat(kubectl.run("get", "pod", "twice", "-n", NAMESPACE, "-o", "jsonpath={.spec.containers[0].image}")
                        .ok()
                        .out())
                .isEqualTo(Manifests.GOOD_IMAGE);
    }

    @Test
    void oversizeObjectIsRefusedWithoutHarm() {
        String big = Manifests.deployment(NAMESPACE, "big", Manifests.GOOD_IMAGE)
                .replace(
                        "namespace: %s}".formatted(NAMESPACE),
                        "namespace: %s, annotations: {a: \"%s\"}}".formatted(NAMESPACE, "x".repeat(200_000)));
        kubectl.apply(big, "--server-side").ok();
        String tooBig = big.replace("x".repeat(200_000), "x".repeat(4 << 20));
        kubectl.apply(tooBig, "--server-side").refused();
        assertThat(interlock.ready()).isTrue();
    }

    @Test
    void auditLogNamesEntryDecisionPoliciesAndOutcome() throws IOException {
        kubectl.apply(Manifests.deployment(NAMESPACE, "audited", Manifests.BAD_IMAGE))
                .refused();
        DecisionEntry entry = entries("audited").getFirst();
        JsonNode annotations = Files.readAllLines(ControlPlane.shared().auditLog()).stream()
                .filter(line -> line.contains("/namespaces/admission/deployments") && line.contains(entry.id()))
                .map(AdmissionIT::json)
                .findFirst()
                .orElseThrow()
                .path("annotations");
        assertThat(annotations.path("required.gate.interlock.dev/entry").asText())
                .isEqualTo(entry.id());
        assertThat(annotations.path("required.gate.interlock.dev/decision").asText())
                .isEqualTo(entry.decision());
        assertThat(annotations.path("required.gate.interlock.dev/policies").asText())
                .isEqualTo("admission@1");
        assertThat(annotations.path("required.gate.interlock.dev/outcome").asText())
                .isEqualTo("Denied");
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void law18_valuesOfEnvironmentVariablesAreNowhereToBeFound() throws IOException {
        String canary = "canary-%d".formatted(System.nanoTime());
        String podSpec = "{containers: [{name: app, image: \"%s\", env: [{name: PASSWORD, value: %s}]}]}";
        kubectl.apply(Manifests.workload(
                        WorkloadKind.POD, NAMESPACE, "secretive", podSpec.formatted(Manifests.BAD_IMAGE, canary)))
                .refused();
        kubectl.apply(Manifests.workload(
                        WorkloadKind.POD, NAMESPACE, "secretive", podSpec.formatted(Manifests.GOOD_IMAGE, canary)))
                .ok();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(records("secretive")).hasSize(2));
        assertThat(kubectl.run("get", "decrec", "-n", NAMESPACE, "-o", "yaml")
                        .ok()
                        .out())
                .doesNotContain(canary);
        assertThat(interlock.get("/metrics").orElseThrow().body()).doesNotContain(canary);
        assertThat(Files.readString(interlock.log())).doesNotContain(canary);
        try (Stream<Path> files = Files.list(interlock.data())) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(canary);
            }
        }
    }

    @Test
    void metricsSayWhatHappens() {
        kubectl.apply(Manifests.deployment(NAMESPACE, "counted", Manifests.BAD_IMAGE))
                .refused();
        String metrics = interlock.get("/metrics").orElseThrow().body();
        assertThat(metrics)
                .contains(
                        "interlock_decisions_total{mode=\"Enforce\",outcome=\"Denied\",policy=\"admission\",stage=\"admission\"}")
                .contains("interlock_violations_total{check=\"images-pinned\",effect=\"Denies\",policy=\"admission\"")
                .contains("interlock_decision_duration_seconds_bucket{phase=\"journal\"")
                .contains("interlock_evidence_pending ")
                .contains("interlock_policy_loaded_generation{policy=\"admission\"} 1.0")
                .contains("interlock_build_info{version=")
                .doesNotContain("namespace=\"admission\"")
                .doesNotContain("counted");
    }
}
