package dev.interlock.benchmark;

import dev.interlock.testing.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// How long a pipeline waits for `interlock check`, from the start of its process to the end: Deployments of 5 KB
/// under the two packs.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 10)
@Fork(1)
public class CliBenchmark {
    private static final List<String> COMMAND = List.of(
            Path.of("target/quarkus-app/interlock").toAbsolutePath().toString(),
            "check",
            "--policy",
            Path.of("deploy/policies/baseline/policy.yaml").toAbsolutePath().toString(),
            "--policy",
            Path.of("deploy/policies/restricted/policy.yaml").toAbsolutePath().toString(),
            "--stage",
            "production",
            "-o",
            "json",
            "-f",
            "manifests.yaml");

    @Param({"1", "500"})
    public int objects;

    /// Whether what the JVM makes of the classes is kept, as `make build` does it.
    @Param({"true", "false"})
    public boolean kept;

    private Path directory;

    @Setup
    public void write() throws IOException {
        if (kept && !Files.exists(Path.of("target/quarkus-app/interlock.jsa"))) {
            throw new IllegalStateException("there is no archive of classes; make build writes it");
        }
        directory = Files.createTempDirectory("interlock-cli");
        StringBuilder manifests = new StringBuilder();
        for (int i = 0; i < objects; i++) {
            manifests
                    .append(Deployments.json("shop", "checkout-%03d".formatted(i), Manifests.GOOD_IMAGE))
                    .append("\n---\n");
        }
        Files.writeString(directory.resolve("manifests.yaml"), manifests);
    }

    @Benchmark
    public void check() throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        ProcessBuilder program = new ProcessBuilder(COMMAND)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(directory.resolve("err").toFile());
        program.environment()
                .putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "INTERLOCK_ARCHIVE", kept ? "" : "none"));
        int exit = program.start().waitFor();
        String said = Files.readString(out);
        if (exit > 1 || said.split("\"outcome\"", -1).length != objects + 1) {
            throw new IllegalStateException(
                    "exit code %d: %s".formatted(exit, Files.readString(directory.resolve("err"))));
        }
    }
}
