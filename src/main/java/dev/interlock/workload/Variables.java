package dev.interlock.workload;

/// The values of variables in an object of which nothing is known but that it may hold containers: of each
/// item of each list `env`.
final class Variables {
    private Variables() {}

    static Node.Obj masked(Node.Obj object, Mask mask) {
        Node.Obj masked = object;
        for (var member : object.members().entrySet()) {
            Node value = member.getValue();
            Node without = member.getKey().equals("env") && value instanceof Node.Arr(var items)
                    ? new Node.Arr(
                            items.stream().map(item -> variable(item, mask)).toList())
                    : masked(value, mask);
            if (!without.equals(value)) {
                masked = masked.with(member.getKey(), without);
            }
        }
        return masked;
    }

    private static Node masked(Node value, Mask mask) {
        return switch (value) {
            case Node.Obj object -> masked(object, mask);
            case Node.Arr(var items) ->
                new Node.Arr(items.stream().map(item -> masked(item, mask)).toList());
            case Node.Text _, Node.Int _, Node.Dec _, Node.Bool _, Node.Null _ -> value;
        };
    }

    private static Node variable(Node item, Mask mask) {
        return item instanceof Node.Obj variable && variable.members().get("value") instanceof Node.Text(String value)
                ? variable.with("value", new Node.Text(mask.of(value)))
                : masked(item, mask);
    }
}
