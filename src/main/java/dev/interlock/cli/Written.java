package dev.interlock.cli;

import dev.interlock.kubernetes.Manifest;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// A part of a document that a person has written, read strictly: what is missing, unknown or of another type
/// is refused with its file and line.
///
/// @param path from the root of the manifest, for example `cases[0].expect`
record Written(Manifest manifest, String path, Node.Obj object) {
    static Written of(Manifest manifest) {
        return new Written(manifest, "", manifest.object());
    }

    /// This, which may have no other fields than these.
    ///
    /// @throws Problem where it has one, which names the fields that there are
    Written only(Set<String> fields) {
        for (String name : object.members().keySet()) {
            if (!fields.contains(name)) {
                throw refused(
                        at(name),
                        "there is no field `%s`; there are: %s"
                                .formatted(at(name), String.join(", ", new TreeSet<>(fields))));
            }
        }
        return this;
    }

    boolean has(String name) {
        return object.get(name).filter(node -> !(node instanceof Node.Null)).isPresent();
    }

    /// The first line of it.
    int line() {
        return manifest.line(path);
    }

    Optional<String> text(String name) {
        return typed(name, each -> object.text(each));
    }

    /// @throws Problem where it is missing or empty
    String required(String name) {
        return text(name).filter(text -> !text.isBlank()).orElseThrow(() -> missing(name));
    }

    Optional<Boolean> flag(String name) {
        return typed(name, each -> object.flag(each));
    }

    Optional<Written> part(String name) {
        return typed(name, each -> object.object(each)).map(part -> new Written(manifest, at(name), part));
    }

    /// What is under a name, with the words by which it is found.
    List<Item> items(String name) {
        List<Node> nodes = typed(name, each -> Optional.of(object.items(each))).orElse(List.of());
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            items.add(new Item(manifest, "%s[%d]".formatted(at(name), i), nodes.get(i)));
        }
        return items;
    }

    Item item(String name) {
        return new Item(manifest, at(name), object.get(name).orElseThrow(() -> missing(name)));
    }

    List<String> texts(String name) {
        return items(name).stream().map(Item::text).toList();
    }

    /// An object whose members are texts.
    Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        part(name)
                .ifPresent(part -> part.object()
                        .members()
                        .keySet()
                        .forEach(key -> map.put(key, part.text(key).orElse(""))));
        return map;
    }

    /// One value of a list or of a field.
    record Item(Manifest manifest, String path, Node node) {
        String text() {
            if (node instanceof Node.Text(String value)) {
                return value;
            }
            throw refused("`%s` must be a string".formatted(path));
        }

        Written object() {
            if (node instanceof Node.Obj object) {
                return new Written(manifest, path, object);
            }
            throw refused("`%s` must be an object".formatted(path));
        }

        Problem refused(String why) {
            return new Written(manifest, path, Node.Obj.EMPTY).refused(path, why);
        }
    }

    private <T> Optional<T> typed(String name, Function<String, Optional<T>> read) {
        try {
            return read.apply(name);
        } catch (MalformedObject e) {
            throw refused(at(name), "%s in `%s`".formatted(e.getMessage(), path.isEmpty() ? manifest.kind() : path));
        }
    }

    private Problem missing(String name) {
        return refused(path, "`%s` is missing; say it".formatted(at(name)));
    }

    /// @param at the path to the field at fault
    Problem refused(String at, String why) {
        return new Problem(ExitCode.USAGE, "%s:%d: %s".formatted(manifest.file(), manifest.line(at), why));
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
