package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.PodCases;
import dev.interlock.testing.PodCases.PodCase;
import dev.interlock.testing.Progress;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The check kind `podSecurity` against the API server's own Pod Security admission, and through the gate.
class PodSecurityIT {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path CORPUS =
            Path.of(System.getProperty("interlock.corpus", "../shared/corpus")).resolve("pod-security");
    private static final List<String> LEVELS = List.of("baseline", "restricted");

    /// Of the API server here.
    private static final int NEWEST = 36;

    private static Kubectl admin;
    private static KubernetesClient client;

    @BeforeAll
    static void install() {
        Interlock.shared();
        admin = ControlPlane.shared().kubectl();
        client = ControlPlane.shared().client();
    }

    @AfterAll
    static void close() {
        client.close();
    }

    /// What became of an object that was sent without being stored.
    private sealed interface Answer {
        record Taken() implements Answer {}

        /// @param codes of the causes
        record Forbidden(String message, List<String> codes) implements Answer {}

        /// By the API server itself, which knows no such object.
        record Invalid(String message) implements Answer {}
    }

    private static Answer send(String namespace, JsonNode object) {
        GenericKubernetesResource resource =
                Serialization.unmarshal(object.toString(), GenericKubernetesResource.class);
        resource.getMetadata().setNamespace(namespace);
        try {
            client.resource(resource).inNamespace(namespace).dryRun().create();
            return new Answer.Taken();
        } catch (KubernetesClientException refused) {
            String message = refused.getStatus().getMessage();
            if (refused.getCode() != 403) {
                return new Answer.Invalid(message);
            }
            return new Answer.Forbidden(
                    message,
                    refused.getStatus().getDetails().getCauses().stream()
                            .map(StatusCause::getReason)
                            .distinct()
                            .sorted()
                            .toList());
        }
    }

    private static <T> List<T> all(List<Callable<T>> calls) {
        try (ExecutorService eight = Executors.newFixedThreadPool(8)) {
            List<T> results = new ArrayList<>();
            for (Future<T> each : eight.invokeAll(calls)) {
                results.add(each.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static void makeNamespaces(List<String> manifests, List<String> names) {
        admin.apply(String.join("---\n", manifests)).ok();
        List<String> wait = new ArrayList<>(List.of("wait", "--for=create", "serviceaccount/default", "--timeout=60s"));
        names.forEach(name -> admin.run(
                        Stream.concat(wait.stream(), Stream.of("-n", name)).toArray(String[]::new))
                .ok());
    }

    @Test
    void theApiServersOwnAdmissionSaysTheSameOfEveryCaseAtEveryLevelAndVersion() {
        List<String> manifests = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String level : LEVELS) {
            IntStream.rangeClosed(0, NEWEST).forEach(minor -> {
                names.add("psa-%s-%d".formatted(level, minor));
                manifests.add("""
                        apiVersion: v1
                        kind: Namespace
                        metadata:
                          name: psa-%s-%d
                          labels: {pod-security.kubernetes.io/enforce: %s, pod-security.kubernetes.io/enforce-version: v1.%d}
                        """.formatted(level, minor, level, minor));
            });
        }
        makeNamespaces(manifests, names);
        List<PodCase> cases = PodCases.all().stream().filter(PodCase::valid).toList();
        Progress.say("asking the API server's own admission about %d Pods at %d versions"
                .formatted(cases.size(), NEWEST + 1));
        List<Callable<String>> calls = new ArrayList<>();
        for (PodCase each : cases) {
            JsonNode pod = PodCases.object(WorkloadKind.POD, "default", "case", each.pod());
            for (String level : LEVELS) {
                for (int minor = 0; minor <= NEWEST; minor++) {
                    String namespace = "psa-%s-%d".formatted(level, minor);
                    boolean ours = each.codes(level, minor).isEmpty();
                    String where = "%s, %s v1.%d: expected to be %s, but "
                            .formatted(each, level, minor, ours ? "allowed" : "forbidden");
                    calls.add(() -> switch (send(namespace, pod)) {
                        case Answer.Taken _ -> ours ? "" : where + "it is allowed";
                        case Answer.Invalid(String message) -> where + message;
                        case Answer.Forbidden(String message, var _) ->
                            !ours && message.contains("violates PodSecurity") ? "" : where + message;
                    });
                }
            }
        }
        assertThat(all(calls)).hasSize(cases.size() * 2 * (NEWEST + 1)).containsOnly("");
    }

    private static void govern(String name, String level, String version) {
        makeNamespaces(List.of(Manifests.namespace(name, name, "required")), List.of(name));
        admin.apply(Manifests.checking(
                        name,
                        name,
                        "Enforce",
                        "{id: pod-security, podSecurity: {level: %s, version: %s}}".formatted(level, version)))
                .ok();
        admin.run("wait", "--for=condition=Ready", "pp/" + name, "--timeout=60s")
                .ok();
    }

    @Test
    void everyCaseIsJudgedThroughTheGateAsAPodAndAsATemplate() {
        for (String level : LEVELS) {
            govern("pods-" + level, level, "latest");
            for (WorkloadKind kind : List.of(WorkloadKind.POD, WorkloadKind.DEPLOYMENT, WorkloadKind.CRON_JOB)) {
                List<PodCase> cases =
                        PodCases.all().stream().filter(PodCase::valid).toList();
                List<Callable<Answer>> calls = cases.stream()
                        .<Callable<Answer>>map(each ->
                                () -> send("pods-" + level, PodCases.object(kind, "pods-" + level, "case", each.pod())))
                        .toList();
                List<Answer> answers = all(calls);
                for (int i = 0; i < cases.size(); i++) {
                    List<String> expected = cases.get(i).codes(level, NEWEST);
                    if (expected.isEmpty()) {
                        assertThat(answers.get(i))
                                .as("%s as %s, %s", cases.get(i), kind, level)
                                .isEqualTo(new Answer.Taken());
                    } else {
                        assertThat(answers.get(i))
                                .as("%s as %s, %s", cases.get(i), kind, level)
                                .isInstanceOfSatisfying(
                                        Answer.Forbidden.class,
                                        forbidden ->
                                                assertThat(forbidden.codes()).isEqualTo(expected));
                    }
                }
            }
        }
    }

    @Test
    void theFixturesOfUpstreamAreJudgedThroughTheGateAsUpstreamSays() throws IOException {
        if (!Files.isDirectory(CORPUS)) {
            Progress.say("SKIPPED: there are no fixtures of Pod Security in " + CORPUS.toAbsolutePath());
        }
        assumeThat(CORPUS).isDirectory();
        List<Path> fixtures;
        try (Stream<Path> walk = Files.walk(CORPUS)) {
            fixtures = walk.filter(path -> path.toString().endsWith(".yaml")).toList();
        }
        fixtures.stream()
                .map(fixture -> CORPUS.relativize(fixture).subpath(0, 2))
                .distinct()
                .forEach(place -> govern(
                        stage(place),
                        place.getName(0).toString(),
                        place.getName(1).toString()));
        for (WorkloadKind kind : WorkloadKind.values()) {
            List<Callable<String>> calls = new ArrayList<>();
            for (Path fixture : fixtures) {
                Path place = CORPUS.relativize(fixture);
                JsonNode object = PodCases.object(kind, stage(place), "case", YAML.readTree(fixture.toFile()));
                String verdict = place.getName(2).toString();
                calls.add(() -> verdict + ": "
                        + switch (send(stage(place), object)) {
                            case Answer.Taken _ -> "allowed";
                            case Answer.Forbidden _ -> "denied";
                            case Answer.Invalid _ -> "no object of this API server";
                        });
            }
            var confusion = all(calls).stream().collect(Collectors.groupingBy(said -> said, Collectors.counting()));
            Progress.say("Pod Security of upstream through the gate, as %s: %s".formatted(kind.kind(), confusion));
            assertThat(confusion).doesNotContainKeys("pass: denied", "fail: allowed");
            assertThat(confusion.getOrDefault("pass: allowed", 0L)).isGreaterThan(60);
            assertThat(confusion.getOrDefault("fail: denied", 0L)).isGreaterThan(200);
        }
    }

    private static String stage(Path place) {
        return "upstream-%s-%s".formatted(place.getName(0), place.getName(1)).replace('.', '-');
    }
}
