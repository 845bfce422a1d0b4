package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.interlock.kubernetes.ClusterView.Shape;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks in published schemas for a place where an object may name what is run: an object with `containers`
/// that have an `image`, whatever it is called. A pod specification is one, and a custom resource may have
/// its own.
final class TemplateSearch {
    /// Known of every kind, or written by its controller.
    private static final Set<String> LEFT_OUT = Set.of("apiVersion", "kind", "metadata", "status");

    private final Map<String, JsonNode> named;

    /// @param named what schemas refer to
    TemplateSearch(Map<String, JsonNode> named) {
        this.named = named;
    }

    /// @param kind the schema of an object
    Shape of(JsonNode kind) {
        Walk walk = new Walk();
        Optional<String> template = walk.find(kind, "");
        if (template.isPresent()) {
            return new Shape.Template(template.get());
        }
        return walk.open.<Shape>map(Shape.Open::new).orElseGet(Shape.Closed::new);
    }

    /// One search; each named schema is gone through once, because it may be within itself.
    private final class Walk {
        private final Set<String> seen = new HashSet<>();
        private Optional<String> open = Optional.empty();

        Optional<String> find(JsonNode schema, String path) {
            String reference = SchemaReader.reference(schema);
            if (!reference.isEmpty()) {
                return seen.add(reference) ? find(named(reference), path) : Optional.empty();
            }
            if (runs(schema)) {
                return Optional.of(path);
            }
            if (open.isEmpty()
                    && (schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                            || schema.path("x-kubernetes-embedded-resource").asBoolean())) {
                open = Optional.of(path);
            }
            return members(schema, path)
                    .or(() -> below(schema.path("items"), path + "[]"))
                    .or(() -> below(schema.path("additionalProperties"), path + "{}"));
        }

        private Optional<String> members(JsonNode schema, String path) {
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                if (path.isEmpty() && LEFT_OUT.contains(property.getKey())) {
                    continue;
                }
                Optional<String> found =
                        find(property.getValue(), path.isEmpty() ? property.getKey() : path + "." + property.getKey());
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        private Optional<String> below(JsonNode schema, String path) {
            return schema.isObject() ? find(schema, path) : Optional.empty();
        }
    }

    private boolean runs(JsonNode schema) {
        JsonNode containers = resolved(schema.path("properties").path("containers"));
        return resolved(containers.path("items")).path("properties").has("image");
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = SchemaReader.reference(schema);
        return reference.isEmpty() ? schema : named(reference);
    }

    private JsonNode named(String reference) {
        return named.getOrDefault(reference, MissingNode.getInstance());
    }
}
