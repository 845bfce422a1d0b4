package dev.interlock.cli;

import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.LabelSelector.DoesNotExist;
import dev.interlock.decision.LabelSelector.Exists;
import dev.interlock.decision.LabelSelector.In;
import dev.interlock.decision.LabelSelector.NotIn;
import dev.interlock.decision.LabelSelector.Requirement;
import dev.interlock.decision.Match;
import dev.interlock.workload.Stage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What a match asks of the labels of a namespace, label by label.
record MatchBounds(Map<String, Bound> byLabel) {
    /// The API server gives it to each namespace.
    private static final String NAME = "kubernetes.io/metadata.name";

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
            case Match(Set<String> stages, LabelSelector selector) -> of(stages, selector);
        };
    }

    private static MatchBounds of(Set<String> stages, LabelSelector selector) {
        Map<String, Bound> bounds = new HashMap<>();
        add(bounds, NAME, new Bound(Optional.empty(), Set.of(), true, false));
        if (!stages.isEmpty()) {
            add(bounds, Stage.LABEL, in(stages));
        }
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
        return new MatchBounds(bounds);
    }

    private static Bound in(Set<String> values) {
        return new Bound(Optional.of(values), Set.of(), true, false);
    }

    private static void add(Map<String, Bound> bounds, String label, Bound bound) {
        bounds.merge(label, bound, Bound::and);
    }

    /// The first label of which no value can be as it is asked to; empty where a namespace can be so.
    Optional<String> impossible() {
        return new TreeMap<>(byLabel)
                .entrySet().stream()
                        .filter(each -> each.getValue().impossible())
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    /// Whether each namespace that is as this asks is as the other asks too. Where it cannot be said, it is not.
    boolean within(MatchBounds other) {
        return other.byLabel.entrySet().stream()
                .allMatch(
                        each -> byLabel.getOrDefault(each.getKey(), Bound.NONE).implies(each.getValue()));
    }

    /// The stages that are asked for; none where any will do.
    Set<String> stages() {
        return byLabel.getOrDefault(Stage.LABEL, Bound.NONE).allowed().orElse(Set.of());
    }
}
