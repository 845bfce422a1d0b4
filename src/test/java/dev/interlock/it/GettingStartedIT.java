package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `docs/getting-started.md` from its first command to its last, as a reader would. A block marked `sh` is a
/// script that must succeed. In a block marked `console` each line that begins with `$` is a command and what follows
/// is what it must say, line by line, where `…` stands for anything.
class GettingStartedIT {
    private static final Path DOCUMENT = Path.of("docs/getting-started.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|console)\n(.*?)^```$");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path bin;

    private static Kubectl kubectl;

    /// @param shown what it must say; empty where it must succeed and nothing else
    private record Step(String command, List<String> shown) {
        /// What only shows may have to be asked again until it shows what happened a moment ago.
        boolean onlyShows() {
            return command.startsWith("kubectl get ") || command.matches("interlock (owners|inventory|why) ?.*");
        }

        boolean fails() {
            return !shown.isEmpty() && shown.getFirst().toLowerCase(Locale.ROOT).startsWith("error");
        }
    }

    private record Said(int exit, String text) {
        boolean shows(Step step) {
            String all = words(step.shown().stream().collect(Collectors.joining("\n")))
                    .map(word ->
                            Stream.of(word.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*?")))
                    .collect(Collectors.joining("\\s+"));
            return step.fails() == (exit != 0)
                    && Pattern.compile(all, Pattern.DOTALL).matcher(text).find();
        }
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty());
    }

    @BeforeAll
    static void install() throws IOException {
        Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        clean();
        Path interlock = Files.writeString(bin.resolve("interlock"), """
                #!/bin/sh
                exec '%s/bin/java' -jar '%s' "$@"
                """.formatted(
                        System.getProperty("java.home"),
                        Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath()));
        assertThat(interlock.toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(bin.resolve("kubectl"), ControlPlane.shared().binary("kubectl"));
    }

    /// Also where the document was not run to its end.
    @AfterAll
    static void clean() {
        kubectl.run("delete", "pp/orders", "dpath/orders", "--ignore-not-found").ok();
        kubectl.run("delete", "feedbackreleases", "--all").ok();
        kubectl.run("delete", "namespace", "orders", "orders-staging", "--ignore-not-found")
                .ok();
    }

    @Test
    void everyCommandOfTheDocumentDoesWhatItShows() throws IOException {
        List<Step> steps = steps(Files.readString(DOCUMENT));
        assertThat(steps).hasSizeGreaterThan(25);
        steps.forEach(GettingStartedIT::take);
    }

    private static List<Step> steps(String document) {
        List<Step> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(document);
        while (block.find()) {
            if (block.group(1).equals("sh")) {
                steps.add(new Step(block.group(2), List.of()));
            } else {
                Stream.of(block.group(2).split("(?m)^\\$ "))
                        .filter(command -> !command.isEmpty())
                        .map(command -> command.lines().toList())
                        .forEach(lines -> steps.add(new Step(lines.getFirst(), lines.subList(1, lines.size()))));
            }
        }
        return steps;
    }

    private static void take(Step step) {
        if (step.onlyShows()) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> verify(step, run(step.command())));
        } else {
            verify(step, run(step.command()));
        }
    }

    private static void verify(Step step, Said said) {
        assertThat(said.shows(step))
                .as(
                        "%s shows%n%n$ %s%n%s%n%nbut it ended with %d and said%n%n%s",
                        DOCUMENT, step.command(), String.join("\n", step.shown()), said.exit(), said.text())
                .isTrue();
    }

    private static Said run(String command) {
        try {
            return runInShell(command);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }

    private static Said runInShell(String command) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", command).redirectErrorStream(true);
        Map<String, String> environment = shell.environment();
        environment.put("PATH", bin + ":" + environment.get("PATH"));
        environment.put(
                "KUBECONFIG",
                ControlPlane.shared().kubeconfig().toAbsolutePath().toString());
        environment.put("KUBERC", "off");
        environment.put("KUBECACHEDIR", bin.resolve("cache").toString());
        Process process = shell.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(command).isTrue();
        return new Said(process.exitValue(), said);
    }
}
