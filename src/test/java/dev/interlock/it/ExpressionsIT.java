package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.decision.Bindings;
import dev.interlock.decision.Budget;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.drift.DriftFixture;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Progress;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What `cel/functions.yaml` says is what the API server's own CEL gives, asked through ValidatingAdmissionPolicies and
/// dry runs. That Interlock gives the same is in `FunctionsTest`, and here where it depends on the object.
class ExpressionsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POLICIES = "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    private static final String BINDINGS = "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

    /// Few enough for the budget that the API server gives a policy, and for what it sends of warnings.
    private static final int BATCH = 12;

    private static KubernetesClient client;

    record Case(String expression, String value, boolean error, boolean refused) {}

    @BeforeAll
    static void connect() {
        client = ControlPlane.shared().client();
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        new ObjectMapper(new YAMLFactory())
                .readTree(Path.of("src/test/resources/cel/functions.yaml").toFile())
                .forEach(family -> family.forEach(row -> cases.add(new Case(
                        row.path("expression").asText(),
                        row.path("value").asText(),
                        row.has("error"),
                        row.has("refused")))));
        return cases;
    }

    @Test
    void casesSayWhatTheApiServerGives() throws IOException {
        List<Case> cases = cases();
        List<Case> compiling = cases.stream().filter(each -> !each.refused()).toList();
        List<String> wrong = new ArrayList<>();
        for (Case each : cases) {
            boolean refused =
                    post(POLICIES + "?dryRun=All", policy("try", List.of(each))).code() != 201;
            if (refused != each.refused()) {
                wrong.add("compiles otherwise: " + each.expression());
            }
        }
        for (int i = 0; i < compiling.size(); i += BATCH) {
            ask(compiling.subList(i, Math.min(compiling.size(), i + BATCH)), "cel-" + i, wrong);
        }
        Progress.say("%d expressions, %d differences".formatted(cases.size(), wrong.size()));
        assertThat(cases).hasSizeGreaterThan(1_000);
        assertThat(wrong).isEmpty();
    }

    /// Each of them true, false or without a value.
    private static final List<String> ASKED = List.of(
            "oldObject == null",
            "has(object.metadata.labels)",
            "has(object.metadata.annotations)",
            "object.metadata.annotations == null",
            "object.metadata.?annotations.orValue({}).size() == 0",
            "has(object.metadata.creationTimestamp)",
            "object.spec.replicas == 1",
            "has(object.spec.paused)",
            "object.spec.paused",
            "has(object.spec.strategy.rollingUpdate)",
            "has(object.spec.template.spec.volumes)",
            "object.spec.template.spec.volumes == []",
            "object.spec.template.spec.?volumes.hasValue()",
            "object.spec.template.spec.volumes.size() == 0",
            "has(object.spec.template.spec.securityContext)",
            "object.spec.template.spec.securityContext == {}",
            "object.spec.template.spec.securityContext.runAsNonRoot",
            "object.spec.template.spec.?securityContext.?runAsNonRoot.orValue(false)",
            "has(object.spec.template.spec.containers[0].env)",
            "object.spec.template.spec.containers[0].?env.orValue([]).size() == 0",
            "object.spec.template.spec.?nodeSelector.orValue({}).size() == 0",
            "object.spec.template.spec.nodeSelector == {}");

    /// Where a field may be absent, null, empty, or what it is by default.
    private static List<ObjectNode> variants() throws IOException {
        String least = """
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "absent"}, "spec": {
                "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}}
                """;
        Map<String, List<String>> fields = Map.of(
                "/metadata/labels", List.of("null", "{}", "{\"a\": \"b\"}"),
                "/metadata/annotations", List.of("null", "{}", "{\"a\": \"b\"}"),
                "/spec/replicas", List.of("null", "0", "1"),
                "/spec/paused", List.of("null", "false", "true"),
                "/spec/template/spec/volumes", List.of("null", "[]", "[{\"name\": \"v\"}]"),
                "/spec/template/spec/securityContext",
                        List.of("null", "{}", "{\"runAsNonRoot\": null}", "{\"runAsNonRoot\": true}"),
                "/spec/template/spec/nodeSelector", List.of("null", "{}", "{\"a\": \"b\"}"),
                "/spec/template/spec/containers/0/env", List.of("null", "[]", "[{\"name\": \"A\"}]"));
        List<ObjectNode> variants = new ArrayList<>(List.of((ObjectNode) JSON.readTree(least)));
        for (var field : fields.entrySet()) {
            for (String value : field.getValue()) {
                ObjectNode object = (ObjectNode) JSON.readTree(least);
                int slash = field.getKey().lastIndexOf('/');
                ((ObjectNode) object.at(field.getKey().substring(0, slash)))
                        .set(field.getKey().substring(slash + 1), JSON.readTree(value));
                variants.add(object);
            }
        }
        return variants;
    }

    @Test
    void case44_absentNullEmptyAndDefaultMeanWhatTheyMeanToTheApiServer() throws IOException {
        List<Case> asked = ASKED.stream()
                .map(expression -> new Case(expression, "", true, false))
                .toList();
        String name = "cel-absent";
        assertThat(post(POLICIES, policy(name, "deployments", "apps", asked)).code())
                .isEqualTo(201);
        bind(name);
        try {
            for (ObjectNode variant : variants()) {
                ((ObjectNode) variant.path("metadata")).put("name", name);
                List<String> said = new ArrayList<>();
                AtomicReference<String> stored = new AtomicReference<>("");
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> {
                            HttpResponse<String> answer =
                                    post("apis/apps/v1/namespaces/default/deployments?dryRun=All", variant);
                            assertThat(answer.code()).as(answer.body()).isEqualTo(201);
                            stored.set(answer.body());
                            said.clear();
                            said.addAll(warnings(answer));
                            return said.contains("asked");
                        });
                Workload workload = Workload.of(
                        WorkloadKind.DEPLOYMENT, DriftFixture.node(stored.get()).asObject("object"));
                Bindings bindings = new Bindings(
                        Fixture.create(workload), workload, new Claim.Unlisted(), Map.of(), new Budget(() -> 0));
                for (int i = 0; i < ASKED.size(); i++) {
                    Expression formatted = Expression.string("'%s'.format([" + ASKED.get(i) + "])", Variables.NONE);
                    String ours = switch (formatted.evaluate(bindings)) {
                        case Expression.Result.Value(Object value) -> i + "=" + value;
                        case Expression.Result.Failed _ -> i + "!";
                    };
                    assertThat(said).as("%s of %s", ASKED.get(i), variant).contains(ours);
                }
            }
        } finally {
            remove(name);
        }
    }

    private static void bind(String name) {
        assertThat(post(
                                BINDINGS,
                                Map.of(
                                        "apiVersion",
                                        "admissionregistration.k8s.io/v1",
                                        "kind",
                                        "ValidatingAdmissionPolicyBinding",
                                        "metadata",
                                        Map.of("name", name),
                                        "spec",
                                        Map.of("policyName", name, "validationActions", List.of("Warn"))))
                        .code())
                .isEqualTo(201);
    }

    private static void remove(String name) {
        client.raw("/" + BINDINGS + "/" + name, "DELETE", null);
        client.raw("/" + POLICIES + "/" + name, "DELETE", null);
    }

    private static void ask(List<Case> cases, String name, List<String> wrong) {
        if (post(POLICIES, policy(name, cases)).code() != 201) {
            assertThat(cases).as("one that compiles alone").hasSizeGreaterThan(1);
            int half = cases.size() / 2;
            ask(cases.subList(0, half), name + "a", wrong);
            ask(cases.subList(half, cases.size()), name + "b", wrong);
            return;
        }
        bind(name);
        try {
            Set<String> said = new HashSet<>();
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        said.addAll(warnings(name));
                        return said.contains("asked");
                    });
            IntStream.range(0, cases.size())
                    .filter(i -> cases.get(i).error() != said.contains(i + "!"))
                    .forEach(i -> wrong.add(cases.get(i).toString()));
            said.stream().filter(text -> text.contains("resulted in error")).forEach(wrong::add);
        } finally {
            remove(name);
        }
    }

    private static Map<String, Object> policy(String name, List<Case> cases) {
        return policy(name, "configmaps", "", cases);
    }

    /// A case with a value holds where the value is right; one with an error is told where it has none.
    private static Map<String, Object> policy(String name, String resource, String group, List<Case> cases) {
        List<Map<String, Object>> validations = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case each = cases.get(i);
            String tag = each.error() ? i + "=" : "";
            String formatted = "'%s%%s'.format([%s])".formatted(tag, each.expression());
            validations.add(
                    each.error() || each.refused()
                            ? Map.of("expression", "false", "messageExpression", formatted, "message", i + "!")
                            : Map.of("expression", formatted + " == " + quoted(each.value()), "message", i + "!"));
        }
        validations.add(Map.of("expression", "false", "message", "asked"));
        return Map.of(
                "apiVersion",
                "admissionregistration.k8s.io/v1",
                "kind",
                "ValidatingAdmissionPolicy",
                "metadata",
                Map.of("name", name),
                "spec",
                Map.of(
                        "failurePolicy",
                        "Fail",
                        "matchConstraints",
                        Map.of(
                                "resourceRules",
                                List.of(Map.of(
                                        "apiGroups", List.of(group),
                                        "apiVersions", List.of("v1"),
                                        "operations", List.of("CREATE"),
                                        "resources", List.of(resource)))),
                        "matchConditions",
                        List.of(Map.of("name", "own", "expression", "object.metadata.name == '%s'".formatted(name))),
                        "validations",
                        validations));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints()
                .forEach(each -> quoted.append(
                        each < 0x20 || each == '\'' || each == '\\' || each > 0x7e
                                ? "\\U%08x".formatted(each)
                                : Character.toString(each)));
        return quoted.append("'").toString();
    }

    private static final Pattern WARNING = Pattern.compile(
            "(?s)Validation failed for ValidatingAdmissionPolicy '[^']*' with binding '[^']*': (.*?)\"?$");

    private static List<String> warnings(String name) {
        return warnings(post(
                "api/v1/namespaces/default/configmaps?dryRun=All",
                Map.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Map.of("name", name))));
    }

    private static List<String> warnings(HttpResponse<String> answer) {
        return answer.headers("Warning").stream()
                .map(WARNING::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .toList();
    }

    private static HttpResponse<String> post(String path, Object body) {
        try {
            JsonNode json = JSON.valueToTree(body);
            return client.getHttpClient()
                    .sendAsync(
                            client.getHttpClient()
                                    .newHttpRequestBuilder()
                                    .uri(client.getMasterUrl() + path)
                                    .post("application/json", json.toString().getBytes(StandardCharsets.UTF_8))
                                    .build(),
                            String.class)
                    .get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
