package dev.interlock.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// A real control plane on loopback: etcd, API server and controller manager, but no node, so Pods are made
/// and stay pending. With `-Dinterlock.cluster=k3s` it is a [K3s], and tests that break one part of it are
/// skipped.
///
/// All the work is in `src/test/controlplane/controlplane`, so that a person can start, stop and break one in
/// the same way. It ends with this JVM however that ends; logs stay in its directory below
/// `target/controlplane`.
public final class ControlPlane implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path SCRIPT = ROOT.resolve("src/test/controlplane/controlplane");

    /// Long, because the first start on a machine compiles Kubernetes.
    private static final Duration START_PATIENCE = Duration.ofMinutes(30);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// A task, because it runs once, whoever asks first, and keeps a failure for whoever asks next.
    private static final FutureTask<ControlPlane> SHARED = new FutureTask<>(ControlPlane::start);

    private final Path directory;
    private Optional<K3s> k3s = Optional.empty();
    private final AtomicBoolean closed = new AtomicBoolean();

    private ControlPlane(Path directory) {
        this.directory = directory;
    }

    /// The one of this JVM, started when first asked for. Not to be closed, killed or filled with webhooks
    /// that outlive a test: others use it.
    public static ControlPlane shared() {
        SHARED.run();
        try {
            return SHARED.get();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the control plane started", interruption);
        } catch (ExecutionException failure) {
            throw new IllegalStateException("the control plane did not start", failure.getCause());
        }
    }

    /// One of the caller's own, to restart, break and close.
    public static ControlPlane start() {
        var plane = new ControlPlane(newDirectory());
        Runtime.getRuntime().addShutdownHook(new Thread(plane::close, "stop control plane"));
        if (K3s.CHOSEN) {
            int port = K3s.port();
            plane.script(START_PATIENCE, "configure", "https://127.0.0.1:" + port);
            plane.k3s = Optional.of(K3s.start(plane.directory, port));
        } else {
            plane.script(
                    START_PATIENCE,
                    "start",
                    "--owner",
                    Long.toString(ProcessHandle.current().pid()));
        }
        return plane;
    }

    private static Path newDirectory() {
        try {
            Path parent = Files.createDirectories(ROOT.resolve("target/controlplane"));
            return Files.createTempDirectory(parent, "");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Where all of this control plane is: logs, keys, kubeconfigs.
    public Path directory() {
        return directory;
    }

    /// The program of a role (`etcd`, `kube-apiserver`, `kube-controller-manager`) or `kubectl`.
    public Path binary(String role) {
        return existing("bin/" + role);
    }

    /// The administrator's.
    public Path kubeconfig() {
        return existing("kubeconfig");
    }

    /// That of `admin`, `tenant`, `tenant2`, `platform`, `auditor` or `promoter`; none but the first may do
    /// anything yet.
    public Path kubeconfig(String user) {
        return existing(user + ".kubeconfig");
    }

    /// The API server's address, as in `https://127.0.0.1:23456`.
    public String server() {
        return read("server").strip();
    }

    /// The certificate by which clients know the API server.
    public Path authority() {
        return existing("certs/apiserver.crt");
    }

    /// The administrator's bearer token.
    public String token() {
        return read("tokens.csv").split(",", 2)[0];
    }

    /// The administrator's, to be closed by whoever asks for it.
    public KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig().toFile()))
                .build();
    }

    public Kubectl kubectl() {
        return Kubectl.of(this, kubeconfig());
    }

    public Kubectl kubectl(String user) {
        return Kubectl.of(this, kubeconfig(user));
    }

    /// Every write of a workload that the API server answered, an event a line; an event is in it before its
    /// answer is sent.
    public Path auditLog() {
        return existing("audit.log");
    }

    /// Ends a role as a crash would.
    public void kill(String role) {
        K3s.hasNoRoles("kill its " + role);
        script(PATIENCE, "kill", role);
    }

    /// Starts a role that was killed, at its old address, and returns when it serves.
    public void startRole(String role) {
        K3s.hasNoRoles("start its " + role);
        script(PATIENCE, "start-role", role);
    }

    /// Sends a signal to a role, for example STOP.
    public void signal(String role, String signal) {
        K3s.hasNoRoles("send %s to its %s".formatted(signal, role));
        Processes.run(new ProcessBuilder("kill", "-" + signal, Long.toString(pid(role))), "", PATIENCE, Progress::say)
                .ok();
    }

    /// The process of a role.
    public long pid(String role) {
        K3s.hasNoRoles("find the process of its " + role);
        return Long.parseLong(read(role + ".pid").strip());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            k3s.ifPresent(K3s::close);
            script(PATIENCE, "stop");
        }
    }

    private void script(Duration patience, String verb, String... more) {
        List<String> command = Stream.concat(Stream.of(SCRIPT.toString(), verb, directory.toString()), Stream.of(more))
                .toList();
        ProcessBuilder program = new ProcessBuilder(command);
        program.environment().put("INTERLOCK_PORTS", Fork.ports());
        Processes.run(program, "", patience, Progress::say).ok();
    }

    private Path existing(String name) {
        Path path = directory.resolve(name);
        if (Files.notExists(path)) {
            throw new IllegalArgumentException("this control plane has no `%s`".formatted(name));
        }
        return path;
    }

    private String read(String name) {
        try {
            return Files.readString(existing(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
