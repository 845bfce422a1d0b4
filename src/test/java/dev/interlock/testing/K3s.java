package dev.interlock.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/// The server of a K3s in a container, in the place of the control plane that is built here: `make verify-k3s`.
///
/// It has no node either: the suite plays the part of kubelet. It shares the network of the machine, because it calls
/// webhooks that are processes of the machine, and runs as the user of the tests, so that they can read its audit log.
final class K3s implements AutoCloseable {
    /// Whether the suite runs against a K3s.
    static final boolean CHOSEN = System.getProperty("interlock.cluster", "").equals("k3s");

    private static final DockerImageName IMAGE =
            DockerImageName.parse(System.getProperty("interlock.k3s.image", "rancher/k3s:v1.36.3-k3s1"));

    private static final Duration START = Duration.ofMinutes(3);
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;
    private static final Pattern AUTHORITY = Pattern.compile("certificate-authority-data: *(\\S+)");

    private final GenericContainer<?> container;

    private K3s(GenericContainer<?> container) {
        this.container = container;
    }

    /// A port for a server, below the ranges from which systems take ports for outgoing connections. Behind it another
    /// is free, which the API server itself listens on.
    static int port() {
        return ThreadLocalRandom.current()
                .ints(FIRST_PORT, LAST_PORT)
                .filter(port -> free(port) && free(port + 1))
                .findFirst()
                .orElseThrow();
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    /// Starts one on a directory that `controlplane configure` has filled, and returns when it serves.
    ///
    /// @param directory keeps all it has
    static K3s start(Path directory, int port) {
        Path kubeconfig = directory.resolve("k3s.yaml");
        GenericContainer<?> container = new GenericContainer<>(IMAGE)
                .withNetworkMode("host")
                .withCreateContainerCmdModifier(create -> create.withUser(user(directory)))
                .withFileSystemBind(directory.toString(), directory.toString(), BindMode.READ_WRITE)
                .withEnv("HOME", directory.toString())
                .withCommand(command(directory, port, kubeconfig).toArray(String[]::new))
                .withStartupCheckStrategy(new IsRunningStartupCheckStrategy())
                .withLogConsumer(line -> append(directory.resolve("k3s.log"), line.getUtf8String()));
        container.start();
        K3s started = new K3s(container);
        try {
            started.awaitReady(directory, kubeconfig);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static List<String> command(Path directory, int port, Path kubeconfig) {
        List<String> command = new ArrayList<>(List.of(
                "server",
                "--disable-agent",
                "--disable-scheduler",
                "--disable-cloud-controller",
                "--disable-helm-controller",
                "--disable-network-policy",
                "--disable=coredns,servicelb,traefik,local-storage,metrics-server",
                "--flannel-backend=none",
                "--egress-selector-mode=disabled",
                "--https-listen-port=" + port,
                "--tls-san=127.0.0.1",
                "--data-dir=" + directory.resolve("k3s"),
                "--write-kubeconfig=" + kubeconfig,
                // It would listen on the port of every other K3s here.
                "--kube-controller-manager-arg=secure-port=0"));
        List.of(
                        "token-auth-file=" + directory.resolve("tokens.csv"),
                        "audit-policy-file=" + directory.resolve("audit-policy.yaml"),
                        "audit-log-path=" + directory.resolve("audit.log"),
                        "audit-log-mode=blocking")
                .forEach(flag -> command.add("--kube-apiserver-arg=" + flag));
        return command;
    }

    private void awaitReady(Path directory, Path kubeconfig) {
        await("the kubeconfig of K3s")
                .atMost(START)
                .until(() -> authority(kubeconfig).isPresent() || ended());
        write(
                directory.resolve("certs/apiserver.crt"),
                authority(kubeconfig)
                        .orElseThrow(() -> new IllegalStateException(
                                "K3s ended before it served; its last lines:\n" + container.getLogs())));
        Kubectl kubectl = Kubectl.of(
                directory.resolve("bin/kubectl"), directory.resolve("kubeconfig"), directory.resolve("cache"));
        await("K3s to serve")
                .atMost(START)
                .until(() -> kubectl.run("get", "serviceaccount", "default", "-n", "default")
                                .exit()
                        == 0);
    }

    private boolean ended() {
        return !container.isRunning();
    }

    private static Optional<byte[]> authority(Path kubeconfig) {
        try {
            return Optional.of(Files.readString(kubeconfig))
                    .map(AUTHORITY::matcher)
                    .filter(Matcher::find)
                    .map(found -> Base64.getDecoder().decode(found.group(1)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static String user(Path directory) {
        try {
            return Files.getAttribute(directory, "unix:uid") + ":" + Files.getAttribute(directory, "unix:gid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Path file, String line) {
        try {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A test that breaks one part of a control plane is not for a K3s, which has all of them in one process.
    static void hasNoRoles(String what) {
        if (CHOSEN) {
            throw new TestAbortedException(
                    "SKIPPED on K3s: the test is to %s, and K3s has all parts of a control plane in one process"
                            .formatted(what));
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
