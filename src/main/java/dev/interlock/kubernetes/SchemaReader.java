package dev.interlock.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.decision.cel.Schema;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.ObjectKind;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Reads what an API server publishes of the objects of one group and version (OpenAPI v3): most of a document,
/// about a megabyte, is descriptions.
final class SchemaReader {
    /// Where the objects of a resource are created.
    private static final Pattern COLLECTION =
            Pattern.compile("/(?:api|apis/([^/]+))/([^/]+)/(?:namespaces/\\{namespace}/)?([^/{}]+)");

    /// Names that can be selected by a dot. Others are asked for by an index, which an object with fields does
    /// not have.
    private static final Pattern SELECTED = Pattern.compile("(?!(?:in|true|false|null)$)[A-Za-z_][A-Za-z0-9_]*");

    private SchemaReader() {}

    /// @param kinds those that objects can be created of
    /// @param named what their schemas refer to
    record Document(Map<ObjectKind, Schema> kinds, Map<String, Schema> named) {
        Document {
            kinds = Map.copyOf(kinds);
            named = Map.copyOf(named);
        }
    }

    /// @param group empty for the core group
    record GroupVersionKind(String group, String version, String kind) {}

    private interface Value {
        /// Takes in the value that the parser stands at.
        void read(String name) throws IOException;
    }

    static Document read(byte[] document) throws IOException {
        Map<GroupVersionResource, GroupVersionKind> resources = new HashMap<>();
        Map<GroupVersionKind, String> kinds = new HashMap<>();
        Map<String, Schema> named = new HashMap<>();
        try (JsonParser json = parser(document)) {
            each(json, part -> {
                switch (part) {
                    case "paths" -> each(json, path -> created(path, json, resources));
                    case "components" ->
                        schemas(json, (name, schema) -> {
                            named.put(name, schema(schema));
                            kinds(schema).forEach(kind -> kinds.put(kind, name));
                        });
                    default -> json.skipChildren();
                }
            });
        }
        Map<ObjectKind, Schema> found = new HashMap<>();
        resources.forEach((resource, kind) -> Optional.ofNullable(kinds.get(kind))
                .ifPresent(name -> found.put(kind(resource, kind.kind()), new Schema.Named(name))));
        return new Document(found, named);
    }

    private static ObjectKind kind(GroupVersionResource resource, String kind) {
        return WorkloadKind.of(resource).<ObjectKind>map(known -> known).orElseGet(() -> new OtherKind(resource, kind));
    }

    /// Gives each schema of a document with its name.
    static void schemas(byte[] document, BiConsumer<String, JsonNode> schema) throws IOException {
        try (JsonParser json = parser(document)) {
            each(json, part -> {
                if (part.equals("components")) {
                    schemas(json, schema);
                } else {
                    json.skipChildren();
                }
            });
        }
    }

    private static void schemas(JsonParser components, BiConsumer<String, JsonNode> schema) throws IOException {
        each(components, part -> {
            if (part.equals("schemas")) {
                each(components, name -> schema.accept(name, components.readValueAsTree()));
            } else {
                components.skipChildren();
            }
        });
    }

    /// Of one part after the other: a whole document as a tree takes ten times its size.
    private static JsonParser parser(byte[] document) throws IOException {
        JsonParser json = SpecReader.JSON.getFactory().createParser(document);
        json.nextToken();
        return json;
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

    private static void created(String path, JsonParser json, Map<GroupVersionResource, GroupVersionKind> resources)
            throws IOException {
        Matcher collection = COLLECTION.matcher(path);
        if (!collection.matches()) {
            json.skipChildren();
            return;
        }
        JsonNode operations = json.readValueAsTree();
        kinds(operations.path("post"))
                .forEach(kind -> resources.put(
                        new GroupVersionResource(
                                Objects.requireNonNullElse(collection.group(1), ""),
                                collection.group(2),
                                collection.group(3)),
                        kind));
    }

    /// Of a schema, which may be of several kinds, or of an operation, which is of one.
    static Stream<GroupVersionKind> kinds(JsonNode described) {
        JsonNode stated = described.path("x-kubernetes-group-version-kind");
        Stream<JsonNode> each =
                stated.isObject() ? Stream.of(stated) : StreamSupport.stream(stated.spliterator(), false);
        return each.map(kind -> new GroupVersionKind(
                kind.path("group").asText(),
                kind.path("version").asText(),
                kind.path("kind").asText()));
    }

    /// Of values as a review has them: times and bytes are texts there, a quantity may be a number, and what is
    /// nullable may be compared with `null`.
    private static Schema schema(JsonNode schema) {
        String reference = reference(schema);
        if (!reference.isEmpty()) {
            return new Schema.Named(reference);
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean()
                || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                || schema.path("nullable").asBoolean()) {
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
        if (schema.path("properties").properties().stream()
                .anyMatch(field -> !SELECTED.matcher(field.getKey()).matches())) {
            return Schema.Plain.ANY;
        }
        Map<String, Schema> fields = new HashMap<>();
        schema.path("properties").properties().forEach(field -> fields.put(field.getKey(), schema(field.getValue())));
        return new Schema.Fields(fields);
    }
}
