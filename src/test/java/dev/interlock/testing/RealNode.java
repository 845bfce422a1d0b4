package dev.interlock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// A control plane with a real node, where containers run: kubelet, containerd and kube-proxy in a network namespace of
/// their own, by `src/test/node/node`, with Interlock's image, by `src/test/node/image`.
public final class RealNode implements AutoCloseable {
    /// Of this machine, as Pods reach it.
    public static final String OUTSIDE = "10.10.0.2";

    private static final Path SCRIPTS = Path.of("src/test/node").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(9);

    private final Path directory;

    private RealNode(Path directory) {
        this.directory = directory;
    }

    /// The test is skipped where no node was asked for, or none can be.
    public static RealNode start() {
        if (!Boolean.getBoolean("interlock.node")) {
            skip("a real node is started by `make verify-node` only");
        }
        Kubectl.Result check = script("node", "check");
        if (check.exit() != 0) {
            skip("no real node here: " + check.err().strip());
        }
        try {
            Path target = Path.of("target").toAbsolutePath();
            Path archive = target.resolve("interlock-image.tar");
            script("image", archive.toString()).ok();
            RealNode node = new RealNode(Files.createTempDirectory(target, "node-"));
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop the node"));
            script("node", "start", node.directory.toString()).ok();
            script("node", "import", node.directory.toString(), archive.toString())
                    .ok();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void skip(String why) {
        Progress.say("SKIPPED: " + why);
        Assumptions.abort(why);
    }

    private static Kubectl.Result script(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(name).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder program = new ProcessBuilder(command);
        program.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return Processes.run(program, "", PATIENCE, Progress::say);
    }

    public Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    public Kubectl kubectl() {
        return Kubectl.of(directory.resolve("controlplane/bin/kubectl"), kubeconfig(), directory.resolve("cache"));
    }

    /// A directory on the node.
    public Path volume(String name) {
        try {
            return Files.createDirectories(directory.resolve("volumes").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        script("node", "stop", directory.toString());
    }
}
