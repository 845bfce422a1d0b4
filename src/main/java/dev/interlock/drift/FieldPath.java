package dev.interlock.drift;

import dev.interlock.workload.Canonical;
import dev.interlock.workload.ListShape;
import dev.interlock.workload.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Where a value stands, from the object's root. Items of keyed lists are named by their key, not by their
/// position, so that a path means the same in two versions of an object, and in `managedFields`.
record FieldPath(List<Step> steps) {
    static final FieldPath ROOT = new FieldPath(List.of());

    FieldPath {
        steps = List.copyOf(steps);
    }

    sealed interface Step {
        /// A member of an object.
        record Member(String name) implements Step {}

        /// An item that its key names, such as `{"name":"app"}`.
        record Keyed(Node.Obj key) implements Step {}

        /// An item by its position.
        record Indexed(int index, Node item) implements Step {}
    }

    static FieldPath of(List<String> members) {
        return new FieldPath(members.stream().<Step>map(Step.Member::new).toList());
    }

    FieldPath member(String name) {
        return then(new Step.Member(name));
    }

    FieldPath item(Node.Obj key) {
        return then(new Step.Keyed(key));
    }

    FieldPath item(int index, Node item) {
        return then(new Step.Indexed(index, item));
    }

    private FieldPath then(Step step) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return new FieldPath(longer);
    }

    /// Whether anything stands at this path of the tree.
    boolean isIn(Node root) {
        Optional<Node> current = Optional.of(root);
        String list = "";
        for (Step step : steps) {
            ListShape shape = ListShape.of(list);
            current = current.flatMap(parent -> descend(parent, step, shape));
            list = step instanceof Step.Member(var name) ? name : "";
        }
        return current.isPresent();
    }

    private static Optional<Node> descend(Node parent, Step step, ListShape shape) {
        return switch (step) {
            case Step.Member(var name) -> parent instanceof Node.Obj object ? object.get(name) : Optional.empty();
            case Step.Keyed(var key) ->
                items(parent).stream()
                        .filter(item -> shape.key(item).filter(key::equals).isPresent())
                        .findFirst();
            case Step.Indexed(int index, Node _) ->
                items(parent).stream().skip(index).findFirst();
        };
    }

    private static List<Node> items(Node node) {
        return node instanceof Node.Arr(var items) ? items : List.of();
    }

    /// As people read it: `spec.template.spec.containers[name=app].image`. A member whose name is not plain
    /// stands in brackets: `metadata.labels[app.kubernetes.io/name]`.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            switch (step) {
                case Step.Member(var name)
                when name.matches("[A-Za-z0-9_-]+") ->
                    text.append(text.isEmpty() ? "" : ".").append(name);
                case Step.Member(var name) -> text.append('[').append(name).append(']');
                case Step.Keyed(var key) -> text.append('[').append(named(key)).append(']');
                case Step.Indexed(int index, Node _) ->
                    text.append('[').append(index).append(']');
            }
        }
        return text.toString();
    }

    private static String named(Node.Obj key) {
        return key.members().entrySet().stream()
                .map(member -> member.getKey() + "=" + plain(member.getValue()))
                .collect(Collectors.joining(","));
    }

    /// A text as it is, everything else in its canonical form.
    static String plain(Node node) {
        return node instanceof Node.Text(var text) ? text : Canonical.text(node);
    }
}
