package dev.interlock.testing;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Stands in for a node where there is none: each container of a Pod of Interlock's runs as a process of this machine,
/// with the arguments, the variables and the rights that its Pod has, and the Pod's status says how it does. Volumes
/// are directories, and [#port] stands in for the Service; images, security contexts and resources count for nothing.
///
/// Pods are bound to no node, so the API server deletes them at once; here their processes are then told to end.
public final class StandInKubelet implements AutoCloseable {
    private static final String NAMESPACE = "interlock-system";
    private static final Duration EVERY = Duration.ofMillis(250);
    private static final Path CLASSES = Path.of("target/quarkus-app/interlock.aot");

    private final ControlPlane plane;
    private final Path directory;
    private final KubernetesClient client;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Running> pods = new ConcurrentHashMap<>();
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final Balancer service;
    private volatile boolean webhooksStart = true;

    /// @param name     of the container
    /// @param readied  what its probe asks
    private record Started(String name, Process process, int management, int webhook, String readied) {}

    private record Running(Path data, List<Started> processes) {
        boolean alive() {
            return processes.stream().anyMatch(one -> one.process().isAlive());
        }
    }

    private record Endpoint(int webhookPort, boolean ready) implements Balancer.Backend {}

    public StandInKubelet(ControlPlane plane) {
        this.plane = plane;
        try {
            directory = Files.createTempDirectory(plane.directory(), "node-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client = plane.client();
        service = new Balancer(this::endpoints);
        var _ = loop.scheduleWithFixedDelay(this::step, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The port of this machine behind which the webhooks are that are ready.
    public int port() {
        return service.port();
    }

    /// A program for Helm's `--post-renderer`, which writes a URL into the gate where it names the Service.
    public Path renderer() {
        return executable(directory.resolve("renderer"), """
                #!/bin/sh
                exec sed -E 's#service: .namespace: interlock-system, name: interlock-webhook, port: 443, path: (/[a-z]+/[a-z]+).#url: "https://127.0.0.1:%d\\1"#'
                """.formatted(port()));
    }

    /// Puts `helm` into a directory, which installs through [#renderer] without being told to.
    public void helm(Path bin) {
        executable(bin.resolve("helm"), """
                #!/bin/sh
                exec '%s' "$@" --post-renderer '%s'
                """.formatted(Helm.binary(), renderer()));
    }

    private static Path executable(Path file, String script) {
        try {
            Files.writeString(file, script);
            if (!file.toFile().setExecutable(true)) {
                throw new IOException("cannot be made executable: " + file);
            }
            return file.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether containers of webhooks start: without, a cluster is as one whose image cannot be pulled.
    public void webhooksStart(boolean start) {
        webhooksStart = start;
    }

    /// What the Pods of that name prefix have said so far, as `kubectl logs` would show it.
    public String log(String prefix) {
        try (Stream<Path> logs = Files.list(directory)) {
            StringBuilder all = new StringBuilder();
            for (Path log : logs.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                all.append(Files.readString(log));
            }
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Endpoint> endpoints() {
        return pods.values().stream()
                .flatMap(running -> running.processes().stream())
                .filter(one -> one.webhook() != 0)
                .map(one -> new Endpoint(one.webhook(), ready(one)))
                .toList();
    }

    private void step() {
        try {
            List<Pod> found = client.pods().inNamespace(NAMESPACE).list().getItems();
            Set<String> there = new HashSet<>();
            found.forEach(pod -> there.add(pod.getMetadata().getUid()));
            pods.forEach((uid, running) -> {
                if (!there.contains(uid)) {
                    running.processes().forEach(one -> one.process().destroy());
                    if (!running.alive()) {
                        pods.remove(uid);
                    }
                }
            });
            for (Pod pod : found) {
                Running running = pods.get(pod.getMetadata().getUid());
                if (running == null) {
                    start(pod);
                } else {
                    report(pod, running);
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            Progress.say("the node looks again: " + e);
        }
    }

    private void start(Pod pod) throws IOException {
        boolean ended = pod.getStatus() != null
                && List.of("Succeeded", "Failed")
                        .contains(String.valueOf(pod.getStatus().getPhase()));
        Path data = Files.createDirectories(directory.resolve(volume(pod)));
        boolean taken = pods.values().stream().anyMatch(other -> other.data().equals(data) && other.alive());
        boolean held = !webhooksStart
                && pod.getSpec().getContainers().stream()
                        .anyMatch(container -> container.getName().equals("webhook"));
        if (ended || taken || held) {
            return;
        }
        List<Map<String, String>> environments = new ArrayList<>();
        for (Container container : pod.getSpec().getContainers()) {
            Optional<Map<String, String>> environment = environment(pod, container);
            if (environment.isEmpty()) {
                return; // a Secret that it names is not there yet
            }
            environments.add(environment.get());
        }
        List<Started> processes = new ArrayList<>();
        try {
            for (int i = 0; i < environments.size(); i++) {
                processes.add(start(pod, pod.getSpec().getContainers().get(i), environments.get(i), data));
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            // All of them are started anew; one that nobody knows of would keep the ledger's files.
            processes.forEach(one -> one.process().destroyForcibly());
            throw e;
        }
        pods.put(pod.getMetadata().getUid(), new Running(data, processes));
    }

    /// A claim outlives its Pod, and anything else goes with it.
    private static String volume(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .findFirst()
                .orElse(pod.getMetadata().getUid());
    }

    private Started start(Pod pod, Container container, Map<String, String> environment, Path data) throws IOException {
        boolean webhook = container.getName().equals("webhook");
        int management = Fork.freePort();
        int port = webhook ? Fork.freePort() : 0;
        String name = pod.getMetadata().getName() + "-" + container.getName();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseParallelGC",
                "-Xmx192m"));
        if (Files.exists(CLASSES)) {
            command.add("-XX:AOTCache=" + CLASSES);
        }
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        container.getArgs().forEach(argument -> command.add(expanded(argument, environment)));
        ProcessBuilder program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        program.environment().remove("KUBECONFIG");
        program.environment().putAll(environment);
        program.environment().put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        program.environment().put("QUARKUS_MANAGEMENT_PORT", Integer.toString(management));
        program.environment()
                .computeIfPresent(
                        "INTERLOCK_DATA_DIRECTORY",
                        (_, _) -> data.toAbsolutePath().toString());
        program.environment().computeIfPresent("INTERLOCK_WEBHOOK_NAMES", (_, _) -> "127.0.0.1");
        program.environment().put("INTERLOCK_WEBHOOK_HOST", "127.0.0.1");
        program.environment().put("INTERLOCK_WEBHOOK_PORT", Integer.toString(port));
        if (Boolean.TRUE.equals(pod.getSpec().getAutomountServiceAccountToken())) {
            Path kubeconfig = directory.resolve(name + ".kubeconfig");
            Interlock.writeKubeconfig(plane, plane.server(), pod.getSpec().getServiceAccountName(), kubeconfig);
            program.environment().put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
        }
        String probe = container.getReadinessProbe() == null
                ? "/health/live"
                : container.getReadinessProbe().getHttpGet().getPath();
        return new Started(container.getName(), program.start(), management, port, probe);
    }

    /// With variables as `$(NAME)`.
    private static String expanded(String argument, Map<String, String> environment) {
        String expanded = argument;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            expanded = expanded.replace("$(%s)".formatted(variable.getKey()), variable.getValue());
        }
        return expanded;
    }

    /// Empty where a Secret that it names is not there.
    private Optional<Map<String, String>> environment(Pod pod, Container container) {
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            Optional<String> value = value(pod, variable);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            environment.put(variable.getName(), value.get());
        }
        return Optional.of(environment);
    }

    private Optional<String> value(Pod pod, EnvVar variable) {
        EnvVarSource source = variable.getValueFrom();
        if (source == null) {
            return Optional.of(variable.getValue());
        }
        if (source.getFieldRef() != null) {
            return Optional.of(
                    switch (source.getFieldRef().getFieldPath()) {
                        case "metadata.name" -> pod.getMetadata().getName();
                        case "metadata.namespace" -> pod.getMetadata().getNamespace();
                        case "metadata.uid" -> pod.getMetadata().getUid();
                        default -> throw new IllegalArgumentException(variable.toString());
                    });
        }
        Secret secret = client.secrets()
                .inNamespace(NAMESPACE)
                .withName(source.getSecretKeyRef().getName())
                .get();
        return Optional.ofNullable(secret)
                .map(found -> found.getData().get(source.getSecretKeyRef().getKey()))
                .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
    }

    private boolean ready(Started one) {
        if (!one.process().isAlive()) {
            return false;
        }
        try {
            HttpResponse<Void> answer = http.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:%d%s".formatted(one.management(), one.readied())))
                            .timeout(Duration.ofSeconds(2))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            return answer.statusCode() == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void report(Pod pod, Running running) {
        boolean stays = !"Never".equals(pod.getSpec().getRestartPolicy());
        if (stays && !running.alive()) {
            pods.remove(pod.getMetadata().getUid()); // and starts again
            return;
        }
        List<ContainerStatus> statuses = new ArrayList<>();
        boolean ready = stays;
        for (Started one : running.processes()) {
            boolean good = stays && ready(one);
            ready &= good;
            statuses.add(status(pod, one, good));
        }
        String phase = running.alive() ? "Running" : succeeded(running) ? "Succeeded" : "Failed";
        String word = ready ? "True" : "False";
        boolean same = pod.getStatus() != null
                && phase.equals(pod.getStatus().getPhase())
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals(word));
        if (same) {
            return;
        }
        Pod reported = new PodBuilder(pod)
                .editOrNewStatus()
                .withPhase(phase)
                .withStartTime(pod.getMetadata().getCreationTimestamp())
                .withContainerStatuses(statuses)
                .removeMatchingFromConditions(
                        condition -> List.of("Ready", "ContainersReady").contains(condition.getType()))
                .addNewCondition()
                .withType("Ready")
                .withStatus(word)
                .withLastTransitionTime(now())
                .endCondition()
                .addNewCondition()
                .withType("ContainersReady")
                .withStatus(word)
                .withLastTransitionTime(now())
                .endCondition()
                .endStatus()
                .build();
        client.pods().inNamespace(NAMESPACE).resource(reported).updateStatus();
    }

    private static boolean succeeded(Running running) {
        return running.processes().stream().allMatch(one -> one.process().exitValue() == 0);
    }

    private static ContainerStatus status(Pod pod, Started one, boolean ready) {
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(one.name())
                .withReady(ready)
                .withStarted(ready)
                .withRestartCount(0)
                .withImage(pod.getSpec().getContainers().getFirst().getImage())
                .withImageID("");
        return one.process().isAlive()
                ? status.withNewState()
                        .withNewRunning()
                        .withStartedAt(now())
                        .endRunning()
                        .endState()
                        .build()
                : status.withNewState()
                        .withNewTerminated()
                        .withExitCode(one.process().exitValue())
                        .withReason(one.process().exitValue() == 0 ? "Completed" : "Error")
                        .withFinishedAt(now())
                        .endTerminated()
                        .endState()
                        .build();
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// Ends all webhooks as a crash would, and lets none start again until it is told to.
    public void killWebhooks() {
        webhooksStart = false;
        pods.values().stream()
                .flatMap(running -> running.processes().stream())
                .filter(one -> one.webhook() != 0)
                .forEach(one -> one.process().destroyForcibly());
    }

    @Override
    public void close() {
        loop.shutdownNow();
        service.close();
        pods.values()
                .forEach(running ->
                        running.processes().forEach(one -> one.process().destroyForcibly()));
        client.close();
    }
}
