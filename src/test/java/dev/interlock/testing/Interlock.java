package dev.interlock.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.ledger.Place;
import dev.interlock.ledger.Places;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Interlock as it is packaged, as one process or as two beside a real API server, installed from `deploy/` by
/// kubectl, each process running with exactly the rights of its own ServiceAccount.
public final class Interlock implements AutoCloseable, Balancer.Backend {
    /// The one difference to a cluster: the gate points at a port of this machine.
    private static final String OVERLAY_ADDRESS = "127.0.0.1:9443";

    private static final boolean BENCHMARK = Boolean.getBoolean("interlock.benchmark");
    private static final Path CLASSES = Path.of("target/quarkus-app/interlock.aot");

    private static final Duration READY = Duration.ofSeconds(60);

    /// What one process of Interlock does: the command that starts it.
    public enum Role {
        RUN("interlock"),
        WEBHOOK("interlock-webhook"),
        OPERATOR("interlock-operator");

        private final String account;

        Role(String account) {
            this.account = account;
        }

        String command() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static @Nullable Interlock shared;

    private final ControlPlane controlPlane;
    private final Path directory;
    private String server;
    private final int webhookPort;
    private final Map<Role, Integer> managementPorts = new EnumMap<>(Role.class);
    private final Path data;
    private final Places places;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Role, Process> processes = new ConcurrentHashMap<>();
    private final Map<Role, String> heaps = new EnumMap<>(Role.class);
    private final Map<String, String> environment = new HashMap<>();
    private List<String> options = List.of();

    private Interlock(ControlPlane controlPlane, Path data, Places places, Set<Role> roles) throws IOException {
        this.controlPlane = controlPlane;
        this.server = controlPlane.server();
        this.directory = Files.createTempDirectory(controlPlane.directory(), "interlock-");
        this.data = data;
        this.places = places;
        this.webhookPort = Fork.freePort();
        for (Role role : roles) {
            managementPorts.put(role, Fork.freePort());
        }
    }

    /// The one on the shared control plane, running and ready: a test that stopped it has to start it again.
    public static synchronized Interlock shared() {
        Interlock known = shared;
        if (known == null) {
            known = install(ControlPlane.shared());
            shared = known;
        }
        known.ensureReady();
        return known;
    }

    /// Installs and starts one on a control plane.
    public static Interlock install(ControlPlane controlPlane) {
        Interlock interlock = prepare(controlPlane, Optional.empty());
        interlock.applyManifests();
        interlock.start();
        return interlock;
    }

    /// One that is neither installed nor started.
    ///
    /// @param data its data directory, where it is not to have one of its own
    public static Interlock prepare(ControlPlane controlPlane, Optional<Path> data) {
        return prepare(controlPlane, data, Set.of(Role.RUN));
    }

    /// Two processes with one data directory, as the two containers of the embedded Pod are; neither
    /// installed nor started.
    public static Interlock prepareApart(ControlPlane controlPlane) {
        return prepareApart(controlPlane, Optional.empty());
    }

    /// The same.
    ///
    /// @param data their data directory, where it is not to be one of their own
    public static Interlock prepareApart(ControlPlane controlPlane, Optional<Path> data) {
        return prepare(controlPlane, data, EnumSet.of(Role.WEBHOOK, Role.OPERATOR));
    }

    /// One process of several that share a database; neither installed nor started.
    ///
    /// @param name among all of them
    public static Interlock replica(ControlPlane controlPlane, Role role, String name, Places places) {
        Interlock replica = prepare(controlPlane, Optional.empty(), Set.of(role), Optional.of(places));
        Place place = role == Role.WEBHOOK ? places.admissions() : places.ledger();
        if (!(place instanceof Place.Schema schema)) {
            throw new IllegalArgumentException("files have one writer: " + place);
        }
        replica.set("INTERLOCK_REPLICA", name);
        replica.set("INTERLOCK_WEBHOOK_DRAIN", "2s");
        replica.set("INTERLOCK_DATABASE_URL", schema.database().url());
        schema.database().user().ifPresent(user -> replica.set("INTERLOCK_DATABASE_USER", user));
        schema.database().password().ifPresent(password -> replica.set("INTERLOCK_DATABASE_PASSWORD", password));
        return replica;
    }

    private static Interlock prepare(ControlPlane controlPlane, Optional<Path> data, Set<Role> roles) {
        return prepare(controlPlane, data, roles, Optional.empty());
    }

    private static Interlock prepare(
            ControlPlane controlPlane, Optional<Path> data, Set<Role> roles, Optional<Places> places) {
        try {
            Path own = data.isPresent() ? data.get() : Files.createTempDirectory(controlPlane.directory(), "data-");
            Interlock interlock = new Interlock(controlPlane, own, places.orElse(Places.in(own)), roles);
            Runtime.getRuntime().addShutdownHook(new Thread(interlock::kill));
            return interlock;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Applies `deploy/overlays/host`, as its users do.
    public void applyManifests() {
        applyManifests(webhookPort);
    }

    /// @param port of this machine that the gate points at
    public void applyManifests(int port) {
        Kubectl kubectl = controlPlane.kubectl();
        String manifests = kubectl.run("kustomize", "deploy/overlays/host").ok().out();
        assertThat(manifests).contains(OVERLAY_ADDRESS);
        String here = manifests.replace(OVERLAY_ADDRESS, "127.0.0.1:" + port);
        kubectl.run("wait", "--for=create", "namespace/default", "--timeout=30s")
                .ok();
        // The first apply may come before the API server knows the kinds that it has just been given.
        kubectl.apply(here, "--server-side", "--force-conflicts").ok();
        kubectl.run(
                        "wait",
                        "--for=condition=Established",
                        "--timeout=30s",
                        "crd/promotionpolicies.interlock.dev",
                        "crd/decisionrecords.interlock.dev",
                        "crd/deliverypaths.interlock.dev",
                        "crd/driftevents.interlock.dev",
                        "crd/feedbackreleases.interlock.dev")
                .ok();
        if (!managementPorts.containsKey(Role.RUN)) {
            String accounts =
                    kubectl.run("kustomize", "deploy/components/accounts").ok().out();
            kubectl.apply(accounts, "--server-side", "--force-conflicts").ok();
        }
    }

    /// Starts what does not run and waits until all of it is ready.
    public void start() {
        launch();
        awaitReady();
    }

    /// Starts what does not run and does not wait.
    public void launch() {
        managementPorts.keySet().stream().filter(role -> !running(role)).forEach(this::launch);
    }

    /// How much memory the next process of that role gets, as a JVM's `-Xmx` has it.
    public void heap(Role role, String most) {
        heaps.put(role, most);
    }

    /// Further options of the JVM for processes that are started from here on.
    public void options(String... more) {
        options = List.of(more);
    }

    /// Where the next process reaches the API server.
    public void reach(String address) {
        server = address;
    }

    /// Sets a variable of the environment of processes that are started from here on.
    public void set(String variable, String value) {
        environment.put(variable, value);
    }

    /// Starts one process and does not wait.
    public void launch(Role role) {
        if (BENCHMARK) {
            launch(role, List.of());
            return;
        }
        if (role == Role.RUN) {
            train();
        }
        launch(role, Files.exists(CLASSES) ? List.of("-XX:AOTCache=" + CLASSES) : List.of());
    }

    /// Keeps what the JVM makes of the classes of a whole run (JEP 514), if nobody did: every later start takes half as
    /// long. `mvn clean` forgets it, and a JVM whose jar is another one does not use it.
    private void train() {
        try {
            Fork.alone("interlock.aot", () -> {
                if (Files.exists(CLASSES)) {
                    return;
                }
                Progress.say("the first start of this build: keeping its classes for the others");
                Path unfinished = CLASSES.resolveSibling("unfinished.aot");
                launch(Role.RUN, List.of("-XX:AOTCacheOutput=" + unfinished));
                awaitReady();
                Process trained = process(Role.RUN);
                trained.destroy();
                end(trained);
                Files.move(unfinished, CLASSES, StandardCopyOption.ATOMIC_MOVE);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch(Role role, List<String> classes) {
        Path kubeconfig = directory.resolve("kubeconfig-" + role.command());
        try {
            writeKubeconfig(controlPlane, server, role.account, kubeconfig);
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(
                    // Short lives: what the second compiler gains it does not earn back. Benchmarks want it.
                    "-XX:TieredStopAtLevel=" + (BENCHMARK ? 4 : 1),
                    "-XX:+UseParallelGC",
                    "-Xmx" + heaps.getOrDefault(role, "192m"),
                    "-XX:+ExitOnOutOfMemoryError"));
            command.addAll(classes);
            command.addAll(options);
            command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar", role.command()));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            builder.environment()
                    .putAll(Map.of(
                            "KUBECONFIG", kubeconfig.toString(),
                            "INTERLOCK_DATA_DIRECTORY", data.toAbsolutePath().toString(),
                            "INTERLOCK_WEBHOOK_PORT", Integer.toString(webhookPort),
                            "INTERLOCK_WEBHOOK_HOST", "127.0.0.1",
                            "INTERLOCK_WEBHOOK_NAMES", "127.0.0.1",
                            "INTERLOCK_REPLICA", "test",
                            "INTERLOCK_WEBHOOK_DRAIN", "100ms",
                            "INTERLOCK_RECORDS_PER_SECOND", "200",
                            "QUARKUS_MANAGEMENT_HOST", "127.0.0.1",
                            "QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPorts.getOrDefault(role, 0))));
            builder.environment().putAll(environment);
            processes.put(role, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes a kubeconfig of a service account of Interlock's.
    ///
    /// @param server where the API server is to be reached
    static void writeKubeconfig(ControlPlane plane, String server, String account, Path file) throws IOException {
        String token = plane.kubectl()
                .run("create", "token", account, "-n", "interlock-system", "--duration=24h")
                .ok()
                .out()
                .strip();
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                """.formatted(server, plane.authority().toAbsolutePath(), token));
    }

    public void awaitReady() {
        try {
            await("Interlock to be ready, see " + log())
                    .atMost(READY)
                    .pollInterval(Duration.ofMillis(50))
                    .failFast("the process has ended, see " + log(), () -> !running())
                    .until(this::ready);
        } catch (RuntimeException e) {
            throw new AssertionError(tail(log()), e);
        }
    }

    private void ensureReady() {
        if (!running()) {
            Progress.say("a test left Interlock stopped; starting it again");
            start();
        } else {
            awaitReady();
        }
    }

    /// Whether all of it runs.
    public boolean running() {
        return managementPorts.keySet().stream().allMatch(this::running);
    }

    public boolean running(Role role) {
        Process process = processes.get(role);
        return process != null && process.isAlive();
    }

    /// Whether all of it is ready.
    @Override
    public boolean ready() {
        return managementPorts.keySet().stream().allMatch(this::ready);
    }

    public boolean ready(Role role) {
        return get(role, "/health/ready")
                .filter(response ->
                        response.statusCode() == 200 && !response.body().contains("waitingFor"))
                .isPresent();
    }

    /// What a management path of the only process answers; empty where nothing listens.
    public Optional<HttpResponse<String>> get(String path) {
        return get(Role.RUN, path);
    }

    /// What a management path answers; empty where nothing listens.
    public Optional<HttpResponse<String>> get(Role role, String path) {
        try {
            int port = managementPorts.getOrDefault(role, 0);
            return Optional.of(http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The ports that have `/metrics`.
    public List<Integer> managementPorts() {
        return List.copyOf(managementPorts.values());
    }

    /// A sample of `/metrics`, summed over its labels and over the processes; 0 where there is none.
    public double metric(String name, String... labels) {
        return managementPorts.keySet().stream()
                .mapToDouble(role -> metric(role, name, labels))
                .sum();
    }

    private double metric(Role role, String name, String... labels) {
        String body = get(role, "/metrics").orElseThrow().body();
        return body.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /// Waits until all that is in the ledger is visible in records, so that what comes next does not wait behind it.
    public void awaitRecords() {
        await("the backlog of records")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> metric("interlock_records_backlog") == 0);
    }

    /// Waits until every change of a live object was looked at and is visible.
    public void awaitDrift() {
        await("every change to be looked at")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> metric("interlock_drift_unknown") == 0
                        && metric("interlock_drift_behind_seconds") == 0
                        && metric("interlock_drift_backlog") == 0);
    }

    /// The operator's own ledger.
    public Place operatorLedger() {
        return places.ledger();
    }

    /// Ends all of it as a crash would.
    public void kill() {
        managementPorts.keySet().forEach(this::kill);
    }

    /// Ends one process as a crash would, also one that is stopped.
    public void kill(Role role) {
        Process ending = processes.get(role);
        if (ending != null) {
            ending.destroyForcibly();
            end(ending);
        }
    }

    /// Ends all of it in order.
    public void stop() {
        processes.values().forEach(Process::destroy);
        processes.values().forEach(Interlock::end);
    }

    /// Sends a signal to one process, for example STOP.
    public void signal(Role role, String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid(role)))
                    .start()
                    .waitFor();
            assertThat(exit).as("kill -%s", signal).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The process that has that role now.
    public long pid(Role role) {
        return process(role).pid();
    }

    private Process process(Role role) {
        Process process = processes.get(role);
        if (process == null) {
            throw new IllegalStateException("it was not started");
        }
        return process;
    }

    /// Waits until the only process ends by itself.
    ///
    /// @return its exit code
    public int awaitEnd() {
        return awaitEnd(Role.RUN);
    }

    /// Waits until a process ends by itself.
    ///
    /// @return its exit code
    public int awaitEnd(Role role) {
        Process ending = process(role);
        end(ending);
        return ending.exitValue();
    }

    private static void end(Process ending) {
        try {
            assertThat(ending.waitFor(30, TimeUnit.SECONDS))
                    .as("the process ends")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The most memory that the process has had resident, in bytes; 0 where the system does not say.
    public long largestResidentSet() {
        Process measured = processes.get(Role.RUN);
        return measured == null ? 0 : memory(measured.pid(), "VmHWM:");
    }

    /// The memory that a process has resident now, in bytes; 0 where the system does not say.
    public static long resident(long process) {
        return memory(process, "VmRSS:");
    }

    private static long memory(long process, String which) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/%d/status".formatted(process)))) {
            return lines.filter(line -> line.startsWith(which))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException _) {
            return 0;
        }
    }

    /// Whether the API server asks about a new policy before it stores it: what it does not while no webhook answers.
    public static void asksAboutNewPolicies(Kubectl admin, boolean asks) {
        admin.run(
                "patch",
                "validatingwebhookconfiguration",
                "interlock",
                "--type=json",
                "-p",
                "[{\"op\":\"test\",\"path\":\"/webhooks/2/name\",\"value\":\"api.interlock.dev\"},"
                        + "{\"op\":\"replace\",\"path\":\"/webhooks/2/rules/0/operations\",\"value\":[%s\"UPDATE\"]}]"
                                .formatted(asks ? "\"CREATE\"," : ""));
    }

    /// The authorities that the gate's `caBundle` names, PEM.
    public String trusted() {
        String bundle = controlPlane
                .kubectl()
                .run(
                        "get",
                        "validatingwebhookconfiguration",
                        "interlock",
                        "-o",
                        "jsonpath={.webhooks[0].clientConfig.caBundle}")
                .ok()
                .out();
        return new String(Base64.getMimeDecoder().decode(bundle), StandardCharsets.UTF_8);
    }

    @Override
    public int webhookPort() {
        return webhookPort;
    }

    public Place ledger() {
        return places.admissions();
    }

    public Path data() {
        return data;
    }

    /// Puts what is in one data directory in place of what is in another.
    public static void copyData(Path from, Path to) throws IOException {
        try (Stream<Path> old = Files.list(to)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    public Path log() {
        return directory.resolve("interlock.log");
    }

    public ControlPlane controlPlane() {
        return controlPlane;
    }

    /// A client that acts as one of the control plane's users.
    public static KubernetesClient client(ControlPlane controlPlane, String user) {
        try {
            Config config = Config.fromKubeconfig(Files.readString(controlPlane.kubeconfig(user)));
            config.setCaCertFile(controlPlane.authority().toAbsolutePath().toString());
            config.setRequestRetryBackoffLimit(0);
            config.setMaxConcurrentRequests(128);
            config.setMaxConcurrentRequestsPerHost(128);
            return new KubernetesClientBuilder().withConfig(config).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
