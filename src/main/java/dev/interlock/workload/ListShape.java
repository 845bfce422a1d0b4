package dev.interlock.workload;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How a list of a governed object is to be read: whether the order of its items means something, and by what
/// one item is told from another. A list is known by the name of the member that holds it: among the governed
/// kinds each of these names stands for one type only. Keys are those of the API's own schema
/// (`x-kubernetes-list-map-keys`).
///
/// @param ordered whether another order is another meaning
/// @param keys    the members that name an item; none where an item has no name
public record ListShape(boolean ordered, List<String> keys) {
    private static final ListShape PLAIN = new ListShape(true, List.of());
    private static final ListShape SET = new ListShape(false, List.of());
    private static final ListShape NAMED_SEQUENCE = new ListShape(true, List.of("name"));
    private static final ListShape NAMED = unordered("name");

    private static final Map<String, ListShape> SHAPES = Map.ofEntries(
            Map.entry("containers", NAMED_SEQUENCE),
            Map.entry("initContainers", NAMED_SEQUENCE),
            Map.entry("ephemeralContainers", NAMED_SEQUENCE),
            Map.entry("env", NAMED_SEQUENCE),
            Map.entry("volumes", NAMED),
            Map.entry("imagePullSecrets", NAMED),
            Map.entry("schedulingGates", NAMED),
            Map.entry("resourceClaims", NAMED),
            Map.entry("sysctls", NAMED),
            Map.entry("ports", unordered("containerPort", "protocol")),
            Map.entry("volumeMounts", unordered("mountPath")),
            Map.entry("volumeDevices", unordered("devicePath")),
            Map.entry("hostAliases", unordered("ip")),
            Map.entry("readinessGates", unordered("conditionType")),
            Map.entry("topologySpreadConstraints", unordered("topologyKey", "whenUnsatisfiable")),
            Map.entry("tolerations", SET),
            Map.entry("add", SET),
            Map.entry("drop", SET),
            Map.entry("matchExpressions", SET),
            Map.entry("values", SET));

    private static final Map<String, Node> DEFAULTS = Map.of("protocol", new Node.Text("TCP"));

    public ListShape {
        keys = List.copyOf(keys);
    }

    private static ListShape unordered(String... keys) {
        return new ListShape(false, List.of(keys));
    }

    /// The shape of the list under that member; one without a known shape is ordered and has no keys.
    public static ListShape of(String member) {
        return SHAPES.getOrDefault(member, PLAIN);
    }

    /// What names the item; empty where the list has no keys or the item lacks one of them.
    public Optional<Node.Obj> key(Node item) {
        if (keys.isEmpty() || !(item instanceof Node.Obj object)) {
            return Optional.empty();
        }
        Map<String, Node> key = new TreeMap<>();
        for (String name : keys) {
            object.get(name).or(() -> Optional.ofNullable(DEFAULTS.get(name))).ifPresent(value -> key.put(name, value));
        }
        return key.size() == keys.size() ? Optional.of(Node.Obj.of(key)) : Optional.empty();
    }
}
