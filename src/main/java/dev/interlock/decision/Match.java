package dev.interlock.decision;

import dev.interlock.decision.cel.Expression;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a policy guards. All parts must hold.
///
/// @param stages     names of stages; empty matches every namespace, with a stage or without
/// @param selector   over the namespace's labels
/// @param resources  that the objects are of; empty matches every one
/// @param operations empty matches both
/// @param objects    over the object's labels: of the new or of the stored one, as in Kubernetes' own admission
/// @param conditions in the order in which they are asked
public record Match(
        Set<String> stages,
        LabelSelector selector,
        Set<GroupVersionResource> resources,
        Set<Operation> operations,
        LabelSelector objects,
        List<Condition> conditions) {
    public Match {
        stages = Set.copyOf(stages);
        resources = Set.copyOf(resources);
        operations = Set.copyOf(operations);
        conditions = List.copyOf(conditions);
    }

    /// Every workload in these namespaces.
    public Match(Set<String> stages, LabelSelector selector) {
        this(stages, selector, WorkloadKind.resources(), Set.of(), LabelSelector.EVERYTHING, List.of());
    }

    /// Everything: what an unreadable policy is taken to guard.
    public static final Match ALL =
            new Match(Set.of(), LabelSelector.EVERYTHING, Set.of(), Set.of(), LabelSelector.EVERYTHING, List.of());

    /// What the conditions say.
    public sealed interface Met {
        record Yes() implements Met {}

        record No() implements Met {}

        /// None is known not to hold, and one cannot be evaluated, or the object is in another version than the
        /// policy is about: which is not the same as "no".
        ///
        /// @param code  of the reason
        /// @param cause which one, and why
        record Unknown(String code, String cause) implements Met {}
    }

    /// Whether it guards anything in a namespace. What is in no namespace has no labels of one, and no stage.
    public boolean matches(Map<String, String> namespaceLabels) {
        String stage = namespaceLabels.get(Stage.LABEL);
        return (stages.isEmpty() || (stage != null && stages.contains(stage))) && selector.matches(namespaceLabels);
    }

    /// Whether what becomes of workloads of such a kind matters to it: it guards them, or it guards no workloads at
    /// all and goes by those of its namespaces.
    ///
    /// @param kind for example `Deployment`
    public boolean matchesKind(String kind) {
        return others().size() == resources.size()
                || Arrays.stream(WorkloadKind.values())
                        .anyMatch(workload ->
                                workload.kind().equals(kind) && resources.contains(workload.groupVersionResource()));
    }

    /// The resources that it names beside workloads.
    public Set<GroupVersionResource> others() {
        return resources.stream()
                .filter(resource -> !WorkloadKind.resources().contains(resource))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether it guards anything of a resource, in another version too: whether objects are converted is not for
    /// whoever asks to choose.
    public boolean guards(GroupVersionResource resource) {
        return resources.isEmpty()
                || resources.contains(resource)
                || resources.stream().anyMatch(resource::isLike);
    }

    /// What it says of a resource that it names in other versions only; empty where it names this one.
    private Optional<Met> otherVersion(GroupVersionResource resource) {
        if (resources.isEmpty() || resources.contains(resource)) {
            return Optional.empty();
        }
        String named = resources.stream()
                .filter(resource::isLike)
                .map(GroupVersionResource::toString)
                .sorted()
                .collect(Collectors.joining(", "));
        return Optional.of(new Met.Unknown(
                "VersionNotNamed",
                "the policy names %s, and this object is in version `%s`; write it in the version that the policy names, or name both in the policy"
                        .formatted(named, resource.version())));
    }

    /// Whether it guards anything of a resource in a namespace, in such an operation.
    boolean matches(Map<String, String> namespaceLabels, GroupVersionResource resource, Operation operation) {
        return guards(resource) && (operations.isEmpty() || operations.contains(operation)) && matches(namespaceLabels);
    }

    /// Whether it guards an object of that kind and those labels in a namespace, as far as is known without
    /// a request.
    public boolean matches(Map<String, String> namespaceLabels, Workload workload) {
        return guards(workload.kind().groupVersionResource())
                && matches(namespaceLabels)
                && objects.matches(workload.labels());
    }

    boolean selects(Workload workload, Optional<Workload> old) {
        return objects.equals(LabelSelector.EVERYTHING)
                || objects.matches(workload.labels())
                || old.filter(stored -> objects.matches(stored.labels())).isPresent();
    }

    /// As in Kubernetes' match conditions: one that does not hold decides, whatever became of the others.
    ///
    /// @param resource of the object, of those that it guards
    Met conditions(GroupVersionResource resource, Bindings bindings) {
        Optional<Met> other = otherVersion(resource);
        if (other.isPresent()) {
            return other.get();
        }
        Optional<Met> unknown = Optional.empty();
        for (Condition condition : conditions) {
            switch (condition.expression().evaluate(bindings)) {
                case Expression.Result.Value(Object holds) -> {
                    if (!holds.equals(true)) {
                        return new Met.No();
                    }
                }
                case Expression.Result.Failed(String cause) ->
                    unknown = unknown.or(() -> Optional.of(new Met.Unknown(
                            "ConditionErrored", "condition `%s`: %s".formatted(condition.name(), cause))));
            }
        }
        return unknown.orElseGet(Met.Yes::new);
    }
}
