package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The policies that are shipped in `deploy/policies`, each with its cases: what it lets in, and for each
/// check what that check alone denies.
final class PacksTest {
    private static final Path PACKS = Path.of("deploy/policies");

    private static JsonNode run() throws IOException {
        World.Ran ran = World.run(World.NO_CLUSTER, "test", PACKS.toString(), "-o", "json");
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        return new ObjectMapper().readTree(ran.out()).path("cases");
    }

    private static List<JsonNode> of(String pack) throws IOException {
        return StreamSupport.stream(run().spliterator(), false)
                .filter(each -> each.path("file").asText().startsWith("deploy/policies/%s/".formatted(pack)))
                .toList();
    }

    private static List<String> ids(String policy) throws IOException {
        return Files.readString(PACKS.resolve(policy))
                .lines()
                .filter(line -> line.contains("- id: "))
                .map(line -> line.substring(line.indexOf("- id: ") + 6))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline", "restricted"})
    void everyCheckOfAPackHasACaseOfWhichItAloneIsTheReasonAndThePackOneThatItLetsIn(String pack) throws IOException {
        List<JsonNode> cases = of(pack);
        assertThat(cases).anySatisfy(each -> {
            assertThat(each.path("outcome").asText()).isEqualTo("Allowed");
            assertThat(each.path("reasons")).isEmpty();
        });
        for (String id : ids(pack + "/policy.yaml")) {
            assertThat(cases)
                    .anySatisfy(each -> assertThat(each.path("reasons").findValuesAsText("check"))
                            .isNotEmpty()
                            .containsOnly(id));
        }
    }

    @ParameterizedTest
    @CsvSource({"development, Allowed, Recorded", "staging, Warned, Warns", "production, Denied, Denies"})
    void theSameChecksRecordThenWarnThenDenyFromStageToStage(String stage, String outcome, String effect)
            throws IOException {
        List<JsonNode> cases = of("staged").stream()
                .filter(each -> each.path("name").asText().endsWith("in " + stage))
                .toList();
        assertThat(cases).anySatisfy(each -> assertThat(each.path("reasons")).isEmpty());
        for (String id : ids("staged/%s.yaml".formatted(stage))) {
            assertThat(cases).anySatisfy(each -> {
                assertThat(each.path("outcome").asText()).isEqualTo(outcome);
                assertThat(each.path("reasons").findValuesAsText("check")).containsExactly(id);
                assertThat(each.path("reasons").findValuesAsText("effect")).containsExactly(effect);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline/policy.yaml", "restricted/policy.yaml", "staged/production.yaml"})
    void everyCheckSaysWhatToDo(String policy) throws IOException {
        String text = Files.readString(PACKS.resolve(policy));
        assertThat(text.split("- id: ", -1)).hasSizeGreaterThan(1);
        assertThat(List.of(text.split("- id: ", -1)).subList(1, text.split("- id: ", -1).length))
                .allSatisfy(check -> assertThat(check).contains("remedy: "));
    }

    @Test
    void thePageSaysOfEveryCheckOfEveryPackWhyItBlocks() throws IOException {
        String page = Files.readString(Path.of("docs/policies.md"));
        for (String policy : List.of("baseline/policy.yaml", "restricted/policy.yaml", "staged/production.yaml")) {
            ids(policy).forEach(id -> assertThat(page).as(policy).contains("| `%s` |".formatted(id)));
        }
    }
}
