package dev.interlock.kubernetes;

import dev.interlock.workload.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// The schema of one of our kinds, as the API server has it: what it fills in where a manifest says nothing, and which
/// fields there are. What else the schema demands is the reader's or the API server's to refuse.
final class CrdSchema {
    private final Node.Obj root;

    private CrdSchema(Node.Obj root) {
        this.root = root;
    }

    /// @param kind one of our kinds that are read from files
    static CrdSchema of(String kind) {
        return new CrdSchema(
                switch (kind) {
                    case "PromotionPolicy" -> read("promotionpolicies");
                    case "DeliveryPath" -> read("deliverypaths");
                    default -> throw new IllegalArgumentException("no schema is read for " + kind);
                });
    }

    private static Node.Obj read(String plural) {
        String file = "/crds/%s.interlock.dev-v1.yml".formatted(plural);
        try (InputStream in = Objects.requireNonNull(CrdSchema.class.getResourceAsStream(file), file)) {
            Node.Obj crd = ManifestReader.read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .getFirst()
                    .object();
            return crd.object("spec")
                    .map(spec -> spec.items("versions").getFirst().asObject("versions"))
                    .flatMap(version -> version.object("schema"))
                    .flatMap(schema -> schema.object("openAPIV3Schema"))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The schema of a field.
    ///
    /// @param fields that lead to it; of a list its items are meant
    Node.Obj field(String... fields) {
        Node.Obj schema = root;
        for (String field : fields) {
            schema = schema.object("properties")
                    .flatMap(all -> all.object(field))
                    .orElseThrow();
            schema = schema.object("items").orElse(schema);
        }
        return schema;
    }

    /// The object with what the API server would fill in.
    ///
    /// @throws UnreadableManifest where it has a field that the schema does not know
    Node.Obj complete(Manifest manifest) {
        List<String> unknown = new ArrayList<>();
        Node completed = complete(manifest.object(), root, "", unknown);
        if (!unknown.isEmpty()) {
            String field = unknown.getFirst();
            throw new UnreadableManifest(
                    manifest.file(),
                    manifest.line(field),
                    "%s has no field `%s`; take it out or mend its name".formatted(manifest.kind(), field));
        }
        return completed.asObject("manifest");
    }

    private static Node complete(Node value, Node.Obj schema, String path, List<String> unknown) {
        return switch (value) {
            case Node.Obj object -> members(object, schema, path, unknown);
            case Node.Arr(List<Node> items) -> {
                Optional<Node.Obj> each = schema.object("items");
                List<Node> completed = new ArrayList<>();
                for (int i = 0; i < items.size(); i++) {
                    Node item = items.get(i);
                    String at = "%s[%d]".formatted(path, i);
                    completed.add(each.map(known -> complete(item, known, at, unknown))
                            .orElse(item));
                }
                yield new Node.Arr(completed);
            }
            default -> value;
        };
    }

    private static Node members(Node.Obj object, Node.Obj schema, String path, List<String> unknown) {
        Optional<Node.Obj> properties = schema.object("properties");
        // Of metadata the schema says nothing but that it is an object: the API server knows it by itself.
        if (properties.isEmpty()) {
            return object;
        }
        Map<String, Node> completed = new TreeMap<>();
        object.members().forEach((name, value) -> {
            String at = path.isEmpty() ? name : path + "." + name;
            Optional<Node.Obj> known = properties.get().object(name);
            if (known.isEmpty() && !at.equals("apiVersion") && !at.equals("kind") && !at.equals("metadata")) {
                unknown.add(at);
            }
            completed.put(
                    name, known.map(its -> complete(value, its, at, unknown)).orElse(value));
        });
        properties
                .get()
                .members()
                .forEach((name, its) -> its.asObject(name)
                        .get("default")
                        .filter(_ -> object.get(name)
                                .filter(value -> !(value instanceof Node.Null))
                                .isEmpty())
                        .ifPresent(value -> completed.put(name, value)));
        return Node.Obj.of(completed);
    }
}
