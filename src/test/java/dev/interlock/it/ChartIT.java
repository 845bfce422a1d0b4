package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Helm;
import dev.interlock.testing.Kubectl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// What the chart makes of values, by the real Helm and without a cluster.
class ChartIT {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Helm HELM = Helm.offline();
    private static final Set<String> CLUSTER_SCOPED = Set.of(
            "CustomResourceDefinition",
            "ClusterRole",
            "ClusterRoleBinding",
            "Namespace",
            "ValidatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding");

    private static final String POSTGRESQL = """
            ledger:
              engine: postgresql
              postgresql: {webhook: {existingSecret: interlock-database-webhook}, operator: {existingSecret: interlock-database-operator}}
            """;
    private static final String MONITORING = """
            monitoring:
              serviceMonitor: {enabled: true}
              prometheusRule: {enabled: true, runbooks: "https://runbooks.example.com"}
              dashboards: {enabled: true}
            """;

    /// Anchors and merges are resolved.
    private static Stream<JsonNode> cases(String file) throws IOException {
        try (InputStream data = Objects.requireNonNull(ChartIT.class.getResourceAsStream("/chart/" + file))) {
            Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(data);
            return StreamSupport.stream(JSON.<ArrayNode>valueToTree(read).spliterator(), false);
        }
    }

    static Stream<JsonNode> rendered() throws IOException {
        return cases("rendered.yaml");
    }

    static Stream<JsonNode> refused() throws IOException {
        return cases("refused.yaml");
    }

    static Stream<JsonNode> unknown() throws IOException {
        return cases("unknown.yaml");
    }

    private static Map<String, JsonNode> objects(String manifests) {
        Map<String, JsonNode> objects = new TreeMap<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(manifests)) {
            while (documents.hasNext()) {
                JsonNode object = documents.next();
                if (object.isObject() && !object.isEmpty()) {
                    String key = "%s %s/%s"
                            .formatted(
                                    object.path("kind").asText(),
                                    object.at("/metadata/namespace").asText(),
                                    object.at("/metadata/name").asText());
                    assertThat(objects.put(key, object))
                            .as("%s is there once", key)
                            .isNull();
                }
            }
        } catch (IOException e) {
            throw new AssertionError(manifests, e);
        }
        return objects;
    }

    private static Map<String, JsonNode> rendered(String values) {
        return objects(HELM.template(Helm.NAMESPACE, values).ok().out());
    }

    private static JsonNode in(Map<String, JsonNode> objects, String key) {
        return Objects.requireNonNull(objects.get(key), key);
    }

    private static boolean hook(JsonNode object) {
        return object.at("/metadata/annotations").has("helm.sh/hook");
    }

    private static JsonNode podOf(JsonNode object) {
        return object.path("kind").asText().equals("Pod") ? object : object.at("/spec/template");
    }

    @Test
    void isLinted() {
        assertThat(HELM.run("lint", Helm.CHART.toString(), "-n", Helm.NAMESPACE, "--strict")
                        .ok()
                        .out())
                .contains("0 chart(s) failed");
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void whateverTheValuesEveryObjectIsWhatAnObjectMustBe(JsonNode values) {
        String manifests = HELM.template(Helm.NAMESPACE, values.toString()).ok().out();
        assertThat(manifests).doesNotContain("<nil>", "<no value>");
        Map<String, JsonNode> objects = objects(manifests);
        assertThat(objects).hasSizeGreaterThan(20);
        objects.forEach((key, object) -> {
            String kind = object.path("kind").asText();
            assertThat(object.at("/metadata").has("namespace")).as(key).isNotEqualTo(CLUSTER_SCOPED.contains(kind));
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1part-of").asText())
                    .as(key)
                    .isEqualTo("interlock");
            if (kind.equals("CustomResourceDefinition")) {
                assertThat(object.at("/metadata/annotations/helm.sh~1resource-policy")
                                .asText())
                        .as(key)
                        .isEqualTo("keep");
            }
            if (podOf(object).has("spec") && podOf(object).path("spec").has("containers")) {
                restricted(key, object);
            }
            if (kind.endsWith("Role") && !key.contains("install-check")) {
                assertThat(object.path("rules").toString()).as(key).doesNotContain("*");
            }
        });
    }

    /// As the restricted Pod Security Standard has it, with every volume that is mounted and no variable twice.
    private static void restricted(String key, JsonNode object) {
        JsonNode pod = podOf(object);
        JsonNode spec = pod.path("spec");
        assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).as(key).isTrue();
        assertThat(spec.at("/securityContext/seccompProfile/type").asText())
                .as(key)
                .isEqualTo("RuntimeDefault");
        Set<String> volumes = new HashSet<>();
        spec.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
        object.at("/spec/volumeClaimTemplates")
                .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
        for (JsonNode container : spec.path("containers")) {
            JsonNode context = container.path("securityContext");
            assertThat(context.path("readOnlyRootFilesystem").asBoolean())
                    .as(key)
                    .isTrue();
            assertThat(context.path("allowPrivilegeEscalation").asBoolean(true))
                    .as(key)
                    .isFalse();
            assertThat(context.at("/capabilities/drop").toString()).as(key).isEqualTo("[\"ALL\"]");
            container
                    .path("volumeMounts")
                    .forEach(mount -> assertThat(volumes)
                            .as(key)
                            .contains(mount.path("name").asText()));
            List<String> variables = new ArrayList<>();
            container
                    .path("env")
                    .forEach(variable -> variables.add(variable.path("name").asText()));
            assertThat(variables).as(key).doesNotHaveDuplicates();
        }
        if (object.path("kind").asText().matches("Job|Pod")) {
            assertThat(pod.at("/metadata/labels/app.kubernetes.io~1name").asText())
                    .as("the Service must not lead to %s", key)
                    .isNotEqualTo("interlock");
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void valuesThatContradictAreRefusedWithASentenceEach(JsonNode refused) {
        Kubectl.Result result = HELM.template(
                        refused.path("namespace").asText(Helm.NAMESPACE),
                        refused.path("values").toString())
                .refused();
        refused.path("says").forEach(sentence -> assertThat(result.err()).contains(sentence.asText()));
        assertThat(result.err().lines().filter(line -> line.startsWith("- ")))
                .hasSize(refused.path("says").size());
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void valuesThatDoNotExistAreRefusedByName(JsonNode unknown) {
        assertThat(HELM.template(Helm.NAMESPACE, unknown.path("values").toString())
                        .refused()
                        .err())
                .contains("values don't meet the specifications of the schema")
                .contains(unknown.path("names").asText());
    }

    /// Without what only Helm adds, and without the image, which an overlay sets.
    private static JsonNode plain(JsonNode rendered) {
        ObjectNode object = rendered.deepCopy();
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        strip(
                metadata,
                "labels",
                "app.kubernetes.io/managed-by",
                "app.kubernetes.io/version",
                "helm.sh/chart",
                "app.kubernetes.io/part-of");
        strip(metadata, "annotations", "helm.sh/resource-policy");
        if (object.path("kind").asText().matches("StatefulSet|Deployment")) {
            metadata.remove("labels");
            podOf(object)
                    .at("/spec/containers")
                    .forEach(container -> ((ObjectNode) container).remove(List.of("image", "imagePullPolicy")));
        }
        return whole(object);
    }

    /// With whole numbers however they are written: `0.0` is `0` to the API server.
    private static JsonNode whole(JsonNode node) {
        if (node.isDouble() && node.doubleValue() == node.longValue()) {
            return JSON.getNodeFactory().numberNode(node.longValue());
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(member -> member.setValue(whole(member.getValue())));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, whole(array.get(i)));
            }
        } else if (node.isInt()) {
            return JSON.getNodeFactory().numberNode(node.longValue());
        }
        return node;
    }

    private static void strip(ObjectNode metadata, String member, String... keys) {
        if (metadata.path(member) instanceof ObjectNode found) {
            found.remove(List.of(keys));
            if (found.isEmpty()) {
                metadata.remove(member);
            }
        }
    }

    private static void equal(String values, String kustomization, BiConsumer<Set<String>, Set<String>> rest) {
        Map<String, JsonNode> chart = rendered(values);
        chart.values().removeIf(ChartIT::hook);
        Map<String, JsonNode> deploy = objects(ControlPlane.shared()
                .kubectl()
                .run("kustomize", kustomization)
                .ok()
                .out());
        Set<String> both = new HashSet<>(chart.keySet());
        both.retainAll(deploy.keySet());
        assertThat(both).hasSizeGreaterThan(20);
        both.forEach(key -> assertThat(plain(in(chart, key))).as(key).isEqualTo(plain(in(deploy, key))));
        Set<String> beside = new HashSet<>(chart.keySet());
        beside.removeAll(both);
        Set<String> missing = new HashSet<>(deploy.keySet());
        missing.removeAll(both);
        rest.accept(beside, missing);
    }

    private static final List<String> BESIDE = List.of(
            "ClusterRole /interlock-check",
            "ClusterRoleBinding /interlock-check",
            "Namespace /interlock-check",
            "NetworkPolicy interlock-system/interlock",
            "ResourceQuota interlock-check/nothing",
            "Role interlock-check/interlock-check",
            "RoleBinding interlock-check/interlock-check",
            "ServiceAccount interlock-system/interlock-check");

    @Test
    void withFilesItIsWhatDeployHas() {
        equal("{}", "deploy/base", (beside, missing) -> {
            assertThat(beside).containsExactlyInAnyOrderElementsOf(BESIDE);
            assertThat(missing).containsExactly("Namespace /interlock-system");
        });
    }

    @Test
    void withADatabaseItIsWhatTheOverlayHas() {
        equal(POSTGRESQL, "deploy/overlays/postgresql", (beside, missing) -> {
            assertThat(beside).containsExactlyInAnyOrderElementsOf(BESIDE);
            assertThat(missing).containsExactly("Namespace /interlock-system");
        });
    }

    /// Reasons are comments, and read in what is applied.
    @Test
    void everyVerbKeepsItsReason() throws IOException {
        String reasons = " +- [a-z]+ # .{10,}";
        assertThat(HELM.run(
                                "template",
                                "interlock",
                                Helm.CHART.toString(),
                                "-n",
                                Helm.NAMESPACE,
                                "-s",
                                "templates/rbac.yaml")
                        .ok()
                        .out()
                        .lines()
                        .filter(line -> line.matches(reasons)))
                .hasSameSizeAs(Files.readAllLines(Path.of("deploy/base/rbac.yaml")).stream()
                        .filter(line -> line.matches(reasons))
                        .toList());
    }

    @Test
    void alertsAndDashboardsAreThoseOfDeployWithRunbooksWhereTheyAre() throws IOException {
        Map<String, JsonNode> chart = rendered(MONITORING);
        String rules = in(chart, "PrometheusRule interlock-system/interlock")
                .path("spec")
                .toString();
        JsonNode deployed =
                YAML.readTree(Path.of("deploy/monitoring/prometheusrule.yaml").toFile());
        assertThat(rules)
                .isEqualTo(deployed.path("spec").toString().replace("docs/runbooks/", "https://runbooks.example.com/"))
                .contains("https://runbooks.example.com/InterlockDriftFrequencyHigh.md");
        for (String dashboard : List.of("gate", "team")) {
            assertThat(in(chart, "ConfigMap interlock-system/interlock-dashboard-" + dashboard)
                            .path("data")
                            .path("interlock-%s.json".formatted(dashboard))
                            .asText())
                    .isEqualToIgnoringWhitespace(Files.readString(
                            Path.of("deploy/monitoring/dashboards/interlock-%s.json".formatted(dashboard))));
        }
    }

    private static String notes(Helm helm, String values) {
        String out = helm.run(
                        values,
                        List.of(
                                "install",
                                "interlock",
                                Helm.CHART.toString(),
                                "-n",
                                Helm.NAMESPACE,
                                "--dry-run=client",
                                "-f",
                                "-"))
                .ok()
                .out();
        return out.substring(out.indexOf("NOTES:"));
    }

    @Test
    void notesWarnOfWhatWillHurt() {
        try (ControlPlane without = ControlPlane.start()) {
            notesWarn(Helm.with(without.kubeconfig()));
        }
    }

    private static void notesWarn(Helm helm) {
        assertThat(notes(helm, "{}"))
                .contains("WARNING  One replica")
                .contains("caller: unverified")
                .contains("The port is open to the whole cluster")
                .contains("kubectl delete validatingwebhookconfiguration interlock");
        assertThat(notes(helm, "webhook: {caller: {authorityConfigMap: ca}}\nledger: {files: {durable: false}}"))
                .doesNotContain("unverified")
                .contains("the evidence is gone when the Pod is");
        assertThat(notes(helm, "networkPolicy: {apiServers: [192.0.2.1/32]}"))
                .contains("Only networkPolicy.apiServers");
        assertThat(notes(helm, "gate: {enabled: false}")).contains("nothing is asked, nothing is decided");
        assertThat(notes(helm, POSTGRESQL)).doesNotContain("One replica");
    }
}
