package dev.interlock.cli;

import dev.interlock.decision.Condition;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.LabelSelector.DoesNotExist;
import dev.interlock.decision.LabelSelector.Exists;
import dev.interlock.decision.LabelSelector.In;
import dev.interlock.decision.LabelSelector.NotIn;
import dev.interlock.decision.LabelSelector.Requirement;
import dev.interlock.decision.Match;
import dev.interlock.decision.Operation;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Stage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What a match asks, part by part.
///
/// @param byLabel    of the labels of a namespace
/// @param byOwnLabel of the labels of the object
/// @param resources  empty: any
/// @param operations empty: any
record MatchBounds(
        Map<String, Bound> byLabel,
        Map<String, Bound> byOwnLabel,
        Set<GroupVersionResource> resources,
        Set<Operation> operations,
        List<Condition> conditions) {
    /// What is asked of one label.
    ///
    /// @param allowed   the values that it may have, those that are forbidden taken out; empty: any
    /// @param forbidden the values that it may not have
    /// @param present   whether it has to be there
    /// @param absent    whether it may not be there
    record Bound(Optional<Set<String>> allowed, Set<String> forbidden, boolean present, boolean absent) {
        private static final Bound NONE = new Bound(Optional.empty(), Set.of(), false, false);

        private Bound and(Bound other) {
            Set<String> both = new HashSet<>(forbidden);
            both.addAll(other.forbidden);
            Optional<Set<String>> left = allowed.map(one -> other.allowed
                            .map(two -> without(one, value -> !two.contains(value)))
                            .orElse(one))
                    .or(() -> other.allowed);
            return new Bound(
                    left.map(values -> without(values, both::contains)),
                    both,
                    present || other.present || left.isPresent(),
                    absent || other.absent);
        }

        private static Set<String> without(Set<String> values, Predicate<String> out) {
            Set<String> left = new HashSet<>(values);
            left.removeIf(out);
            return Set.copyOf(left);
        }

        /// Whether nothing can be so. There is always one value more than are forbidden.
        boolean impossible() {
            return (absent && present) || allowed.filter(Set::isEmpty).isPresent();
        }

        /// Whether all that is so is as the other asks too. Where it cannot be said, it is not.
        private boolean implies(Bound other) {
            boolean values = other.allowed
                    .map(wide -> allowed.filter(wide::containsAll).isPresent())
                    .orElse(true);
            boolean none = absent
                    || forbidden.containsAll(other.forbidden)
                    || allowed.filter(left -> left.stream().noneMatch(other.forbidden::contains))
                            .isPresent();
            return values && none && (!other.present || present) && (!other.absent || absent);
        }
    }

    static MatchBounds of(Match match) {
        // By its parts, so that one more of them is not passed over.
        return switch (match) {
            case Match(
                    Set<String> stages,
                    LabelSelector selector,
                    Set<GroupVersionResource> resources,
                    Set<Operation> operations,
                    LabelSelector objects,
                    List<Condition> conditions) -> {
                Map<String, Bound> namespaces = bounds(selector);
                add(namespaces, Manifest.NAMESPACE_NAME, new Bound(Optional.empty(), Set.of(), true, false));
                if (!stages.isEmpty()) {
                    add(namespaces, Stage.LABEL, in(stages));
                }
                yield new MatchBounds(namespaces, bounds(objects), resources, operations, conditions);
            }
        };
    }

    private static Map<String, Bound> bounds(LabelSelector selector) {
        Map<String, Bound> bounds = new HashMap<>();
        selector.labels().forEach((label, value) -> add(bounds, label, in(Set.of(value))));
        for (Requirement requirement : selector.requirements()) {
            switch (requirement) {
                case In(String label, Set<String> values) -> add(bounds, label, in(values));
                case NotIn(String label, Set<String> values) ->
                    add(bounds, label, new Bound(Optional.empty(), values, false, false));
                case Exists(String label) -> add(bounds, label, new Bound(Optional.empty(), Set.of(), true, false));
                case DoesNotExist(String label) ->
                    add(bounds, label, new Bound(Optional.empty(), Set.of(), false, true));
            }
        }
        return bounds;
    }

    private static Bound in(Set<String> values) {
        return new Bound(Optional.of(values), Set.of(), true, false);
    }

    private static void add(Map<String, Bound> bounds, String label, Bound bound) {
        bounds.merge(label, bound, Bound::and);
    }

    /// The first label of a namespace of which no value can be as it is asked to; empty where one can be so.
    Optional<String> impossible() {
        return impossible(byLabel);
    }

    /// The first label of an object of which no value can be as it is asked to; empty where one can be so.
    Optional<String> impossibleObject() {
        return impossible(byOwnLabel);
    }

    private static Optional<String> impossible(Map<String, Bound> bounds) {
        return new TreeMap<>(bounds)
                .entrySet().stream()
                        .filter(each -> each.getValue().impossible())
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    /// Whether all that is as this asks is as the other asks too. Where it cannot be said, it is not.
    boolean within(MatchBounds other) {
        return implies(byLabel, other.byLabel)
                && implies(byOwnLabel, other.byOwnLabel)
                && implies(resources, other.resources)
                && implies(operations, other.operations)
                && conditions.containsAll(other.conditions);
    }

    private static boolean implies(Map<String, Bound> bounds, Map<String, Bound> others) {
        return others.entrySet().stream()
                .allMatch(each -> bounds.getOrDefault(each.getKey(), Bound.NONE).implies(each.getValue()));
    }

    private static <T> boolean implies(Set<T> some, Set<T> others) {
        return others.isEmpty() || (!some.isEmpty() && others.containsAll(some));
    }

    /// The stages that are asked for; none where any will do.
    Set<String> stages() {
        return byLabel.getOrDefault(Stage.LABEL, Bound.NONE).allowed().orElse(Set.of());
    }
}
