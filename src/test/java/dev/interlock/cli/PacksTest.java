package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The policies that are shipped in `deploy/policies`, each with its cases: what it lets in, and for each check what
/// that
/// check alone denies.
final class PacksTest {
    private static final Path PACKS = Path.of("deploy/policies");
    private static final String OWNED = """
            apiVersion: interlock.dev/v1alpha1
            kind: DeliveryPath
            metadata: {name: checkout}
            spec:
              service: checkout
              owner: {team: payments, contact: "#payments-oncall"}
              workloads: {matchLabels: {app: checkout}}
              stages: [{name: production, namespaces: [shop], promoters: {users: [ci]}}]
            """;

    @TempDir
    private Path directory;

    private JsonNode check(Path manifest, String stage, String... policies) throws IOException {
        Path path = Files.writeString(directory.resolve("path.yaml"), OWNED);
        List<String> arguments =
                new ArrayList<>(List.of("check", "-f", manifest.toString(), "--policy", path.toString()));
        Arrays.stream(policies)
                .forEach(policy -> arguments.addAll(
                        List.of("--policy", PACKS.resolve(policy).toString())));
        arguments.addAll(List.of("--stage", stage, "-o", "json"));
        World.Ran ran = World.run(
                (_, _) -> {
                    throw new AssertionError("a cluster is asked");
                },
                arguments.toArray(String[]::new));
        assertThat(ran.out()).as(ran.err()).isNotEmpty();
        return new ObjectMapper().readTree(ran.out()).at("/objects/0");
    }

    private static List<Path> cases(String verdict) throws IOException {
        List<Path> cases = new ArrayList<>();
        for (String pack : List.of("baseline", "restricted")) {
            try (Stream<Path> files =
                    Files.list(PACKS.resolve(pack).resolve("cases").resolve(verdict))) {
                files.sorted().forEach(cases::add);
            }
        }
        return cases;
    }

    static List<Path> allowed() throws IOException {
        return cases("allowed");
    }

    static List<Path> denied() throws IOException {
        return cases("denied");
    }

    private static String pack(Path file) {
        return PACKS.relativize(file).getName(0) + "/policy.yaml";
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void whatAPackShowsAsAllowedIs(Path file) throws IOException {
        assertThat(check(file, "production", pack(file)).path("outcome").asText())
                .isEqualTo("Allowed");
    }

    @ParameterizedTest
    @MethodSource("denied")
    void whatACheckIsShownToDenyThatCheckAloneDenies(Path file) throws IOException {
        JsonNode object = check(file, "production", pack(file));
        assertThat(object.path("outcome").asText()).isEqualTo("Denied");
        assertThat(object.path("reasons").findValuesAsText("check"))
                .containsOnly(String.valueOf(file.getFileName()).replace(".yaml", ""));
        assertThat(object.path("reasons").findValuesAsText("remedy")).noneMatch(String::isEmpty);
    }

    @ParameterizedTest
    @CsvSource({"development, Allowed, Recorded", "staging, Warned, Warns", "production, Denied, Denies"})
    void theSameChecksRecordThenWarnThenDenyFromStageToStage(String stage, String outcome, String effect)
            throws IOException {
        JsonNode object = check(
                PACKS.resolve("staged/cases/tagged.yaml"),
                stage,
                "staged/development.yaml",
                "staged/staging.yaml",
                "staged/production.yaml");
        assertThat(object.path("outcome").asText()).isEqualTo(outcome);
        assertThat(object.path("reasons").findValuesAsText("check")).contains("pinned");
        assertThat(object.path("reasons").findValuesAsText("effect")).containsOnly(effect);
    }

    @Test
    void thePageSaysOfEveryCheckOfEveryPackWhyItBlocks() throws IOException {
        String page = Files.readString(Path.of("docs/policies.md"));
        for (String policy : List.of("baseline/policy.yaml", "restricted/policy.yaml", "staged/production.yaml")) {
            Files.readString(PACKS.resolve(policy))
                    .lines()
                    .filter(line -> line.contains("- id: "))
                    .map(line -> line.substring(line.indexOf("- id: ") + 6))
                    .forEach(id -> assertThat(page).as(policy).contains("| `%s` |".formatted(id)));
        }
    }
}
