package dev.interlock.workload;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The normal form of a tree: members that are `null`, and an empty `metadata`, are gone, and lists whose
/// order means nothing are in one order (see [ListShape]). Two objects that mean the same to Kubernetes are
/// then equal as trees.
final class Normal {
    private static final Comparator<Keyed> BY_KEY =
            Comparator.comparing(Keyed::key).thenComparing(Keyed::text);

    private Normal() {}

    private record Keyed(String key, String text, Node item) {
        static Keyed of(Node item, ListShape shape) {
            return new Keyed(shape.key(item).map(Canonical::text).orElse(""), Canonical.text(item), item);
        }
    }

    static Node.Obj of(Node.Obj object) {
        Optional<Node> own = object.get("metadata").filter(Node.Obj.EMPTY::equals);
        Node.Obj normal = nested(object);
        return own.map(empty -> normal.with("metadata", empty)).orElse(normal);
    }

    private static Node.Obj nested(Node.Obj object) {
        Members kept = new Members(Map.of());
        object.members().forEach((name, value) -> {
            Node normal = of(name, value);
            // An API server writes `metadata: {}` or `metadata: {creationTimestamp: null}` where nothing was written.
            boolean nothing = normal instanceof Node.Null || (name.equals("metadata") && normal.equals(Node.Obj.EMPTY));
            if (!nothing) {
                kept.put(name, normal);
            }
        });
        return new Node.Obj(kept);
    }

    private static Node of(String member, Node value) {
        return switch (value) {
            case Node.Obj object -> nested(object);
            case Node.Arr array -> new Node.Arr(items(member, array));
            case Node.Text _, Node.Int _, Node.Dec _, Node.Bool _, Node.Null _ -> value;
        };
    }

    private static List<Node> items(String member, Node.Arr array) {
        List<Node> items = array.items().stream().map(item -> of("", item)).toList();
        if (items.size() < 2) {
            return items;
        }
        if (member.equals("env")) {
            return variables(items);
        }
        ListShape shape = ListShape.of(member);
        return shape.ordered()
                ? items
                : items.stream()
                        .map(item -> Keyed.of(item, shape))
                        .sorted(BY_KEY)
                        .map(Keyed::item)
                        .toList();
    }

    /// Variables may refer to earlier ones as `$(NAME)`; then their order means something. Of two variables
    /// of one name the last one counts, so these stay in their order (the sort is stable).
    private static List<Node> variables(List<Node> items) {
        boolean independent = items.stream()
                .allMatch(item -> text(item, "name").isPresent()
                        && text(item, "value")
                                .filter(value -> value.contains("$("))
                                .isEmpty());
        return independent
                ? items.stream()
                        .sorted(Comparator.comparing(item -> text(item, "name").orElse("")))
                        .toList()
                : items;
    }

    private static Optional<String> text(Node item, String member) {
        return item instanceof Node.Obj object && object.members().get(member) instanceof Node.Text(var value)
                ? Optional.of(value)
                : Optional.empty();
    }
}
