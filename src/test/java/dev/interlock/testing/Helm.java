package dev.interlock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The real `helm`, built from `src/test/helm`: from nothing within two minutes, later in seconds.
public final class Helm {
    /// The chart, from the project's root.
    public static final Path CHART = Path.of("helm/interlock");

    /// Where it belongs.
    public static final String NAMESPACE = "interlock-system";

    private static final Path SOURCES = Path.of("src/test/helm");
    private static final Duration BUILDING = Duration.ofMinutes(9);
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    /// The version of Kubernetes that a rendering without a cluster is for.
    private static final String KUBERNETES = "1.36";

    private static @Nullable Path built;

    private final Path binary;
    private final Optional<Path> kubeconfig;

    private Helm(Path binary, Optional<Path> kubeconfig) {
        this.binary = binary;
        this.kubeconfig = kubeconfig;
    }

    /// Without a cluster; the test is skipped where there is no Go to build it.
    public static Helm offline() {
        return new Helm(build(), Optional.empty());
    }

    /// As somebody with a kubeconfig; the test is skipped where there is no Go to build it.
    public static Helm with(Path kubeconfig) {
        return new Helm(build(), Optional.of(kubeconfig.toAbsolutePath()));
    }

    /// Where the program is; the test is skipped where there is no Go to build it.
    static Path binary() {
        return build();
    }

    private static synchronized Path build() {
        Path known = built;
        if (known != null) {
            return known;
        }
        Path go = DebianProgram.of("go", "golang");
        try {
            Path target = Files.createDirectories(Path.of("target/helm", Integer.toString(Fork.NUMBER)))
                    .toAbsolutePath();
            Path made = target.resolve("helm");
            Progress.say("building helm, up to two minutes the first time");
            String version = version();
            ProcessBuilder program = new ProcessBuilder(
                            go.toString(),
                            "build",
                            "-trimpath",
                            "-ldflags",
                            "-s -w -X helm.sh/helm/v3/internal/version.version=" + version
                                    + " -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1"
                                    + " -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor="
                                    + KUBERNETES.substring(KUBERNETES.indexOf('.') + 1),
                            "-o",
                            made.toString(),
                            "helm.sh/helm/v3/cmd/helm")
                    .directory(SOURCES.toFile());
            program.environment().put("CGO_ENABLED", "0");
            Fork.alone(
                    "helm",
                    () -> Processes.run(program, "", BUILDING, Progress::say).ok());
            built = made;
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version() throws IOException {
        return Files.readString(SOURCES.resolve("go.mod"))
                .lines()
                .filter(line -> line.contains("helm.sh/helm/v3 v"))
                .map(line -> line.replaceAll(".*helm/v3 (v\\S+).*", "$1"))
                .findFirst()
                .orElseThrow();
    }

    /// Runs a command that reads `values`, where it has `-f -` among its arguments.
    public Kubectl.Result run(String values, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(arguments);
        ProcessBuilder program = new ProcessBuilder(command);
        Path home = binary.resolveSibling("home");
        program.environment().remove("KUBECONFIG");
        program.environment().put("HELM_CACHE_HOME", home.toString());
        program.environment().put("HELM_CONFIG_HOME", home.toString());
        program.environment().put("HELM_DATA_HOME", home.toString());
        kubeconfig.ifPresent(file -> program.environment().put("KUBECONFIG", file.toString()));
        return Processes.run(program, values, PATIENCE, _ -> {});
    }

    public Kubectl.Result run(String... arguments) {
        return run("", List.of(arguments));
    }

    /// What the chart becomes by these values, without a cluster.
    ///
    /// @param namespace of the release
    public Kubectl.Result template(String namespace, String values) {
        return run(
                values,
                List.of(
                        "template",
                        "interlock",
                        CHART.toString(),
                        "-n",
                        namespace,
                        "-f",
                        "-",
                        "--api-versions",
                        "monitoring.coreos.com/v1/ServiceMonitor",
                        "--api-versions",
                        "monitoring.coreos.com/v1/PrometheusRule"));
    }
}
