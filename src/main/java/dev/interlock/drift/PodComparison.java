package dev.interlock.drift;

import dev.interlock.workload.ListShape;
import dev.interlock.workload.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares a Pod with the template that it was made from. Admission plugins, injectors and controllers add
/// to a Pod: containers, volumes, mounts, variables, tolerations. That is no difference. What the template
/// says must be in the Pod unchanged, and nobody may have attached an ephemeral container.
final class PodComparison {
    private static final FieldPath METADATA = FieldPath.of(List.of("metadata"));
    private static final FieldPath SPEC = FieldPath.of(List.of("spec"));

    /// Nothing adds these to a container that has none, so what is absent must be absent.
    private static final List<String> EXACT = List.of("image", "command", "args", "workingDir", "securityContext");

    private static final List<String> HOST = List.of("hostNetwork", "hostPID", "hostIPC");
    private static final Node DEFAULT_ACCOUNT = new Node.Text("default");

    private final List<Change> found = new ArrayList<>();

    private PodComparison() {}

    static List<Change> changes(Node.Obj template, Node.Obj pod) {
        PodComparison comparison = new PodComparison();
        comparison.metadata(child(template, "metadata"), child(pod, "metadata"));
        comparison.spec(child(template, "spec"), child(pod, "spec"));
        return List.copyOf(comparison.found);
    }

    private void metadata(Node.Obj template, Node.Obj pod) {
        for (String map : List.of("annotations", "labels")) {
            Node.Obj live = child(pod, map);
            child(template, map).members().forEach((name, value) -> {
                if (!Dependents.isControllerLabel(name)) {
                    compare(METADATA.member(map).member(name), Optional.of(value), live.get(name));
                }
            });
        }
    }

    private void spec(Node.Obj template, Node.Obj pod) {
        for (String list : List.of("containers", "initContainers")) {
            named(SPEC, list, template, pod, this::container);
        }
        pod.items("ephemeralContainers")
                .forEach(container -> compare(
                        SPEC.member("ephemeralContainers").item(key("ephemeralContainers", container)),
                        Optional.empty(),
                        Optional.of(container)));
        named(SPEC, "volumes", template, pod, this::exactly);
        for (String host : HOST) {
            compare(SPEC.member(host), set(template, host), set(pod, host));
        }
        compare(SPEC.member("serviceAccountName"), account(template), account(pod));
        contained(SPEC.member("securityContext"), child(template, "securityContext"), child(pod, "securityContext"));
    }

    private void container(FieldPath at, Node.Obj template, Node.Obj pod) {
        EXACT.forEach(name -> compare(at.member(name), template.get(name), pod.get(name)));
        named(at, "env", template, pod, this::exactly);
        named(at, "volumeMounts", template, pod, this::exactly);
        // The API server gives the ports of a Pod on the host's network their hostPort.
        named(at, "ports", template, pod, this::contained);
    }

    /// How two items of one name are compared.
    private interface Items {
        void compare(FieldPath at, Node.Obj template, Node.Obj pod);
    }

    /// Every item of the template's list with that of the Pod's that has its name. Of two of one name the
    /// last counts.
    private void named(FieldPath parent, String list, Node.Obj template, Node.Obj pod, Items items) {
        for (Node item : template.items(list)) {
            Node.Obj key = key(list, item);
            FieldPath at = parent.member(list).item(key);
            Optional<Node> wanted = last(list, template, key);
            Optional<Node> live = last(list, pod, key);
            if (wanted.equals(Optional.of(item)) && live.isPresent()) {
                items.compare(at, item.asObject(list), live.get().asObject(list));
            } else {
                compare(at, wanted, live);
            }
        }
    }

    private static Optional<Node> last(String list, Node.Obj parent, Node.Obj key) {
        return parent.items(list).reversed().stream()
                .filter(item -> key(list, item).equals(key))
                .findFirst();
    }

    /// The key that names the item, or the item itself where it has none.
    private static Node.Obj key(String list, Node item) {
        return ListShape.of(list).key(item).orElseGet(() -> item.asObject(list));
    }

    private void exactly(FieldPath at, Node.Obj template, Node.Obj pod) {
        found.addAll(Change.between(at, template, pod));
    }

    private void contained(FieldPath at, Node.Obj template, Node.Obj pod) {
        Change.between(at, template, pod).stream()
                .filter(change -> !change.added())
                .forEach(found::add);
    }

    private void compare(FieldPath at, Optional<Node> template, Optional<Node> pod) {
        if (!template.equals(pod)) {
            found.add(new Change(at, template, pod));
        }
    }

    private static Optional<Node> set(Node.Obj spec, String name) {
        return spec.get(name).filter(value -> !value.equals(new Node.Bool(false)));
    }

    private static Optional<Node> account(Node.Obj spec) {
        return Optional.of(spec.get("serviceAccountName").orElse(DEFAULT_ACCOUNT));
    }

    private static Node.Obj child(Node.Obj parent, String name) {
        return parent.object(name).orElse(Node.Obj.EMPTY);
    }
}
