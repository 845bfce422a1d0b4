package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.cli.Cli;
import dev.interlock.cli.Terminal;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.PodCases;
import dev.interlock.testing.PodCases.PodCase;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a pipeline is told by `interlock check` is what the cluster will say: the same objects under the same policies,
/// through the command line and through the API server.
class AgreementIT {
    private static final int OBJECTS = 500;
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

    /// Kinds, images and pod specifications by chance.
    private static List<JsonNode> objects(Random random) {
        List<PodCase> cases = PodCases.all().stream().filter(PodCase::valid).toList();
        List<WorkloadKind> kinds = List.of(WorkloadKind.values());
        List<JsonNode> objects = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) {
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
            objects.add(PodCases.object(kind, STAGE, "object-%03d".formatted(i), pod));
        }
        return objects;
    }

    private static List<String> commandLine(Path directory, List<JsonNode> objects) throws IOException {
        String manifests =
                String.join("\n---\n", objects.stream().map(JsonNode::toString).toList());
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
        int exit = Cli.run(
                terminal,
                List.of("check", "-f", "-", "--policy", directory.toString(), "--stage", STAGE, "-o", "json"));
        assertThat(exit).as(err.toString()).isEqualTo(1);
        return StreamSupport.stream(
                        new ObjectMapper()
                                .readTree(out.toString())
                                .path("objects")
                                .spliterator(),
                        false)
                .map(object -> object.path("admitted").asBoolean()
                        ? "admitted"
                        : said(StreamSupport.stream(object.path("reasons").spliterator(), false)
                                .filter(reason -> reason.path("effect").asText().equals("Denies"))
                                .map(reason -> reason.path("code").asText() + " "
                                        + reason.path("path").asText())))
                .toList();
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

    /// Of AppArmor's profiles without their places: the API server copies a Pod's annotation into the field, so it sees
    /// both.
    private static String said(Stream<String> violations) {
        return "denied: "
                + violations
                        .map(violation -> violation.replaceFirst("^AppArmorProfile .*", "AppArmorProfile"))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
    }
}
