package dev.interlock.workload;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/// A JSON value as Kubernetes reads it: whole numbers that fit are [Int] (int64), all others are [Dec] (float64).
/// Deeply immutable, so that one tree can be shared by every check that looks at it. Members are kept in the order of
/// their names: two trees are equal exactly when their canonical bytes are (see [Canonical]).
public sealed interface Node {
    /// @param members by name, iterated in the order of the names
    record Obj(SequencedMap<String, Node> members) implements Node {
        public static final Obj EMPTY = new Obj(new Members(Map.of()));

        public Obj {
            members =
                    Collections.unmodifiableSortedMap(members instanceof Members fresh ? fresh : new Members(members));
        }

        public static Obj of(Map<String, Node> members) {
            return new Obj(new Members(members));
        }

        public Optional<Node> get(String name) {
            return Optional.ofNullable(members.get(name));
        }

        /// The object under `name`; empty where it is absent or null.
        ///
        /// @throws MalformedObject where something else stands there
        public Optional<Obj> object(String name) {
            return get(name).flatMap(node -> switch (node) {
                case Obj object -> Optional.of(object);
                case Null _ -> Optional.empty();
                default -> throw new MalformedObject("`%s` must be an object".formatted(name));
            });
        }

        /// The items under `name`; none where it is absent or null.
        ///
        /// @throws MalformedObject where something else stands there
        public List<Node> items(String name) {
            return switch (members.get(name)) {
                case null -> List.of();
                case Arr array -> array.items();
                case Null _ -> List.of();
                default -> throw new MalformedObject("`%s` must be a list".formatted(name));
            };
        }

        /// The text under `name`; empty where it is absent or null.
        ///
        /// @throws MalformedObject where something else stands there
        public Optional<String> text(String name) {
            return get(name).flatMap(node -> switch (node) {
                case Text text -> Optional.of(text.value());
                case Null _ -> Optional.empty();
                default -> throw new MalformedObject("`%s` must be a string".formatted(name));
            });
        }

        /// The truth value under `name`; empty where it is absent or null.
        ///
        /// @throws MalformedObject where something else stands there
        public Optional<Boolean> flag(String name) {
            return get(name).flatMap(node -> switch (node) {
                case Bool flag -> Optional.of(flag.value());
                case Null _ -> Optional.empty();
                default -> throw new MalformedObject("`%s` must be true or false".formatted(name));
            });
        }

        /// The whole number under `name`; empty where it is absent or null.
        ///
        /// @throws MalformedObject where something else stands there
        public Optional<Long> integer(String name) {
            return get(name).flatMap(node -> switch (node) {
                case Int number -> Optional.of(number.value());
                case Null _ -> Optional.empty();
                default -> throw new MalformedObject("`%s` must be a whole number".formatted(name));
            });
        }

        /// A copy with `name` set to `value`.
        public Obj with(String name, Node value) {
            Members changed = new Members(members);
            changed.put(name, value);
            return new Obj(changed);
        }

        /// A copy in which the object at the end of `path` is replaced by what `change` makes of it; this one where no
        /// object stands there.
        public Obj change(List<String> path, UnaryOperator<Obj> change) {
            if (path.isEmpty()) {
                return change.apply(this);
            }
            String member = path.getFirst();
            return object(member)
                    .map(child -> with(member, child.change(path.subList(1, path.size()), change)))
                    .orElse(this);
        }

        /// A copy without `name`; this one where there is nothing to take out.
        public Obj without(String name) {
            if (!members.containsKey(name)) {
                return this;
            }
            Members changed = new Members(members);
            changed.remove(name);
            return new Obj(changed);
        }
    }

    record Arr(List<Node> items) implements Node {
        public Arr {
            items = List.copyOf(items);
        }
    }

    record Text(String value) implements Node {}

    record Int(long value) implements Node {}

    record Dec(double value) implements Node {}

    record Bool(boolean value) implements Node {}

    record Null() implements Node {}

    /// This node as an object.
    ///
    /// @throws MalformedObject where it is something else
    default Obj asObject(String where) {
        if (this instanceof Obj object) {
            return object;
        }
        throw new MalformedObject("`%s` must be an object".formatted(where));
    }
}
