package dev.interlock.workload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an API server filled into an object that is stored: what no entry of its `metadata.managedFields`
/// owns. An upgrade of Kubernetes adds such fields to objects that nobody touched, and so to whatever is made
/// from them.
final class Defaults {
    private Defaults() {}

    /// `object` without what stands in `stored` as well and is owned by nobody there; all of it where `stored` has no
    /// managers.
    ///
    /// @throws MalformedObject where the managers are not as the API server writes them
    static Node.Obj without(Node.Obj object, Node.Obj stored) {
        List<Node.Obj> owned = new ArrayList<>();
        stored.object("metadata")
                .ifPresent(metadata -> metadata.items("managedFields")
                        .forEach(entry -> entry.asObject("managedFields")
                                .object("fieldsV1")
                                .ifPresent(owned::add)));
        return owned.isEmpty() ? object : members(object, stored, owned);
    }

    private static Node.Obj members(Node.Obj object, Node.Obj stored, List<Node.Obj> owned) {
        Map<String, Node> kept = new TreeMap<>();
        object.members().forEach((name, value) -> {
            List<Node.Obj> below = below(owned, "f:" + name);
            Node before = stored.members().get(name);
            if (before == null || !below.isEmpty() || !value.equals(before)) {
                kept.put(name, before == null ? value : value(name, value, before, below));
            }
        });
        return Node.Obj.of(kept);
    }

    private static Node value(String member, Node value, Node stored, List<Node.Obj> owned) {
        if (owned.isEmpty() || owned.stream().anyMatch(set -> set.members().isEmpty())) {
            return value;
        }
        return switch (value) {
            case Node.Obj object when stored instanceof Node.Obj before -> members(object, before, owned);
            case Node.Arr list
            when stored instanceof Node.Arr before -> items(ListShape.of(member), list, before, owned);
            default -> value;
        };
    }

    private static Node items(ListShape shape, Node.Arr list, Node.Arr stored, List<Node.Obj> owned) {
        Map<Node.Obj, Node> before = new HashMap<>();
        stored.items().forEach(item -> shape.key(item).ifPresent(key -> before.put(key, item)));
        return new Node.Arr(list.items().stream()
                .map(item -> shape.key(item)
                        .map(key -> item(key, item, before.get(key), owned))
                        .orElse(item))
                .toList());
    }

    private static Node item(Node.Obj key, Node item, @Nullable Node stored, List<Node.Obj> owned) {
        return stored == null ? item : value("", item, stored, below(owned, "k:" + Canonical.text(key)));
    }

    private static List<Node.Obj> below(List<Node.Obj> owned, String name) {
        return owned.stream().flatMap(set -> set.object(name).stream()).toList();
    }
}
