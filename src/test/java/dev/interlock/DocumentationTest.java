package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the documents say of the code.
class DocumentationTest {
    private static final Pattern DIFF = Pattern.compile("(?s)```diff\n(.*?)```");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

    @Test
    void workedExampleOfACheckAppliesToTheCodeAsItIs(@TempDir Path directory) throws IOException, InterruptedException {
        Matcher diff = DIFF.matcher(Files.readString(Path.of("docs/development.md")));
        assertThat(diff.find()).isTrue();
        Path patch = Files.writeString(directory.resolve("check.patch"), diff.group(1));
        Process apply = new ProcessBuilder("git", "apply", "--check", "--verbose", patch.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(apply.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(apply.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(apply.exitValue()).as(said).isZero();
        assertThat(said).contains("PolicyMapping.java");
    }

    @Test
    void linksBetweenDocumentsLeadSomewhere() throws IOException {
        List<Path> documents;
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            documents = Stream.concat(
                            Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md")),
                            docs.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        }
        int links = 0;
        for (Path document : documents) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                Path target =
                        document.toAbsolutePath().resolveSibling(link.group(1)).normalize();
                assertThat(target).as("%s links to it", document).exists();
                links++;
            }
        }
        assertThat(links).isGreaterThan(20);
    }

    @Test
    void everyDecisionIsInTheList() throws IOException {
        String list = Files.readString(Path.of("docs/development.md"));
        try (Stream<Path> decisions = Files.list(Path.of("docs/decisions"))) {
            assertThat(decisions.map(decision -> "(decisions/%s)".formatted(decision.getFileName())))
                    .hasSizeGreaterThan(20)
                    .allSatisfy(link -> assertThat(list).contains(link));
        }
    }
}
