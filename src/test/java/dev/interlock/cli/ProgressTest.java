package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `interlock check` and `interlock test` say while they run.
class ProgressTest {
    private static final String POLICY = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: any}
            spec:
              owner: {team: platform}
              match: {stages: [production]}
              checks:
              - {id: baseline, podSecurity: {level: baseline}}
            """;

    @TempDir
    private Path directory;

    /// By a clock that goes on by that much each time somebody looks at it.
    private static World.Ran run(boolean watched, Duration eachLook, String piped, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        AtomicReference<Instant> now = new AtomicReference<>(World.NOW);
        int exit = Cli.run(
                new Terminal(
                        new ByteArrayInputStream(piped.getBytes(StandardCharsets.UTF_8)),
                        new PrintWriter(out),
                        new PrintWriter(err),
                        (_, _) -> World.shop(),
                        () -> now.getAndUpdate(instant -> instant.plus(eachLook)),
                        _ -> {},
                        "1.2.3",
                        false,
                        watched),
                List.of(arguments));
        return new World.Ran(exit, out.toString(), err.toString());
    }

    private static String pod(int number) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: p%d}
                spec: {containers: [{name: app, image: nginx}]}
                """.formatted(number);
    }

    private World.Ran check(boolean watched, Duration eachLook) throws IOException {
        Path policy = Files.writeString(directory.resolve("policy.yaml"), POLICY);
        String pods = IntStream.range(0, 10).mapToObj(ProgressTest::pod).collect(Collectors.joining("---\n"));
        return run(watched, eachLook, pods, "check", "-f", "-", "--policy", policy.toString(), "--stage", "production");
    }

    @Test
    void longCheckSaysOnceASecondHowFarItIs() throws IOException {
        World.Ran ran = check(true, Duration.ofMillis(400));
        assertThat(ran.err().lines())
                .containsExactly("checked 3 of 10 objects", "checked 6 of 10 objects", "checked 9 of 10 objects");
        assertThat(ran.out()).doesNotContain("checked 3 of");
    }

    @Test
    void shortCheckSaysNothing() throws IOException {
        assertThat(check(true, Duration.ofMillis(50)).err()).isEmpty();
    }

    @Test
    void longCheckThatNobodyWatchesSaysNothing() throws IOException {
        assertThat(check(false, Duration.ofSeconds(5)).err()).isEmpty();
    }

    /// What is done is shown by what it found.
    @Test
    void endIsNotSaid() throws IOException {
        assertThat(check(true, Duration.ofSeconds(5)).err().lines())
                .hasSize(9)
                .doesNotContain("checked 10 of 10 objects");
    }

    @Test
    void longRunOfCasesSaysHowFarItIs() throws IOException {
        Files.writeString(directory.resolve("policy.yaml"), POLICY);
        Files.writeString(directory.resolve("test.yaml"), """
                apiVersion: test.interlock.dev/v1alpha1
                kind: PolicyTest
                policies: [policy.yaml]
                evidence: {stage: production}
                cases:
                - name: a pod
                  object: pod.yaml
                  expect: {outcome: Allowed}
                - name: the same pod
                  object: pod.yaml
                  expect: {outcome: Allowed}
                """);
        Files.writeString(directory.resolve("pod.yaml"), pod(0));
        World.Ran ran = run(true, Duration.ofSeconds(5), "", "test", directory.toString());
        assertThat(ran.err().lines()).containsExactly("ran 1 of 2 cases");
    }
}
