package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Holds what is sent against the CRD as it stands in `crds/`: what the API server refuses is evidence that nobody
/// sees.
final class CrdBounds {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CrdBounds() {}

    /// @param faults where the record is not what the CRD lets in, or was cut shorter than it had to be
    record Found(List<String> faults, int texts, int cut) {}

    static Found held(String crd, Object sent) throws IOException {
        JSONSchemaProps schema = Serialization.unmarshal(Files.readString(Path.of(crd)), CustomResourceDefinition.class)
                .getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema();
        List<String> faults = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (String part : List.of("spec", "status")) {
            JsonNode tree = JSON.<JsonNode>valueToTree(sent).path(part);
            if (!tree.isMissingNode() && !tree.isNull()) {
                hold(part, tree, Objects.requireNonNull(schema.getProperties().get(part)), faults, texts);
            }
        }
        return new Found(faults, texts.size(), (int)
                texts.stream().filter(text -> text.endsWith("…")).count());
    }

    private static void hold(
            String path, JsonNode node, JSONSchemaProps schema, List<String> faults, List<String> texts) {
        switch (schema.getType()) {
            case "object" -> {
                if (schema.getRequired() != null) {
                    schema.getRequired().stream()
                            .filter(name -> !node.hasNonNull(name))
                            .forEach(name -> faults.add(path + "." + name + " is missing"));
                }
                node.properties().forEach(member -> {
                    JSONSchemaProps property = schema.getProperties().get(member.getKey());
                    if (property == null) {
                        faults.add(path + "." + member.getKey() + " is not in the CRD");
                    } else {
                        hold(path + "." + member.getKey(), member.getValue(), property, faults, texts);
                    }
                });
            }
            case "array" -> {
                if (node.size() > schema.getMaxItems()) {
                    faults.add(path + " has " + node.size() + " items");
                }
                node.forEach(item -> hold(path + "[]", item, schema.getItems().getSchema(), faults, texts));
            }
            case "string" -> text(path, node, schema, faults, texts);
            case "integer" -> {
                if (!node.isIntegralNumber() || node.longValue() < 0) {
                    faults.add(path + " is no whole number from 0: " + node);
                }
            }
            case "boolean" -> {
                if (!node.isBoolean()) {
                    faults.add(path + " is no boolean");
                }
            }
            default -> throw new AssertionError("the CRD has a type that this test does not know: " + schema.getType());
        }
    }

    /// The API server counts characters, not bytes or UTF-16 units.
    private static void text(
            String path, JsonNode node, JSONSchemaProps schema, List<String> faults, List<String> texts) {
        String text = node.asText();
        texts.add(text);
        int length = text.codePointCount(0, text.length());
        long most = schema.getMaxLength();
        if (!node.isTextual()) {
            faults.add(path + " is no text");
        }
        if (length > most) {
            faults.add("%s has %d characters, %d are let in".formatted(path, length, most));
        }
        if (text.endsWith("…") && length < most) {
            faults.add("%s was cut to %d characters, %d are let in".formatted(path, length, most));
        }
        boolean halved = text.contains("😀")
                && !text.equals(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        if (halved) {
            faults.add(path + " was cut within a character");
        }
    }
}
