package dev.interlock.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.decision.cel.Schema;
import dev.interlock.decision.cel.Typing;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Reads the schemas that an API server publishes (OpenAPI v3), one at a time: most of a document, about a
/// megabyte, is paths and descriptions.
final class SchemaReader {
    private final Map<WorkloadKind, Schema> kinds = new EnumMap<>(WorkloadKind.class);
    private final Map<String, Schema> named = new HashMap<>();

    private interface Value {
        /// Takes in the value that the parser stands at.
        void read(String name) throws IOException;
    }

    /// Takes in one document.
    void read(byte[] document) throws IOException {
        schemas(document, this::take);
    }

    /// Gives each schema of a document with its name.
    static void schemas(byte[] document, BiConsumer<String, JsonNode> schema) throws IOException {
        try (JsonParser json = SpecReader.JSON.getFactory().createParser(document)) {
            json.nextToken();
            only(
                    "components",
                    json,
                    () -> only("schemas", json, () -> each(json, name -> schema.accept(name, json.readValueAsTree()))));
        }
    }

    private void take(String name, JsonNode schema) {
        named.put(name, schema(schema));
        kinds(schema).forEach(kind -> kinds.put(kind, new Schema.Named(name)));
    }

    /// The types of all governed kinds that were read.
    Typing typing() {
        return new Typing(kinds, named);
    }

    private interface Part {
        void read() throws IOException;
    }

    private static void only(String member, JsonParser json, Part part) throws IOException {
        each(json, name -> {
            if (name.equals(member)) {
                part.read();
            } else {
                json.skipChildren();
            }
        });
    }

    private static void each(JsonParser json, Value value) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("it is no OpenAPI document");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            value.read(name);
        }
    }

    private static Stream<WorkloadKind> kinds(JsonNode schema) {
        return StreamSupport.stream(
                        schema.path("x-kubernetes-group-version-kind").spliterator(), false)
                .flatMap(kind -> {
                    String group = kind.path("group").asText();
                    String version = kind.path("version").asText();
                    return WorkloadKind.of(
                            group.isEmpty() ? version : group + "/" + version,
                            kind.path("kind").asText())
                            .stream();
                });
    }

    /// Of values as a review has them: times and bytes are texts there, and a quantity may be a number.
    private static Schema schema(JsonNode schema) {
        String reference = reference(schema);
        if (!reference.isEmpty()) {
            return new Schema.Named(reference);
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean()
                || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            return Schema.Plain.ANY;
        }
        return switch (schema.path("type").asText()) {
            case "array" -> new Schema.Items(schema(schema.path("items")));
            case "boolean" -> Schema.Plain.BOOL;
            case "integer" -> Schema.Plain.INT;
            case "number" -> Schema.Plain.DOUBLE;
            case "object" -> object(schema);
            case "string" -> Schema.Plain.STRING;
            default -> Schema.Plain.ANY;
        };
    }

    /// The name of the schema that is meant; empty where it stands here. Beside a default it stands in
    /// `allOf`, because nothing may stand beside a reference.
    static String reference(JsonNode schema) {
        String reference = schema.path("$ref")
                .asText(schema.path("allOf").path(0).path("$ref").asText());
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private static Schema object(JsonNode schema) {
        if (schema.path("properties").isEmpty()) {
            JsonNode values = schema.path("additionalProperties");
            return values.isObject() ? new Schema.Members(schema(values)) : Schema.Plain.ANY;
        }
        Map<String, Schema> fields = new HashMap<>();
        schema.path("properties").properties().forEach(field -> fields.put(field.getKey(), schema(field.getValue())));
        return new Schema.Fields(fields);
    }
}
