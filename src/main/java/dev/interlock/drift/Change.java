package dev.interlock.drift;

import dev.interlock.workload.ListShape;
import dev.interlock.workload.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeSet;

/// One place in which two trees differ. What is there on one side only is one change, at its root.
record Change(FieldPath path, Optional<Node> approved, Optional<Node> observed) {
    boolean added() {
        return approved.isEmpty();
    }

    /// All changes from one tree to the other, in the order of their paths.
    static List<Change> between(Node.Obj approved, Node.Obj observed) {
        return between(FieldPath.ROOT, approved, observed);
    }

    /// All changes from one tree to the other, which stand at that path of their objects.
    static List<Change> between(FieldPath at, Node.Obj approved, Node.Obj observed) {
        List<Change> found = new ArrayList<>();
        members(at, approved, observed, found);
        return List.copyOf(found);
    }

    private static void members(FieldPath at, Node.Obj approved, Node.Obj observed, List<Change> found) {
        TreeSet<String> names = new TreeSet<>(approved.members().keySet());
        names.addAll(observed.members().keySet());
        names.forEach(name -> values(at.member(name), name, approved.get(name), observed.get(name), found));
    }

    private static void values(
            FieldPath at, String member, Optional<Node> approved, Optional<Node> observed, List<Change> found) {
        if (approved.equals(observed)) {
            return;
        }
        if (approved.isPresent() && observed.isPresent()) {
            both(at, member, approved.get(), observed.get(), found);
        } else {
            found.add(new Change(at, approved, observed));
        }
    }

    private static void both(FieldPath at, String member, Node approved, Node observed, List<Change> found) {
        if (approved instanceof Node.Obj one && observed instanceof Node.Obj other) {
            members(at, one, other, found);
        } else if (approved instanceof Node.Arr(var one) && observed instanceof Node.Arr(var other)) {
            items(at, ListShape.of(member), one, other, found);
        } else {
            found.add(changed(at, approved, observed));
        }
    }

    private static void items(
            FieldPath at, ListShape shape, List<Node> approved, List<Node> observed, List<Change> found) {
        Optional<SequencedMap<Node.Obj, Node>> one = keyed(shape, approved);
        Optional<SequencedMap<Node.Obj, Node>> other = keyed(shape, observed);
        if (one.isPresent() && other.isPresent()) {
            named(at, shape, one.get(), other.get(), found);
        } else if (shape.ordered()) {
            positions(at, approved, observed, found);
        } else {
            found.add(changed(at, new Node.Arr(approved), new Node.Arr(observed)));
        }
    }

    /// The items by their keys; empty where an item has none or two share one.
    private static Optional<SequencedMap<Node.Obj, Node>> keyed(ListShape shape, List<Node> items) {
        SequencedMap<Node.Obj, Node> byKey = new LinkedHashMap<>();
        items.forEach(item -> shape.key(item).ifPresent(key -> byKey.put(key, item)));
        return byKey.size() == items.size() && !shape.keys().isEmpty() ? Optional.of(byKey) : Optional.empty();
    }

    private static void named(
            FieldPath at,
            ListShape shape,
            SequencedMap<Node.Obj, Node> approved,
            SequencedMap<Node.Obj, Node> observed,
            List<Change> found) {
        SequencedSet<Node.Obj> keys = new LinkedHashSet<>(approved.keySet());
        keys.addAll(observed.keySet());
        keys.forEach(key -> values(at.item(key), "", get(approved, key), get(observed, key), found));
        Node.Arr before = common(approved, observed);
        Node.Arr after = common(observed, approved);
        if (shape.ordered() && !before.equals(after)) {
            found.add(changed(at, before, after));
        }
    }

    private static Optional<Node> get(Map<Node.Obj, Node> items, Node.Obj key) {
        return Optional.ofNullable(items.get(key));
    }

    /// The keys that both lists have, in the order of the first.
    private static Node.Arr common(SequencedMap<Node.Obj, Node> these, Map<Node.Obj, Node> those) {
        return new Node.Arr(these.keySet().stream()
                .filter(those::containsKey)
                .<Node>map(key -> key.members().firstEntry().getValue())
                .toList());
    }

    private static void positions(FieldPath at, List<Node> approved, List<Node> observed, List<Change> found) {
        for (int i = 0; i < Math.max(approved.size(), observed.size()); i++) {
            Optional<Node> one = approved.stream().skip(i).findFirst();
            Optional<Node> other = observed.stream().skip(i).findFirst();
            FieldPath item = at.item(i, other.or(() -> one).orElseThrow());
            values(item, "", one, other, found);
        }
    }

    private static Change changed(FieldPath at, Node approved, Node observed) {
        return new Change(at, Optional.of(approved), Optional.of(observed));
    }
}
