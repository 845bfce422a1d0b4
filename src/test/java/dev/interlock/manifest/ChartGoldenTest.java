package dev.interlock.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.testing.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the chart has from elsewhere in the project is what stands there: Helm packs nothing from outside of a chart.
class ChartGoldenTest {
    private static final boolean UPDATE = "update".equals(System.getProperty("interlock.golden"));
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DefaultPrettyPrinter AS_WRITTEN = new DefaultPrettyPrinter(
            Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
    private static final Path FILES = Helm.CHART.resolve("files");
    private static final Path VALUES = Helm.CHART.resolve("values.yaml");
    private static final Path SCHEMA = Helm.CHART.resolve("values.schema.json");

    /// Objects whose keys are not the chart's to know.
    private static final List<String> FREE =
            List.of("global", "pod.affinity.nodeAffinity", "pod.affinity.podAffinity", "pod.affinity.podAntiAffinity");

    private static Map<Path, Path> copies() throws IOException {
        Map<Path, Path> copies = new TreeMap<>();
        copies.put(FILES.resolve("rbac.yaml"), Path.of("deploy/base/rbac.yaml"));
        copies.put(FILES.resolve("gate.yaml"), Path.of("deploy/base/gate.yaml"));
        copies.put(FILES.resolve("api-policies.yaml"), Path.of("deploy/base/api-policies.yaml"));
        copies.put(FILES.resolve("accounts.yaml"), Path.of("deploy/components/accounts/accounts.yaml"));
        copies.put(FILES.resolve("interlock.rules.yaml"), Path.of("deploy/monitoring/interlock.rules.yaml"));
        for (Path crd : files(Path.of("crds"))) {
            if (crd.toString().endsWith("-v1.yml")) {
                copies.put(FILES.resolve("crds").resolve(crd.getFileName()), crd);
            }
        }
        for (Path dashboard : files(Path.of("deploy/monitoring/dashboards"))) {
            copies.put(FILES.resolve("dashboards").resolve(dashboard.getFileName()), dashboard);
        }
        return copies;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void copiesAreWhatTheyWereMadeFromAndThereIsNoOther() throws IOException {
        Map<Path, Path> copies = copies();
        assertThat(copies).hasSizeGreaterThan(10);
        for (Map.Entry<Path, Path> copy : copies.entrySet()) {
            if (UPDATE) {
                Files.createDirectories(copy.getKey().getParent());
                Files.write(copy.getKey(), Files.readAllBytes(copy.getValue()));
            }
            assertThat(copy.getKey()).as("run `make generate`").hasSameBinaryContentAs(copy.getValue());
        }
        assertThat(files(FILES)).containsExactlyElementsOf(copies.keySet());
    }

    /// Each value has its sentence in `values.yaml`, which the schema repeats, with the default.
    @Test
    void theSchemaSaysWhatTheValuesSay() throws IOException {
        Map<String, String> sentences = sentences();
        JsonNode defaults = YAML.readTree(VALUES.toFile());
        JsonNode schema = JSON.readTree(SCHEMA.toFile());
        assertThat(sentences).hasSizeGreaterThan(40);
        for (Map.Entry<String, String> said : sentences.entrySet()) {
            JsonNode value = schema;
            JsonNode standard = defaults;
            for (String key : said.getKey().split("\\.", -1)) {
                value = value.path("properties").path(key);
                standard = standard.path(key);
            }
            assertThat(value.isObject())
                    .as("%s is in the schema", said.getKey())
                    .isTrue();
            if (UPDATE) {
                ((ObjectNode) value).put("description", said.getValue()).set("default", standard);
            }
            assertThat(value.path("description").asText()).as(said.getKey()).isEqualTo(said.getValue());
            assertThat(value.path("default").toString())
                    .as("default of %s", said.getKey())
                    .isEqualTo(standard.toString());
        }
        if (UPDATE) {
            Files.writeString(SCHEMA, JSON.writer(AS_WRITTEN).writeValueAsString(schema) + "\n");
        }
        assertThat(leaves(defaults, "", sentences))
                .as("values without a sentence")
                .isEmpty();
    }

    @Test
    void theSchemaDescribesEveryValueAndTakesNoOther() throws IOException {
        JsonNode schema = JSON.readTree(SCHEMA.toFile());
        List<String> silent = new ArrayList<>();
        List<String> open = new ArrayList<>();
        look(schema, "", silent, open);
        assertThat(silent).isEmpty();
        assertThat(open).containsExactlyInAnyOrderElementsOf(FREE);
    }

    @Test
    void theChartIsOfTheVersionThatIsBuilt() throws IOException {
        Matcher version = Pattern.compile("<version>([0-9.]+)(-SNAPSHOT)?</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(YAML.readTree(Helm.CHART.resolve("Chart.yaml").toFile())
                        .path("appVersion")
                        .asText())
                .isEqualTo(version.group(1));
    }

    /// A value's path, and what the comment `# --` above it says.
    private static Map<String, String> sentences() throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        Deque<String> path = new ArrayDeque<>();
        StringBuilder said = new StringBuilder();
        for (String line : Files.readAllLines(VALUES)) {
            Matcher comment = Pattern.compile(" *# ?(--)? ?(.*)").matcher(line);
            Matcher key = Pattern.compile("( *)([A-Za-z][A-Za-z0-9]*):.*").matcher(line);
            if (comment.matches()) {
                if (comment.group(1) != null) {
                    said.setLength(0);
                    said.append(comment.group(2));
                } else if (!said.isEmpty()) {
                    said.append(' ').append(comment.group(2));
                }
                continue;
            }
            if (key.matches()) {
                while (path.size() > key.group(1).length() / 2) {
                    path.removeLast();
                }
                path.addLast(key.group(2));
                if (!said.isEmpty()) {
                    found.put(String.join(".", path), said.toString());
                }
            }
            said.setLength(0);
        }
        return found;
    }

    /// Values that neither have a sentence nor are below one that has.
    private static List<String> leaves(JsonNode node, String path, Map<String, String> sentences) {
        if (sentences.containsKey(path)) {
            return List.of();
        }
        if (!node.isObject() || node.isEmpty()) {
            return List.of(path);
        }
        return node.properties().stream()
                .flatMap(
                        member -> leaves(
                                member.getValue(),
                                path.isEmpty() ? member.getKey() : path + "." + member.getKey(),
                                sentences)
                                .stream())
                .collect(Collectors.toList());
    }

    private static void look(JsonNode node, String path, List<String> silent, List<String> open) {
        if (node.path("type").asText().equals("object")
                && node.path("additionalProperties").asBoolean(true)
                && !node.path("additionalProperties").isObject()) {
            open.add(path);
        }
        node.path("properties").properties().forEach(member -> {
            String below = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            if (member.getValue().path("description").asText().isEmpty()) {
                silent.add(below);
            }
            look(member.getValue(), below, silent, open);
        });
        if (node.has("items")) {
            look(node.path("items"), path + "[]", silent, open);
        }
    }
}
