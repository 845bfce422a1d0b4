package dev.interlock.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

/// Runs a document from its first command to its last, as a reader would. A block marked `sh` is a script
/// that must succeed. In a block marked `console` each line that begins with `$` is a command and what
/// follows is what it must say, line by line, where `…` stands for anything; a backslash at its end carries a
/// command on.
///
/// @param bin        what comes first on the `PATH`
/// @param kubeconfig the reader's
public record Walkthrough(Path document, Path bin, Path kubeconfig) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|console)\n(.*?)^```$");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// @param shown what it must say; empty where it must succeed and nothing else
    public record Step(String command, List<String> shown) {
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

    /// Puts the programs there that readers have: `kubectl` of a control plane, and `interlock` as it is
    /// packaged.
    public static void programs(Path bin, ControlPlane plane) throws IOException {
        Path interlock = Files.writeString(bin.resolve("interlock"), """
                #!/bin/sh
                JAVA_HOME='%s' exec '%s' "$@"
                """.formatted(
                        System.getProperty("java.home"),
                        Path.of("target/quarkus-app/interlock").toAbsolutePath()));
        assertThat(interlock.toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(bin.resolve("kubectl"), plane.binary("kubectl"));
    }

    public List<Step> steps() throws IOException {
        List<Step> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(document));
        while (block.find()) {
            if (block.group(1).equals("sh")) {
                steps.add(new Step(block.group(2), List.of()));
            } else {
                Stream.of(block.group(2).split("(?m)^\\$ "))
                        .filter(command -> !command.isEmpty())
                        .map(command -> command.replace("\\\n", " ").lines().toList())
                        .forEach(lines -> steps.add(new Step(lines.getFirst(), lines.subList(1, lines.size()))));
            }
        }
        return steps;
    }

    /// Does one step, and fails where it does not show what the document shows.
    public void take(Step step) {
        if (step.onlyShows()) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> verify(step, run(step.command())));
        } else {
            verify(step, run(step.command()));
        }
    }

    private void verify(Step step, Said said) {
        assertThat(said.shows(step))
                .as(
                        "%s shows%n%n$ %s%n%s%n%nbut it ended with %d and said%n%n%s",
                        document, step.command(), String.join("\n", step.shown()), said.exit(), said.text())
                .isTrue();
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty());
    }

    private Said run(String command) {
        try {
            return runInShell(command);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }

    private Said runInShell(String command) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", command).redirectErrorStream(true);
        Map<String, String> environment = shell.environment();
        environment.put("PATH", bin + ":" + environment.get("PATH"));
        environment.put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
        environment.put("KUBERC", "off");
        environment.put("KUBECACHEDIR", bin.resolve("cache").toString());
        Process process = shell.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(command).isTrue();
        return new Said(process.exitValue(), said);
    }
}
