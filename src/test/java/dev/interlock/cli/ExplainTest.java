package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.kubernetes.CheckKind;
import dev.interlock.kubernetes.ManifestReader;
import dev.interlock.kubernetes.PolicySet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// `interlock explain`.
final class ExplainTest {
    private static World.Ran explain(String... asked) {
        return World.run(
                World.NO_CLUSTER,
                Stream.concat(Stream.of("explain"), Stream.of(asked)).toArray(String[]::new));
    }

    private static JsonNode schema() {
        try {
            return new ObjectMapper(new YAMLFactory())
                    .readTree(Path.of("crds/promotionpolicies.interlock.dev-v1.yml")
                            .toFile())
                    .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/checks/items");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whatever a check has that none of them shares: the schema is asked in another way than the command
    /// does.
    static List<String> kinds() {
        List<String> kinds = new ArrayList<>();
        schema().path("properties").fieldNames().forEachRemaining(kinds::add);
        kinds.removeAll(List.of("id", "mode", "owner", "remedy", "message", "messageExpression"));
        return kinds;
    }

    @Test
    void everyKindThatTheSchemaHasIsListedWithWhatItAsks() {
        World.Ran ran = explain();
        assertThat(ran.exit()).isZero();
        assertThat(kinds())
                .hasSizeGreaterThan(3)
                .allSatisfy(kind -> assertThat(ran.out()).contains("\n  %s\n".formatted(kind)));
        assertThat(CheckKind.all())
                .extracting(kind -> kind.field().name())
                .containsExactlyInAnyOrderElementsOf(kinds());
        assertThat(ran.out()).contains("Exactly one DeliveryPath claims", "\n  mode\n");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void ofEveryKindEachFieldIsSaidWithItsDescriptionAndAnExample(String kind) {
        World.Ran ran = explain(kind);
        assertThat(ran.exit()).as(ran.err()).isZero();
        List<JsonNode> fields = new ArrayList<>();
        JsonNode schema = schema().path("properties").path(kind);
        fields(schema, "", fields, ran.out());
        assertThat(plain(ran.out())).contains(schema.path("description").asText());
        assertThat(fields).allSatisfy(field -> {
            assertThat(plain(ran.out())).contains(field.path("description").asText());
            assertThat(field.path("description").asText()).isNotEmpty();
        });
        assertThat(ran.out()).contains("\nExample:\n\n  - id: ", "    %s:".formatted(kind));
    }

    private static void fields(JsonNode schema, String path, List<JsonNode> fields, String said) {
        schema.path("properties").properties().forEach(member -> {
            String name = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            assertThat(said).contains("\n  %s <".formatted(name));
            fields.add(member.getValue());
            fields(member.getValue(), name, fields, said);
        });
    }

    private static String plain(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theExampleOfEveryKindIsReadAndIsOfThatKind(String kind) throws IOException {
        String example = CheckExplanation.example(kind);
        PolicySet set = PolicySet.of(ManifestReader.read("example", """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: example}
                spec:
                  owner: {team: platform}
                  match: {stages: [production]}
                  checks:
                %s""".formatted(example.indent(2))));
        assertThat(set.policies()).hasSize(1);
        JsonNode check = new ObjectMapper(new YAMLFactory()).readTree(example).get(0);
        assertThat(check.has(kind)).isTrue();
        assertThat(check.has("remedy")).isTrue();
    }

    @Test
    void thereIsNoExampleOfWhatIsNoKind() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/examples/checks"))) {
            assertThat(files.map(file -> String.valueOf(file.getFileName()).replace(".yaml", "")))
                    .containsExactlyInAnyOrderElementsOf(kinds());
        }
    }

    @Test
    void typesBoundsDefaultsAndRefusalsAreSaid() {
        assertThat(explain("podSecurity.version").out())
                .startsWith(
                        "podSecurity.version <text>: 4 to 6 characters; as ^(latest|v1\\.(0|[1-9][0-9]{0,2}))$; else latest\n")
                .doesNotContain("Example");
        assertThat(explain("images").out())
                .contains(
                        "  deniedTags <list of text>: 1 to 64 items; each 1 to 128 characters; each as ^\\w[\\w.-]*$\n",
                        "  digest <text>: one of Optional, Required; else Required\n",
                        "  Refused: this check could never fail");
        assertThat(explain("stability.maxDrift").out())
                .startsWith("stability.maxDrift <object>\n")
                .contains("  count <whole number>: required; 0 to 1000\n", "  Refused: within: longer than 400d");
        assertThat(explain("images").out().lines())
                .filteredOn(line -> !line.contains("registries <"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @ParameterizedTest
    @CsvSource({
        "image, 'there is no kind of check `image`; there are: expression, images, ownership, podSecurity, stability'",
        "images.tags, '`images` has no field `tags`; there are: deniedTags, digest, registries'",
        "images.digest.value, '`images.digest` has no fields; ask about it itself'"
    })
    void whatThereIsNotIsAWrongCallThatSaysWhatThereIs(String asked, String said) {
        assertThat(explain(asked)).isEqualTo(new World.Ran(2, "", "interlock: %s\n".formatted(said)));
    }
}
