package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The policies of the guide from Kyverno and Gatekeeper, each with objects that it lets in and objects that it
/// denies, and the guide as it shows them.
final class GuideTest {
    private static final Path GUIDE = Path.of("docs/from-kyverno-and-gatekeeper.md");
    private static final Path RULES = Path.of("src/test/resources/guide");

    static List<Path> rules() throws IOException {
        List<Path> rules = new ArrayList<>();
        for (String origin : List.of("kyverno", "gatekeeper")) {
            try (Stream<Path> directories = Files.list(RULES.resolve(origin))) {
                rules.addAll(directories.sorted().toList());
            }
        }
        return rules;
    }

    private static List<JsonNode> check(Path rule, String manifests) throws IOException {
        World.Ran ran = World.run(
                World.NO_CLUSTER,
                "check",
                "-f",
                rule.resolve(manifests).toString(),
                "--policy",
                rule.resolve("policy.yaml").toString(),
                "-o",
                "json");
        assertThat(ran.out()).as(ran.err()).isNotEmpty();
        List<JsonNode> objects = new ArrayList<>();
        new ObjectMapper().readTree(ran.out()).path("objects").forEach(objects::add);
        return objects;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whatKeepsToARuleIsLetIn(Path rule) throws IOException {
        List<JsonNode> objects = check(rule, "pass.yaml");
        assertThat(objects)
                .allSatisfy(
                        object -> assertThat(object.path("outcome").asText()).isEqualTo("Allowed"));
        assertThat(objects.stream()
                        .filter(object -> !object.path("policies").isEmpty())
                        .map(object -> object.path("kind").asText())
                        .distinct())
                .as("kinds that it guards")
                .hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whatBreaksARuleIsDeniedByThatRuleAlone(Path rule) throws IOException {
        JsonNode checks =
                new YAMLMapper().readTree(rule.resolve("policy.yaml").toFile()).at("/spec/checks");
        assertThat(checks).hasSize(1);
        List<JsonNode> objects = check(rule, "fail.yaml");
        assertThat(objects).allSatisfy(object -> {
            assertThat(object.path("outcome").asText()).isEqualTo("Denied");
            assertThat(object.path("reasons").findValuesAsText("check"))
                    .containsOnly(checks.at("/0/id").asText());
            assertThat(object.path("reasons").findValuesAsText("message")).noneMatch(String::isBlank);
        });
        assertThat(objects.stream().map(object -> object.path("kind").asText()).distinct())
                .hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theGuideShowsThePolicyThatIsTried(Path rule) throws IOException {
        String origin = rule.getName(rule.getNameCount() - 2).toString();
        String shown = Stream.of(Files.readString(GUIDE).split("\n## "))
                .filter(part -> part.startsWith(origin.equals("kyverno") ? "Ten of Kyverno" : "Ten of Gatekeeper"))
                .flatMap(part -> Stream.of(part.split("\n### ")))
                .filter(part -> part.startsWith(rule.getFileName() + "\n"))
                .findFirst()
                .orElse("");
        assertThat(shown).contains("```yaml\n%s```\n".formatted(Files.readString(rule.resolve("policy.yaml"))));
    }

    @Test
    void theGuideShowsTenOfEachAndNothingThatIsNotTried() throws IOException {
        assertThat(rules()).hasSize(20);
        assertThat(Files.readString(GUIDE).split("```yaml\n")).hasSize(20 + 1);
    }
}
