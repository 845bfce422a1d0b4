package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Colours are for people at a terminal, and say nothing that words do not.
final class ColourTest {
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String GREEN = "\u001b[32m";

    private static World.Ran run(boolean coloured, String... arguments) {
        return World.run(World.NO_CLUSTER, "", coloured, arguments);
    }

    private static String[] check(Path manifest, String stage, String... more) {
        return Stream.concat(
                        Stream.of(
                                "check",
                                "-f",
                                manifest.toString(),
                                "--policy",
                                "deploy/policies/staged",
                                "--stage",
                                stage),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private static Path tagged() {
        return Path.of("deploy/policies/staged/cases/tagged.yaml");
    }

    @Test
    void outcomesAreColouredAtATerminalAndTheRestIsTheSame() {
        assertThat(run(true, check(tagged(), "production")).out()).startsWith(RED + "Denied   ");
        assertThat(run(true, check(tagged(), "staging")).out()).startsWith(YELLOW + "Warned   ");
        assertThat(run(true, check(tagged(), "development")).out()).startsWith(GREEN + "Allowed  ");
        assertThat(run(true, check(tagged(), "production")).out().replaceAll("\u001b\\[[0-9;]*m", ""))
                .isEqualTo(run(false, check(tagged(), "production")).out());
    }

    @Test
    void casesAndFindingsAreColouredToo(@TempDir Path directory) throws IOException {
        assertThat(run(true, "test", "deploy/policies/staged").out()).startsWith(GREEN + "Passed");
        String text = Files.readString(Path.of("deploy/policies/staged/production.yaml"));
        Path policy = Files.writeString(
                directory.resolve("policy.yaml"), text.replace("onUndecided: Deny", "onUndecided: Allow"));
        assertThat(run(true, "policy", "lint", "-f", policy.toString()).out()).contains(YELLOW + "warning");
    }

    @Test
    void thereAreNoneWhereNoneAreWantedOrAProgramReads() {
        List<String[]> calls = List.of(
                check(tagged(), "production", "--no-color"),
                check(tagged(), "production", "-o", "json"),
                check(tagged(), "production", "-o", "github"),
                check(tagged(), "production", "-o", "wide"),
                new String[] {"test", "deploy/policies/staged", "--no-color"},
                new String[] {"test", "deploy/policies/staged", "-o", "junit"},
                new String[] {"policy", "lint", "-f", "deploy/policies/staged", "--no-color"});
        assertThat(calls)
                .allSatisfy(
                        call -> assertThat(run(true, call).out()).isNotEmpty().doesNotContain("\u001b"));
        assertThat(run(false, check(tagged(), "production")).out()).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "true, xterm-256color, -, true",
                "true, xterm, '', true",
                "true, xterm, 1, false",
                "true, xterm, 0, false",
                "true, dumb, -, false",
                "true, -, -, false",
                "false, xterm, -, false"
            },
            nullValues = "-")
    void aProcessShowsColoursAtATerminalThatCanUnlessItsEnvironmentWantsNone(
            boolean terminal, @Nullable String term, @Nullable String noColor, boolean coloured) {
        Map<String, String> environment = new HashMap<>();
        if (term != null) {
            environment.put("TERM", term);
        }
        if (noColor != null) {
            environment.put("NO_COLOR", noColor);
        }
        assertThat(Terminal.coloured(terminal, environment)).isEqualTo(coloured);
    }
}
