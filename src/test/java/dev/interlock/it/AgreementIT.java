package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.cli.Cli;
import dev.interlock.cli.Terminal;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.PodCases;
import dev.interlock.testing.PodCases.PodCase;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a pipeline is told by `interlock check` is what the cluster will say: the same objects under the same
/// policies, through the command line and through the API server.
class AgreementIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OBJECTS = 500;
    private static final int UPDATES = 100;
    private static final int OTHERS = 60;
    private static final int NAMESPACES = 10;
    private static final int POLICIES_EACH = 6;
    private static final String CHOSEN = "chosen-";
    private static final String LABEL = "agreement=chosen";
    private static final Map<String, String> OTHER_RESOURCES =
            Map.of("Service", "services", "ConfigMap", "configmaps", "NetworkPolicy", "networkpolicies");

    /// Guards nothing; with it the API server is told to ask about all that the others name.
    private static final String EVERYTHING_ASKED = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: chosen-asked, labels: {agreement: chosen}}
            spec:
              owner: {team: platform}
              match: {stages: [nowhere], resources: [services.v1, configmaps.v1, networkpolicies.v1.networking.k8s.io]}
              checks: [{id: never, expression: 'true'}]
            """;

    private static final JsonNode NOT_GOVERNED = JSON.createObjectNode().put("outcome", "NotGoverned");
    private static final List<WorkloadKind> UPDATABLE = Arrays.stream(WorkloadKind.values())
            .filter(kind -> kind != WorkloadKind.JOB)
            .toList();
    private static final String STAGE = "agreement";
    private static final List<String> IMAGES = List.of(
            Manifests.GOOD_IMAGE,
            "registry.example.com/shop/app:1.4",
            "registry.example.com/shop/app",
            "nginx",
            "nginx:edge",
            "ghcr.io/acme/app@sha256:" + "b".repeat(64),
            "REGISTRY.example.com/app:1",
            "registry.example.com:5000/app@sha256:" + "c".repeat(64));
    private static final List<String> CHECKS = List.of(
            "{id: images, images: {digest: Required, registries: [registry.example.com/]}}",
            "{id: tags, images: {digest: Optional, deniedTags: [latest, edge]}}",
            "{id: baseline, podSecurity: {level: baseline, version: v1.25}}",
            "{id: restricted, mode: Warn, podSecurity: {level: restricted}}",
            "{id: owned, mode: Audit, ownership: {}}");

    @Test
    void law1_fiveHundredObjectsAreJudgedAlikeByTheCommandLineAndTheCluster(@TempDir Path directory)
            throws IOException {
        Interlock.shared();
        Kubectl admin = ControlPlane.shared().kubectl();
        admin.apply(Manifests.namespace(STAGE, STAGE, "required")).ok();
        admin.run("wait", "--for=create", "serviceaccount/default", "-n", STAGE, "--timeout=60s")
                .ok();
        String policies = Manifests.checking(STAGE, STAGE, "Enforce", String.join("\n  - ", CHECKS));
        admin.apply(policies).ok();
        admin.run("wait", "--for=condition=Ready", "pp/" + STAGE, "--timeout=60s")
                .ok();
        Files.writeString(directory.resolve("policies.yaml"), policies);

        List<JsonNode> objects = objects(new Random(8));
        List<String> byTheCommandLine = commandLine(directory, objects);
        List<String> byTheCluster = cluster(objects);
        assertThat(byTheCommandLine).hasSize(OBJECTS);
        assertThat(IntStream.range(0, OBJECTS)
                        .filter(i -> !byTheCommandLine.get(i).equals(byTheCluster.get(i)))
                        .mapToObj(i -> "%s%n  command line %s%n  cluster %s"
                                .formatted(objects.get(i), byTheCommandLine.get(i), byTheCluster.get(i))))
                .isEmpty();
        assertThat(byTheCluster.stream().filter("admitted"::equals).count()).isBetween(20L, 480L);
        assertThat(byTheCluster.stream().distinct().count()).isGreaterThan(30);
    }

    /// What is asked about is made by chance, and by what. Of an UPDATE the command line is told by a case, as
    /// of an AdmissionReview; the object that is there was let in before there were policies.
    @Test
    void law1_fiveHundredRequestsUnderPoliciesByChanceAreJudgedAlike(@TempDir Path directory) throws IOException {
        Interlock interlock = Interlock.shared();
        Kubectl admin = ControlPlane.shared().kubectl();
        Random random = new Random(26);
        List<JsonNode> namespaces =
                IntStream.range(0, NAMESPACES).mapToObj(AgreementIT::namespace).toList();
        namespaces.forEach(namespace -> admin.apply(namespace.toString()).ok());
        namespaces.forEach(namespace -> admin.run(
                        "wait", "--for=create", "serviceaccount/default", "-n", name(namespace), "--timeout=60s")
                .ok());
        List<JsonNode> creates = new ArrayList<>(
                chosen(random, OBJECTS - UPDATES - OTHERS, "object-%03d", List.of(WorkloadKind.values())));
        creates.addAll(others(random));
        List<JsonNode> stored = chosen(random, UPDATES, "stored-%03d", UPDATABLE);
        List<Update> updates = stored.stream()
                .map(object -> new Update(object, changed(random, object)))
                .toList();
        try (KubernetesClient client = ControlPlane.shared().client();
                DirectCaller endpoint = new DirectCaller(interlock)) {
            stored.forEach(object -> resource(client, object).create());

            ChosenPolicies chance = new ChosenPolicies(random);
            List<String> policies = IntStream.range(0, NAMESPACES * POLICIES_EACH)
                    .mapToObj(i -> chance.policy("chosen-%02d".formatted(i), CHOSEN + i % NAMESPACES)
                            .toString())
                    .collect(Collectors.toCollection(ArrayList::new));
            policies.add(Manifests.partialPath(
                    "chosen-service", CHOSEN + 1, "{matchLabels: {tier: web}}", "admin", CHOSEN + 1));
            admin.apply(EVERYTHING_ASKED).ok();
            admin.run("wait", "--for=condition=Ready", "pp/chosen-asked", "--timeout=60s")
                    .ok();
            policies.forEach(policy -> admin.apply(policy).ok());
            admin.run("wait", "--for=condition=Ready", "pp", "-l", LABEL, "--timeout=120s")
                    .ok();
            namespaces.forEach(namespace -> admin.run("label", "ns", name(namespace), "interlock.dev/gate=required")
                    .ok());
            Files.writeString(directory.resolve("policies.yaml"), String.join("\n---\n", policies));

            List<Said> byTheCommandLine = new ArrayList<>(checked(directory, namespaces, creates));
            byTheCommandLine.addAll(tested(directory, updates));
            List<Said> byTheEndpoint = Stream.concat(
                            creates.stream().map(object -> told(endpoint, review("CREATE", object))),
                            updates.stream().map(update -> told(endpoint, review(update))))
                    .toList();
            List<String> byTheCluster = new ArrayList<>();
            creates.forEach(object -> byTheCluster.add(
                    answer(() -> resource(client, object).dryRun().create())));
            updates.forEach(update -> byTheCluster.add(answer(() -> put(client, update))));

            List<JsonNode> asked = Stream.concat(
                            creates.stream(), updates.stream().map(Update::after))
                    .toList();
            assertThat(byTheCommandLine).hasSize(OBJECTS);
            assertThat(IntStream.range(0, OBJECTS)
                            .filter(i -> !byTheCommandLine.get(i).answer().equals(byTheCluster.get(i)))
                            .mapToObj(i -> "%s%n  command line %s%n  cluster %s"
                                    .formatted(
                                            asked.get(i),
                                            byTheCommandLine.get(i).answer(),
                                            byTheCluster.get(i))))
                    .isEmpty();
            assertThat(IntStream.range(0, OBJECTS)
                            .filter(i -> !byTheCommandLine.get(i).isLike(byTheEndpoint.get(i)))
                            .mapToObj(i -> "%s%n  command line %s%n  endpoint %s"
                                    .formatted(asked.get(i), byTheCommandLine.get(i), byTheEndpoint.get(i))))
                    .isEmpty();
            assertThat(byTheEndpoint.stream().map(Said::outcome).collect(Collectors.toSet()))
                    .contains("Allowed", "Warned", "Denied", "Undecided");
            assertThat(byTheCommandLine.stream()
                            .skip(OBJECTS - UPDATES - OTHERS)
                            .limit(OTHERS)
                            .map(Said::outcome)
                            .collect(Collectors.toSet()))
                    .as("what runs nothing is judged, too, where a policy names it")
                    .contains("NotGoverned", "Denied");
            assertThat(byTheCluster.stream().filter("admitted"::equals).count()).isBetween(50L, 400L);
            assertThat(byTheCluster.stream()
                            .filter(answer -> answer.startsWith("undecided"))
                            .count())
                    .isGreaterThan(5);
            assertThat(byTheCommandLine.stream()
                            .flatMap(each -> each.checks().stream())
                            .collect(Collectors.toSet()))
                    .as("every expression finds something")
                    .containsAll(ChosenPolicies.EXPRESSIONS.keySet());
        } finally {
            admin.run("delete", "pp", "-l", LABEL);
            admin.run("delete", "dpath", "chosen-service");
            namespaces.forEach(namespace -> admin.run("delete", "ns", name(namespace), "--wait=false"));
        }
    }

    /// @param outcome `NotGoverned` where nothing was decided
    /// @param warned  of what, as warnings begin; from the third on only how many more there are
    /// @param checks  that found something, whatever it does
    private record Said(String answer, String outcome, List<String> warned, Set<String> checks) {
        boolean isLike(Said other) {
            return answer.equals(other.answer) && outcome.equals(other.outcome) && warned.equals(other.warned);
        }
    }

    private record Update(JsonNode before, JsonNode after) {}

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    /// Those of even and of odd numbers have another team.
    private static JsonNode namespace(int number) {
        ObjectNode namespace = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
        namespace
                .putObject("metadata")
                .put("name", CHOSEN + number)
                .putObject("labels")
                .put("interlock.dev/stage", CHOSEN + number)
                .put("team", number % 2 == 0 ? "even" : "odd");
        return namespace;
    }

    private static List<JsonNode> chosen(Random random, int many, String form, List<WorkloadKind> kinds) {
        List<JsonNode> objects = objects(random, many, kinds, form, i -> CHOSEN + i % NAMESPACES);
        objects.forEach(object -> label(random, object));
        return objects;
    }

    /// What runs nothing.
    private static List<JsonNode> others(Random random) {
        List<JsonNode> objects = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            ObjectNode object = JSON.createObjectNode();
            ObjectNode metadata = object.putObject("metadata");
            metadata.put("name", "other-%03d".formatted(i)).put("namespace", CHOSEN + i % NAMESPACES);
            switch (random.nextInt(3)) {
                case 0 -> {
                    object.put("apiVersion", "v1").put("kind", "Service");
                    object.putObject("spec").putArray("ports").addObject().put("port", 80);
                }
                case 1 -> {
                    object.put("apiVersion", "v1").put("kind", "ConfigMap");
                    object.putObject("data").put("level", "debug");
                }
                default -> {
                    object.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
                    object.putObject("spec").putObject("podSelector");
                }
            }
            label(random, object);
            objects.add(object);
        }
        return objects;
    }

    private static void label(Random random, JsonNode object) {
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        switch (random.nextInt(3)) {
            case 0 -> metadata.putObject("labels").put("tier", "web");
            case 1 -> metadata.putObject("labels").put("tier", "batch");
            default -> metadata.putObject("labels").put("app", "any");
        }
    }

    private static JsonNode changed(Random random, JsonNode object) {
        JsonNode changed = object.deepCopy();
        label(random, changed);
        if (random.nextInt(3) > 0) {
            container(changed).put("image", IMAGES.get(random.nextInt(IMAGES.size())));
        }
        return changed;
    }

    private static ObjectNode container(JsonNode object) {
        WorkloadKind kind = WorkloadKind.of(
                        object.path("apiVersion").asText(), object.path("kind").asText())
                .orElseThrow();
        String template = String.join(
                "", kind.templatePath().stream().map(step -> "/" + step).toList());
        return (ObjectNode) object.at(template + "/spec/containers/0");
    }

    /// By `interlock check`.
    private static List<Said> checked(Path directory, List<JsonNode> namespaces, List<JsonNode> objects)
            throws IOException {
        JsonNode tree = run(
                Stream.concat(namespaces.stream(), objects.stream()).toList(),
                "check",
                "-f",
                "-",
                "--policy",
                directory.toString(),
                "--as",
                "admin",
                "--as-group",
                "system:masters",
                "--as-group",
                "system:authenticated",
                "-o",
                "json");
        Map<String, JsonNode> byName = items(tree, "objects")
                .collect(Collectors.toMap(object -> object.path("name").asText(), object -> object));
        return objects.stream()
                .map(object -> told(Objects.requireNonNullElse(byName.get(name(object)), NOT_GOVERNED)))
                .toList();
    }

    /// By the webhook itself, to which the same review is sent. It lets those without a certificate wait who ask often.
    private static Said told(DirectCaller endpoint, JsonNode review) {
        HttpResponse<String> answer;
        do {
            answer = endpoint.post("/admit/required", review.toString()).orElseThrow();
        } while (answer.statusCode() == 429);
        JsonNode response = DirectCaller.response(answer);
        JsonNode annotations = response.path("auditAnnotations");
        String outcome = annotations.has("unchanged")
                ? "Unchanged"
                : annotations.path("outcome").asText("NotGoverned");
        return new Said(
                answered(
                        outcome.equals("Undecided"),
                        items(response.at("/status/details"), "causes")
                                .map(cause -> "%s %s %s"
                                        .formatted(
                                                cause.path("reason").asText(),
                                                cause.path("field").asText(),
                                                cause.path("message").asText()))),
                outcome,
                items(response, "warnings")
                        .map(warning -> warning.asText().replaceFirst("(^\\+[0-9]+ more|^\\S+).*", "$1"))
                        .toList(),
                Set.of());
    }

    /// By `interlock test`.
    private static List<Said> tested(Path directory, List<Update> updates) throws IOException {
        ObjectNode cases = JSON.createObjectNode()
                .put("apiVersion", "test.interlock.dev/v1alpha1")
                .put("kind", "PolicyTest");
        cases.putArray("policies").add("policies.yaml");
        ArrayNode list = cases.putArray("cases");
        for (Update update : updates) {
            String namespace = update.after().at("/metadata/namespace").asText();
            ObjectNode each = list.addObject().put("name", name(update.after()));
            each.set("object", review(update));
            each.putObject("evidence")
                    .set(
                            "namespaceLabels",
                            namespace(Integer.parseInt(namespace.substring(CHOSEN.length())))
                                    .at("/metadata/labels"));
            each.putObject("expect").put("outcome", "Undecided").putArray("reasons");
        }
        Files.writeString(directory.resolve("cases.yaml"), cases.toString());
        return items(run(List.of(), "test", directory.resolve("cases.yaml").toString(), "-o", "json"), "cases")
                .map(AgreementIT::told)
                .toList();
    }

    private static JsonNode review(Update update) {
        ObjectNode review = review("UPDATE", update.after());
        ((ObjectNode) review.path("request")).set("oldObject", update.before());
        return review;
    }

    private static ObjectNode review(String operation, JsonNode object) {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request");
        request.put("uid", "any")
                .put("operation", operation)
                .put("dryRun", true)
                .put("name", name(object))
                .put("namespace", object.at("/metadata/namespace").asText());
        String apiVersion = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        String resource = WorkloadKind.of(apiVersion, kind)
                .map(WorkloadKind::resource)
                .orElseGet(() -> OTHER_RESOURCES.getOrDefault(kind, ""));
        GroupVersionResource of = GroupVersionResource.of(apiVersion, resource);
        request.putObject("kind")
                .put("group", of.group())
                .put("version", of.version())
                .put("kind", kind);
        request.putObject("resource")
                .put("group", of.group())
                .put("version", of.version())
                .put("resource", resource);
        request.putObject("userInfo")
                .put("username", "admin")
                .putArray("groups")
                .add("system:masters")
                .add("system:authenticated");
        request.set("object", object);
        return review;
    }

    private static Said told(JsonNode object) {
        boolean undecided = object.path("outcome").asText().equals("Undecided");
        List<JsonNode> reasons = items(object, "reasons").toList();
        return new Said(
                answered(
                        undecided,
                        reasons.stream()
                                .filter(reason ->
                                        reason.path("effect").asText().equals(undecided ? "LeavesUndecided" : "Denies"))
                                .map(reason -> "%s %s [%s/%s] %s"
                                        .formatted(
                                                reason.path("code").asText(),
                                                reason.path("path").asText(),
                                                reason.path("policy").asText(),
                                                reason.path("check").asText(),
                                                reason.path("message").asText()))),
                object.path("outcome").asText(),
                shown(reasons.stream()
                        .filter(reason -> reason.path("effect").asText().equals("Warns"))
                        .map(reason -> "[%s/%s]"
                                .formatted(
                                        reason.path("policy").asText(),
                                        reason.path("check").asText()))
                        .toList()),
                reasons.stream().map(reason -> reason.path("check").asText()).collect(Collectors.toSet()));
    }

    /// What keeps a request out, in an order that all ways share; nothing lets it in.
    private static String answered(boolean undecided, Stream<String> causes) {
        String all = causes.sorted().collect(Collectors.joining("\n    "));
        return all.isEmpty() ? "admitted" : (undecided ? "undecided: " : "denied: ") + all;
    }

    private static List<String> shown(List<String> warnings) {
        return warnings.size() <= 3
                ? warnings
                : List.of(warnings.get(0), warnings.get(1), "+%d more".formatted(warnings.size() - 2));
    }

    private static Resource<GenericKubernetesResource> resource(KubernetesClient client, JsonNode object) {
        return client.resource(Serialization.unmarshal(object.toString(), GenericKubernetesResource.class))
                .inNamespace(object.at("/metadata/namespace").asText());
    }

    /// What is stored, with the labels and the image that are asked for.
    private static void put(KubernetesClient client, Update update) {
        ObjectNode stored = JSON.valueToTree(resource(client, update.before()).get());
        ((ObjectNode) stored.path("metadata")).remove("resourceVersion");
        ((ObjectNode) stored.path("metadata")).set("labels", update.after().at("/metadata/labels"));
        container(stored).set("image", container(update.after()).path("image"));
        resource(client, stored).dryRun().update();
    }

    private static String answer(Runnable request) {
        try {
            request.run();
            return "admitted";
        } catch (KubernetesClientException refused) {
            String message = refused.getStatus().getMessage();
            assertThat(message).contains("webhook \"", ".interlock.dev\" denied");
            return answered(
                    message.contains("could not be decided"),
                    refused.getStatus().getDetails().getCauses().stream()
                            .map(cause -> "%s %s %s"
                                    .formatted(
                                            cause.getReason(),
                                            Objects.requireNonNullElse(cause.getField(), ""),
                                            cause.getMessage())));
        }
    }

    private static List<JsonNode> objects(Random random) {
        return objects(random, OBJECTS, List.of(WorkloadKind.values()), "object-%03d", _ -> STAGE);
    }

    /// Kinds, images and pod specifications by chance.
    ///
    /// @param form      of their names
    /// @param namespace by the number of the object
    private static List<JsonNode> objects(
            Random random, int many, List<WorkloadKind> kinds, String form, IntFunction<String> namespace) {
        List<PodCase> cases = PodCases.all().stream().filter(PodCase::valid).toList();
        List<JsonNode> objects = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            WorkloadKind kind = kinds.get(random.nextInt(kinds.size()));
            JsonNode pod = cases.get(random.nextInt(cases.size())).pod().deepCopy();
            ObjectNode container = (ObjectNode) pod.at("/spec/containers/0");
            container.put("image", IMAGES.get(random.nextInt(IMAGES.size())));
            if (random.nextInt(4) == 0) {
                ObjectNode init = container.deepCopy();
                init.put("name", "init").put("image", IMAGES.get(random.nextInt(IMAGES.size())));
                List.of("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")
                        .forEach(init::remove);
                ((ObjectNode) pod.path("spec")).putArray("initContainers").add(init);
            }
            objects.add(PodCases.object(kind, namespace.apply(i), form.formatted(i), pod));
        }
        return objects;
    }

    private static List<String> commandLine(Path directory, List<JsonNode> objects) throws IOException {
        return items(
                        run(
                                objects,
                                "check",
                                "-f",
                                "-",
                                "--policy",
                                directory.toString(),
                                "--stage",
                                STAGE,
                                "-o",
                                "json"),
                        "objects")
                .map(object -> object.path("admitted").asBoolean()
                        ? "admitted"
                        : said(items(object, "reasons")
                                .filter(reason -> reason.path("effect").asText().equals("Denies"))
                                .map(reason -> reason.path("code").asText() + " "
                                        + reason.path("path").asText())))
                .toList();
    }

    private static Stream<JsonNode> items(JsonNode tree, String name) {
        return StreamSupport.stream(tree.path(name).spliterator(), false);
    }

    /// What a command that finds something wrong says, as JSON.
    private static JsonNode run(List<JsonNode> piped, String... arguments) throws IOException {
        String manifests =
                String.join("\n---\n", piped.stream().map(JsonNode::toString).toList());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err),
                (_, _) -> {
                    throw new AssertionError("a cluster is asked");
                },
                InstantSource.system(),
                _ -> {},
                "");
        int exit = Cli.run(terminal, List.of(arguments));
        assertThat(exit).as(err.toString()).isEqualTo(1);
        return JSON.readTree(out.toString());
    }

    private static List<String> cluster(List<JsonNode> objects) {
        try (KubernetesClient client = ControlPlane.shared().client()) {
            return objects.stream().map(object -> cluster(client, object)).toList();
        }
    }

    private static String cluster(KubernetesClient client, JsonNode object) {
        try {
            client.resource(Serialization.unmarshal(object.toString(), GenericKubernetesResource.class))
                    .inNamespace(STAGE)
                    .dryRun()
                    .create();
            return "admitted";
        } catch (KubernetesClientException refused) {
            assertThat(refused.getStatus().getMessage()).contains("denied by policy agreement");
            return said(refused.getStatus().getDetails().getCauses().stream()
                    .map(cause -> cause.getReason() + " " + cause.getField()));
        }
    }

    /// Of AppArmor's profiles without their places: the API server copies a Pod's annotation into the field,
    /// so it sees both.
    private static String said(Stream<String> violations) {
        return "denied: "
                + violations
                        .map(violation -> violation.replaceFirst("^AppArmorProfile .*", "AppArmorProfile"))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
    }
}
