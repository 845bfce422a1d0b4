package dev.interlock.drift;

import dev.interlock.workload.Node;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A path that a policy leaves out when drift is compared: a JSON pointer of [RFC
/// 6901](https://www.rfc-editor.org/rfc/rfc6901). An item of a list is named by its position in the
/// significant content, in which lists whose order means nothing are sorted.
///
/// @param tokens the unescaped names and positions; none for the whole object
public record Pointer(List<String> tokens) {
    private static final String ANY = "*";
    private static final List<List<String>> IMAGES = List.of(
            List.of("containers", ANY, "image"),
            List.of("initContainers", ANY, "image"),
            List.of("ephemeralContainers", ANY, "image"),
            List.of("volumes", ANY, "image"));

    public Pointer {
        tokens = List.copyOf(tokens);
        if (tokens.contains("-")) {
            throw new IllegalArgumentException(
                    "not a pointer to a field: `-` names an item that does not exist; write the item's position");
        }
    }

    /// Reads a pointer as it stands in a policy.
    ///
    /// @throws IllegalArgumentException which says what is wrong with it, and how to mend it
    public static Pointer of(String text) {
        if (text.isEmpty()) {
            return new Pointer(List.of());
        }
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException(
                    "not a JSON pointer: `%s` must begin with `/`, such as `/spec/paused`".formatted(text));
        }
        if (text.matches("(?s).*~(?![01]).*")) {
            throw new IllegalArgumentException(
                    "not a JSON pointer: `%s` holds a `~` of its own; write `~0` for `~` and `~1` for `/`"
                            .formatted(text));
        }
        return new Pointer(Arrays.stream(text.substring(1).split("/", -1))
                .map(token -> token.replace("~1", "/").replace("~0", "~"))
                .toList());
    }

    /// A copy of the tree without what stands at the pointer, and without what is left empty by that; an
    /// injector that added the first annotation added the map, too.
    public Node.Obj removeFrom(Node.Obj root) {
        return remove(root, tokens)
                .flatMap(rest -> rest instanceof Node.Obj kept ? Optional.of(kept) : Optional.empty())
                .orElse(Node.Obj.EMPTY);
    }

    /// What is left of the node; empty where nothing is.
    private static Optional<Node> remove(Node node, List<String> tokens) {
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        String token = tokens.getFirst();
        List<String> rest = tokens.subList(1, tokens.size());
        return switch (node) {
            case Node.Obj object when object.members().containsKey(token) -> member(object, token, rest);
            case Node.Arr(var items)
            when position(token, items.size()).isPresent() -> item(items, Integer.parseInt(token), rest);
            case Node.Obj _, Node.Arr _, Node.Text _, Node.Int _, Node.Dec _, Node.Bool _, Node.Null _ ->
                Optional.of(node);
        };
    }

    private static Optional<Node> member(Node.Obj object, String name, List<String> rest) {
        Node.Obj without = object.without(name);
        Optional<Node> child = object.get(name).flatMap(node -> remove(node, rest));
        return child.isEmpty() && without.members().isEmpty()
                ? Optional.empty()
                : Optional.of(child.map(kept -> without.with(name, kept)).orElse(without));
    }

    private static Optional<Node> item(List<Node> items, int position, List<String> rest) {
        List<Node> kept = new ArrayList<>(items);
        Node item = kept.remove(position);
        remove(item, rest).ifPresent(node -> kept.add(position, node));
        return kept.isEmpty() ? Optional.empty() : Optional.of(new Node.Arr(kept));
    }

    private static Optional<Integer> position(String token, int size) {
        return token.matches("0|[1-9][0-9]{0,8}")
                ? Optional.of(Integer.valueOf(token)).filter(position -> position < size)
                : Optional.empty();
    }

    /// Whether to leave this out would leave out an image, of whichever governed kind.
    public boolean hidesImages() {
        return Arrays.stream(WorkloadKind.values()).anyMatch(this::hidesImages);
    }

    /// Whether to leave this out of an object of that kind would leave out an image: what a gate for
    /// promotions may not be told to overlook.
    public boolean hidesImages(WorkloadKind kind) {
        return IMAGES.stream()
                .map(image -> Stream.concat(kind.podSpecPath().stream(), image.stream())
                        .toList())
                .anyMatch(this::meets);
    }

    /// Whether it leads to that path, to what contains it, or into it.
    private boolean meets(List<String> path) {
        return IntStream.range(0, Math.min(tokens.size(), path.size()))
                .allMatch(i -> path.get(i).equals(ANY) || path.get(i).equals(tokens.get(i)));
    }

    @Override
    public String toString() {
        return tokens.stream()
                .map(token -> "/" + token.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
    }
}
