package dev.interlock.kubernetes;

import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import java.util.Map;
import java.util.Optional;

/// One object as somebody has written it in a file.
///
/// @param lines by field path from the root of the document; the first line of a file is 1
/// @param root  field path of the object in its document; empty where it is the document
public record Manifest(String file, Node.Obj object, Map<String, Integer> lines, String root) {
    /// As many letters as the API server adds to `generateName`.
    private static final String GENERATED = "xxxxx";

    /// The label by which the API server tells the name of a namespace.
    public static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

    public Manifest {
        lines = Map.copyOf(lines);
    }

    public String apiVersion() {
        return object.text("apiVersion").orElse("");
    }

    public String kind() {
        return object.text("kind").orElse("");
    }

    /// The name that it has been given; empty where the API server is to give one.
    public Optional<String> named() {
        return metadata("name");
    }

    /// The namespace that it names; empty where it names none.
    public Optional<String> namespace() {
        return metadata("namespace");
    }

    /// Its name, or the beginning that the API server is to complete.
    public String name() {
        return named().or(() -> metadata("generateName").map(name -> name + "…"))
                .orElse("");
    }

    private Optional<String> metadata(String field) {
        return object.object("metadata")
                .flatMap(metadata -> metadata.text(field))
                .filter(text -> !text.isEmpty());
    }

    /// An object that is written within this one.
    ///
    /// @param path from this object's root, for example `request.object`
    public Manifest at(String path, Node.Obj within) {
        return new Manifest(file, within, lines, root.isEmpty() ? path : root + "." + path);
    }

    /// As the API server has it when it asks: in its namespace, and with a name; a Namespace with the label that tells
    /// its name.
    ///
    /// @param namespace that it is made in; empty where its kind is in none
    public Manifest made(String namespace) {
        Node.Obj metadata = object.object("metadata").orElse(Node.Obj.EMPTY);
        Optional<String> prefix = metadata("generateName");
        if (named().isEmpty() && prefix.isPresent()) {
            metadata = metadata.with("name", new Node.Text(prefix.get() + GENERATED));
        }
        if (!namespace.isEmpty() && namespace().isEmpty()) {
            metadata = metadata.with("namespace", new Node.Text(namespace));
        }
        if (apiVersion().equals("v1") && kind().equals("Namespace")) {
            Node.Obj labels = metadata.object("labels").orElse(Node.Obj.EMPTY);
            String name = metadata.text("name").orElse("");
            metadata = metadata.with("labels", labels.with(NAMESPACE_NAME, new Node.Text(name)));
        }
        return new Manifest(file, object.with("metadata", metadata), lines, root);
    }

    public ObjectRef ref(String namespace) {
        return new ObjectRef(apiVersion(), kind(), namespace, name(), "");
    }

    /// Where the object begins.
    public int line() {
        return line("");
    }

    /// The line of a field; of what is nearest around it, where it is not there.
    ///
    /// @param path from the object's root, for example `spec.containers[0].image`
    public int line(String path) {
        String at = root.isEmpty() || path.isEmpty() ? root + path : root + "." + path;
        while (!at.isEmpty() && !lines.containsKey(at)) {
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return lines.getOrDefault(at, 1);
    }
}
