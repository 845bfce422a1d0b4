package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.interlock.kubernetes.ClusterView.Shape;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which schemas leave room for containers.
class TemplateSearchTest {
    private static final String NAMED = """
            container: {type: object, properties: {image: {type: string}}}
            podSpec: {type: object, properties: {containers: {type: array, items: {$ref: "#/components/schemas/container"}}}}
            tree:
              type: object
              properties: {children: {type: array, items: {$ref: "#/components/schemas/tree"}}}
            """;

    static Stream<Arguments> schemas() {
        return Stream.of(
                holds(
                        "a template of its own",
                        "{spec: {properties: {pods: {properties: {containers: {items: {properties: {image: {type: string}}}}}}}}}",
                        "spec.pods"),
                holds("a pod specification by name", "{spec: {$ref: '#/components/schemas/podSpec'}}", "spec"),
                holds(
                        "one by name beside a default",
                        "{spec: {allOf: [{$ref: '#/components/schemas/podSpec'}], default: {}}}",
                        "spec"),
                holds(
                        "a list of them",
                        "{workers: {type: array, items: {$ref: '#/components/schemas/podSpec'}}}",
                        "workers[]"),
                holds(
                        "one for each name",
                        "{roles: {type: object, additionalProperties: {$ref: '#/components/schemas/podSpec'}}}",
                        "roles{}"),
                holds(
                        "one behind what may be anything",
                        "{any: {x-kubernetes-preserve-unknown-fields: true}, run: {$ref: '#/components/schemas/podSpec'}}",
                        "run"),
                open(
                        "anything",
                        "{spec: {properties: {values: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}",
                        "spec.values"),
                open(
                        "another object",
                        "{manifests: {type: array, items: {type: object, x-kubernetes-embedded-resource: true}}}",
                        "manifests[]"),
                closed("nothing", "{}"),
                closed(
                        "containers without an image",
                        "{spec: {properties: {containers: {items: {properties: {name: {type: string}}}}}}}"),
                closed("an image without containers", "{spec: {properties: {image: {type: string}}}}"),
                closed("what its controller reports", "{status: {$ref: '#/components/schemas/podSpec'}}"),
                closed("whatever its status may be", "{status: {x-kubernetes-preserve-unknown-fields: true}}"),
                closed("itself, without an end", "{spec: {$ref: '#/components/schemas/tree'}}"),
                closed("a name that is not there", "{spec: {$ref: '#/components/schemas/gone'}}"));
    }

    private static Arguments holds(String what, String properties, String path) {
        return Arguments.of(what, properties, new Shape.Template(path));
    }

    private static Arguments open(String what, String properties, String path) {
        return Arguments.of(what, properties, new Shape.Open(path));
    }

    private static Arguments closed(String what, String properties) {
        return Arguments.of(what, properties, new Shape.Closed());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemas")
    void placeForContainersIsFoundWhateverItIsCalled(String what, String properties, Shape shape) throws IOException {
        assertThat(search(NAMED, "{type: object, properties: %s}".formatted(properties)))
                .isEqualTo(shape);
    }

    @Test
    void objectWithoutASchemaMayBeAnything() throws IOException {
        assertThat(search(NAMED, "{type: object, x-kubernetes-preserve-unknown-fields: true}"))
                .isEqualTo(new Shape.Open(""));
    }

    private static Shape search(String named, String schema) throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        Map<String, JsonNode> schemas = new HashMap<>();
        yaml.readTree(named).properties().forEach(each -> schemas.put(each.getKey(), each.getValue()));
        return new TemplateSearch(schemas).of(yaml.readTree(schema));
    }
}
