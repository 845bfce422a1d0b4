package dev.interlock.decision;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A label selector with Kubernetes' meaning (`k8s.io/apimachinery/pkg/labels`): all labels and all
/// requirements must hold; `NotIn` holds where the label is absent.
public record LabelSelector(Map<String, String> labels, List<Requirement> requirements) {
    public static final LabelSelector EVERYTHING = new LabelSelector(Map.of(), List.of());

    public LabelSelector {
        labels = Map.copyOf(labels);
        requirements = List.copyOf(requirements);
    }

    public boolean matches(Map<String, String> candidate) {
        return labels.entrySet().stream().allMatch(label -> label.getValue().equals(candidate.get(label.getKey())))
                && requirements.stream().allMatch(requirement -> requirement.matches(candidate));
    }

    /// The labels that it looks at.
    Stream<String> keys() {
        return Stream.concat(labels.keySet().stream(), requirements.stream().map(Requirement::key));
    }

    public sealed interface Requirement {
        /// The label that it is about.
        String key();

        boolean matches(Map<String, String> candidate);
    }

    public record In(String key, Set<String> values) implements Requirement {
        @Override
        public boolean matches(Map<String, String> candidate) {
            String value = candidate.get(key);
            return value != null && values.contains(value);
        }
    }

    public record NotIn(String key, Set<String> values) implements Requirement {
        @Override
        public boolean matches(Map<String, String> candidate) {
            String value = candidate.get(key);
            return value == null || !values.contains(value);
        }
    }

    public record Exists(String key) implements Requirement {
        @Override
        public boolean matches(Map<String, String> candidate) {
            return candidate.containsKey(key);
        }
    }

    public record DoesNotExist(String key) implements Requirement {
        @Override
        public boolean matches(Map<String, String> candidate) {
            return !candidate.containsKey(key);
        }
    }
}
