package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Unavailable;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {
    static List<Arguments> wrongCalls() {
        return List.of(
                call("say which command"),
                call("Unmatched argument at index 0: 'promote'", "promote"),
                call("Unmatched argument", "run", "now"),
                call("Invalid value for option '--output'", "owners", "-o", "yaml"),
                call("Unknown option: '--colour'", "owners", "--colour"),
                call("-n and -A exclude each other", "inventory", "-n", "shop", "-A"),
                call("Missing required parameter", "why"),
                call("name one object", "why", "deploy", "a", "b"),
                call("is no kind that Interlock watches", "why", "service/a"),
                call("may be there in many namespaces", "why", "deploy/a", "-A"),
                call("say which command", "feedback"),
                call("say which command", "drift"),
                call("Missing required", "feedback", "release"),
                call("Missing required option: '--reason=TEXT'", "feedback", "release", "production", "images-pinned"),
                call("the reason must have 1 to 512", "feedback", "release", "p", "c1", "--reason", " "),
                call(
                        "there is no policy `p`; there are: production",
                        "feedback",
                        "release",
                        "p",
                        "c1",
                        "--reason",
                        "x"),
                call("Invalid value", "completion", "fish"));
    }

    private static Arguments call(String said, String... words) {
        return Arguments.of(said, List.of(words));
    }

    @ParameterizedTest
    @MethodSource("wrongCalls")
    void wrongCallEndsWithTwoAndSaysWhy(String said, List<String> words) {
        World.Ran ran = World.shop().run(words.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("interlock: ").contains(said).doesNotContain("\tat ");
    }

    @Test
    void callWithoutArgumentsPrintsTheUsageToTheErrorStream() {
        assertThat(World.empty().run().err())
                .contains("Usage: interlock")
                .contains("owners")
                .contains("inventory")
                .contains("why")
                .contains("Exit codes:");
    }

    private static CommandLine commandLine() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        return Cli.commandLine(new Terminal(
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                (_, _) -> World.shop(),
                InstantSource.fixed(World.NOW),
                _ -> {},
                "1.2.3"));
    }

    static List<CommandLine> commands() {
        return below(commandLine()).toList();
    }

    private static Stream<CommandLine> below(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(CliTest::below));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        World.Ran ran = World.empty()
                .run((name + " --help").replaceFirst("^interlock ", "").split(" ", -1));
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).startsWith("Usage: " + name).containsPattern("\nExamples?:\n  .*\\b" + name);
        assertThat(ran.err()).isEmpty();
    }

    /// Those that need neither a database nor another program.
    static List<String> examples() {
        return commands().stream()
                .flatMap(command ->
                        Stream.of(command.getCommandSpec().usageMessage().footer()))
                .filter(line -> line.startsWith("  interlock ") && !line.matches(".* [|>] .*"))
                .map(line -> line.substring("  interlock ".length()))
                .distinct()
                .toList();
    }

    @Test
    void thereAreExamplesToRun() {
        assertThat(examples()).hasSizeGreaterThan(15);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsRightAsItIsWritten(String example) {
        List<String> words = Pattern.compile("'([^']*)'|\\S+")
                .matcher(example)
                .results()
                .map(word -> word.group().replace("'", ""))
                .toList();
        World world = World.shop();
        world.guards.add(new Guard(
                World.policy(
                        "production",
                        List.of(World.tightening("images-pinned", Optional.of("checkout"), Duration.ofDays(1)))),
                true));
        world.guards.removeFirst();
        World.Ran ran = world.run(words.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isIn(0, 1);
        assertThat(ran.out() + ran.err()).isNotEmpty();
    }

    @Test
    void versionIsSaid() {
        World.Ran said = new World.Ran(0, "interlock 1.2.3\n", "");
        assertThat(World.empty().run("--version")).isEqualTo(said);
        assertThat(World.empty().run("version")).isEqualTo(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completionIsAScript(String shell) {
        World.Ran ran = World.empty().run("completion", shell);
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).startsWith("#!/usr/bin/env bash").contains("inventory");
    }

    @Test
    void clusterThatDoesNotAnswerEndsWithThree() {
        World.Ran ran = World.run(
                (_, _) -> {
                    throw new Unavailable(
                            "the cluster at https://gone:6443 does not answer: refused; check the network");
                },
                "owners");
        assertThat(ran)
                .isEqualTo(new World.Ran(
                        3,
                        "",
                        "interlock: the cluster at https://gone:6443 does not answer: refused; check the network\n"));
    }

    @Test
    void kubeconfigThatIsNotThereIsAWrongCall() {
        World.Ran ran = World.run(
                (_, _) -> {
                    throw new IllegalArgumentException("there is no context `x` in the kubeconfig; it has: a, b");
                },
                "owners",
                "--context",
                "x");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).isEqualTo("interlock: there is no context `x` in the kubeconfig; it has: a, b\n");
    }

    @Test
    void bugIsOneSentence() {
        World.Ran ran = World.run(
                (_, _) -> {
                    throw new IllegalStateException("impossible");
                },
                "owners");
        assertThat(ran.exit()).isEqualTo(70);
        assertThat(ran.err().lines()).hasSize(1);
    }
}
