package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The release history of a real application, Online Boutique: every release into a namespace of its own,
/// under a policy that requires digests and under one that does not. What kubectl was told and what the
/// records say are the same, one to one.
class ReleasesIT {
    private static final Path RELEASES =
            Path.of(System.getProperty("interlock.corpus", "../shared/corpus"), "releases");
    private static final Pattern DENIED = Pattern.compile(
            "denied the request: promotion of ([A-Za-z]+) ([a-z0-9-]+)/([a-z0-9-]+) to releases denied by policy releases");
    private static final Pattern ADMITTED =
            Pattern.compile("(?m)^(deployment|statefulset)\\.apps/([a-z0-9-]+) created$");

    private final Kubectl kubectl = ControlPlane.shared().kubectl().within(Duration.ofMinutes(5));

    @Test
    void recordsOfFifteenReleasesMatchWhatKubectlWasToldOneToOne() throws IOException {
        if (!Files.isDirectory(RELEASES)) {
            Progress.say("SKIPPED: no corpus of releases in %s; set -Dinterlock.corpus"
                    .formatted(RELEASES.toAbsolutePath()));
        }
        Assumptions.assumeTrue(Files.isDirectory(RELEASES), "no corpus of releases in " + RELEASES.toAbsolutePath());
        List<Path> releases;
        try (Stream<Path> files = Files.list(RELEASES)) {
            releases = files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        assertThat(releases).hasSize(15);
        Interlock.shared();
        Map<String, Set<String>> told = new TreeMap<>();

        kubectl.apply(Manifests.policy("releases", "releases", "Enforce", "{digest: Required}"))
                .ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/releases", "--timeout=30s")
                .ok();
        for (Path release : releases) {
            String namespace = namespace(release);
            kubectl.apply(Manifests.namespace(namespace, "releases", "required"))
                    .ok();
            Kubectl.Result denied = kubectl.run("apply", "-n", namespace, "-f", release.toString())
                    .refused();
            Set<String> names = new TreeSet<>();
            Matcher matcher = DENIED.matcher(denied.err());
            while (matcher.find()) {
                assertThat(matcher.group(2)).isEqualTo(namespace);
                assertThat(names.add(matcher.group(1) + "/" + matcher.group(3))).isTrue();
            }
            assertThat(names).as("every workload of %s is denied", release).isEqualTo(workloads(release));
            names.forEach(name ->
                    told.computeIfAbsent(namespace, _ -> new TreeSet<>()).add("Denied " + name));
        }

        kubectl.apply(
                        Manifests.policy(
                                "releases",
                                "releases",
                                "Enforce",
                                "{digest: Optional, registries: [docker.io/, gcr.io/, us-central1-docker.pkg.dev/google-samples/, us-central1-docker.pkg.dev/online-boutique-ci/]}"))
                .ok();
        kubectl.run("wait", "--for=jsonpath={.status.observedGeneration}=2", "pp/releases", "--timeout=30s")
                .ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/releases", "--timeout=30s")
                .ok();
        for (Path release : releases) {
            String namespace = namespace(release);
            Kubectl.Result admitted = kubectl.run("apply", "-n", namespace, "-f", release.toString())
                    .ok();
            Set<String> names = new TreeSet<>();
            Matcher matcher = ADMITTED.matcher(admitted.out());
            while (matcher.find()) {
                names.add((matcher.group(1).equals("deployment") ? "Deployment/" : "StatefulSet/") + matcher.group(2));
            }
            assertThat(names).as("every workload of %s is admitted", release).isEqualTo(workloads(release));
            names.forEach(name ->
                    told.computeIfAbsent(namespace, _ -> new TreeSet<>()).add("Allowed " + name));
        }
        Progress.say("%d answers to kubectl over %d releases"
                .formatted(told.values().stream().mapToInt(Set::size).sum(), releases.size()));

        await("a record for every answer, and none besides")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(recorded(told.keySet())).isEqualTo(told));
        await("the controllers to make Pods, which are not decided")
                .atMost(Duration.ofMinutes(1))
                .until(() -> podsOf(told.keySet()) > 150);
        assertThat(recorded(told.keySet())).isEqualTo(told);
        told.keySet()
                .forEach(namespace -> kubectl.run("delete", "namespace", namespace, "--wait=false")
                        .ok());
    }

    private static String namespace(Path release) {
        return release.getFileName().toString().replace(".yaml", "").replace('.', '-');
    }

    private static Set<String> workloads(Path release) throws IOException {
        return Stream.of(Files.readString(release).split("(?m)^---\\s*$"))
                .filter(document -> document.contains("kind:"))
                .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
                .filter(object -> Set.of("Deployment", "StatefulSet").contains(object.getKind()))
                .map(object -> object.getKind() + "/" + object.getMetadata().getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private long podsOf(Set<String> namespaces) {
        return namespaces.stream()
                .mapToLong(namespace -> kubectl.run("get", "pods", "-n", namespace, "-o", "name")
                        .ok()
                        .out()
                        .lines()
                        .count())
                .sum();
    }

    private Map<String, Set<String>> recorded(Set<String> namespaces) {
        Map<String, Set<String>> recorded = new TreeMap<>();
        for (String namespace : namespaces) {
            Set<String> found = recorded.computeIfAbsent(namespace, _ -> new TreeSet<>());
            kubectl.run(
                            "get",
                            "decrec",
                            "-n",
                            namespace,
                            "-o",
                            "jsonpath={range .items[*]}{.spec.decision} {.spec.subject.kind}/{.spec.subject.name}{\"\\n\"}{end}")
                    .ok()
                    .out()
                    .lines()
                    .forEach(line -> assertThat(found.add(line))
                            .as("one record for %s", line)
                            .isTrue());
        }
        return recorded;
    }
}
