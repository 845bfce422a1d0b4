package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// `interlock man`.
final class ManTest {
    private static final Path GROFF = Path.of("/usr/bin/groff");

    private static String page() {
        World.Ran ran = World.empty().run("man");
        assertThat(ran.exit()).isZero();
        return ran.out();
    }

    @Test
    void everyCommandAndOptionIsInThePage() {
        String page = page();
        List<CommandLine> commands = CliTest.commands();
        assertThat(commands).hasSizeGreaterThan(20);
        assertThat(commands.subList(1, commands.size()))
                .allSatisfy(command -> assertThat(page)
                        .contains(".SS \"%s\"\n"
                                .formatted(command.getCommandSpec().qualifiedName())));
        assertThat(commands).allSatisfy(command -> {
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertThat(page).contains(option.longestName().replace("-", "\\-"));
            }
        });
        assertThat(page)
                .startsWith(".TH INTERLOCK 1 \"\" \"Interlock 1.2.3\"")
                .contains("One of: table, wide, json, yaml, junit, sarif, github;")
                .doesNotContain("${");
    }

    @Test
    void noLineIsTakenForARequestThatIsNone() {
        assertThat(page().lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|PP|TP|B|nf|fi)( .*)?"));
    }

    @Test
    void groffReadsItWithoutAWarning(@TempDir Path directory) throws IOException, InterruptedException {
        assumeThat(GROFF).as("groff is not there: this is not tested").exists();
        Path page = Files.writeString(directory.resolve("interlock.1"), page());
        Path said = directory.resolve("said");
        Path shown = directory.resolve("shown");
        Process groff = new ProcessBuilder(GROFF.toString(), "-man", "-Tutf8", "-ww", "-P-c", page.toString())
                .redirectError(said.toFile())
                .redirectOutput(shown.toFile())
                .start();
        assertThat(groff.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(groff.exitValue()).isZero();
        assertThat(said).content(StandardCharsets.UTF_8).isEmpty();
        assertThat(shown)
                .content(StandardCharsets.UTF_8)
                .contains("interlock check")
                .contains("--fail-on-warn");
    }
}
