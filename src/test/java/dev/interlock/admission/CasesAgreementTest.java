package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.cli.Cli;
import dev.interlock.cli.Terminal;
import dev.interlock.decision.Approvals;
import dev.interlock.decision.Caller;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evaluator;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Policies;
import dev.interlock.kubernetes.ManifestReader;
import dev.interlock.kubernetes.PolicySet;
import dev.interlock.workload.Mask;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An AdmissionReview means the same to `interlock test` as to the webhook.
class CasesAgreementTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POLICIES = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: production}
            spec:
              owner: {team: platform}
              match: {stages: [production]}
              mode: Enforce
              onUndecided: Deny
              checks:
              - {id: pinned, images: {digest: Required}}
              - {id: contained, podSecurity: {level: restricted, version: v1.36}}
              - {id: owned, mode: Warn, ownership: {}}
            ---
            apiVersion: interlock.dev/v1alpha1
            kind: DeliveryPath
            metadata: {name: checkout}
            spec:
              service: checkout
              owner: {team: payments}
              workloads: {matchLabels: {app: checkout}}
              stages: [{name: production, namespaces: [shop], promoters: {users: [ci]}}]
            """;

    static Stream<String> reviews() {
        List<String> images = List.of("nginx", "nginx@sha256:" + "a".repeat(64));
        return Stream.of("CREATE", "UPDATE")
                .flatMap(operation -> Stream.of("shop", "elsewhere")
                        .flatMap(namespace -> Stream.of("ci", "jane")
                                .flatMap(user -> images.stream()
                                        .flatMap(image -> images.stream()
                                                .flatMap(old -> Stream.of(true, false)
                                                        .map(dryRun -> review(
                                                                operation, namespace, user, image, old, dryRun)))))));
    }

    private static String review(
            String operation, String namespace, String user, String image, String old, boolean dryRun) {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request");
        request.put("uid", "u1").put("name", "checkout").put("namespace", namespace);
        request.put("operation", operation).put("dryRun", dryRun).put("subResource", "");
        request.putObject("kind").put("group", "apps").put("version", "v1").put("kind", "Deployment");
        request.putObject("userInfo").put("username", user).putArray("groups").add("system:authenticated");
        request.set("object", deployment(namespace, image));
        request.set("oldObject", operation.equals("UPDATE") ? deployment(namespace, old) : JSON.nullNode());
        return review.toString();
    }

    private static JsonNode deployment(String namespace, String image) {
        try {
            return JSON.readTree("""
                    {"apiVersion": "apps/v1", "kind": "Deployment",
                     "metadata": {"name": "checkout", "namespace": "%s", "labels": {"app": "checkout"}},
                     "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "%s"}]}}}}
                    """.formatted(namespace, image));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("reviews")
    void law1_aReviewIsJudgedAlikeInACaseAndAtTheEndpoint(String review, @TempDir Path directory) throws IOException {
        assertThat(byTheCase(review, directory)).isEqualTo(byTheEndpoint(review));
    }

    private static JsonNode byTheCase(String review, Path directory) throws IOException {
        Files.writeString(directory.resolve("policies.yaml"), POLICIES);
        Files.writeString(directory.resolve("review.json"), review);
        Files.writeString(directory.resolve("cases.yaml"), """
                apiVersion: test.interlock.dev/v1alpha1
                kind: PolicyTest
                policies: [policies.yaml]
                evidence: {stage: production}
                cases: [{name: one, object: review.json, expect: {outcome: Undecided, approves: true}}]
                """);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintWriter(out),
                new PrintWriter(err),
                (_, _) -> {
                    throw new AssertionError("a cluster is asked");
                },
                InstantSource.fixed(Instant.EPOCH),
                _ -> {},
                "");
        int exit = Cli.run(terminal, List.of("test", directory.toString(), "-o", "json"));
        assertThat(exit).as(err.toString()).isEqualTo(1);
        JsonNode found = JSON.readTree(out.toString()).at("/cases/0");
        ObjectNode said = JSON.createObjectNode();
        said.put("outcome", found.path("outcome").asText());
        said.put(
                "approves", !found.path("differences").findValuesAsText("about").contains("approves"));
        said.set("reasons", found.path("reasons"));
        return said;
    }

    private static JsonNode byTheEndpoint(String review) {
        Review decoded = switch (ReviewDecoder.decode(review.getBytes(StandardCharsets.UTF_8))) {
            case Decoded.Complete(Review complete) -> complete;
            case Decoded other -> throw new AssertionError(other);
        };
        if (!(Parsed.from(decoded, Gate.REQUIRED, Caller.MTLS) instanceof Parsed.Subject(var request))) {
            throw new AssertionError(review);
        }
        PolicySet policies = PolicySet.of(ManifestReader.read("policies", POLICIES));
        Evidence evidence = new Evidence(
                "cluster",
                Instant.EPOCH,
                Optional.of(Map.of("interlock.dev/stage", "production")),
                new Policies(policies.policies()),
                policies.paths(),
                Approvals.NONE,
                Map.of(),
                Optional.empty());
        return switch (new Evaluator(new Mask(new byte[32])).evaluate(request, evidence)) {
            case Evaluation.Unchanged _ -> said("Unchanged", false, List.of());
            case Evaluation.NotGoverned _ -> said("NotGoverned", false, List.of());
            case Evaluation.Decided(Decision decision) ->
                said(decision.outcome(), decision.approves(), decision.basis().reasons());
        };
    }

    private static JsonNode said(String outcome, boolean approves, List<dev.interlock.decision.Reason> reasons) {
        ObjectNode said = JSON.createObjectNode().put("outcome", outcome).put("approves", approves);
        var all = said.putArray("reasons");
        reasons.forEach(reason -> all.addObject()
                .put("policy", reason.policy())
                .put("check", reason.check())
                .put("effect", reason.effect().word())
                .put("code", reason.violation().code())
                .put("path", reason.violation().path())
                .put("message", reason.violation().message()));
        return said;
    }
}
