package dev.interlock.operator;

import dev.interlock.api.v1alpha1.Condition;
import dev.interlock.api.v1alpha1.DeliveryPathStatus;
import dev.interlock.decision.Claim;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.LabelSelector;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A path's status, computed from what was observed and nothing else.
final class PathStatus {
    static final String READY = "Ready";

    private PathStatus() {}

    /// A live workload, and which path it belongs to.
    record Claimed(ObjectRef object, Claim claim) {}

    /// @param paths      all that there are, this one among them
    /// @param namespaces labels by name, all that there are
    /// @param claimed    every live workload that is decided about by itself
    /// @param previous   whose condition keeps its time where nothing changed
    static DeliveryPathStatus of(
            DeliveryPath path,
            long generation,
            List<DeliveryPath> paths,
            Map<String, Map<String, String>> namespaces,
            List<Claimed> claimed,
            @Nullable DeliveryPathStatus previous,
            Instant now) {
        int owned = 0;
        List<String> contested = new ArrayList<>();
        for (Claimed one : claimed) {
            if (one.claim()
                    .claimant()
                    .filter(found -> found.name().equals(path.name()))
                    .isPresent()) {
                owned++;
            }
            if (one.claim() instanceof Claim.Contested disputed
                    && disputed.paths().items().stream()
                            .anyMatch(found -> found.name().equals(path.name()))) {
                contested.add(one.object().toString());
            }
        }
        Said ready = ready(
                path, paths, namespaces, owned, contested.stream().sorted().toList());
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        return new DeliveryPathStatus(
                generation,
                ready.status(),
                ready.message(),
                owned + contested.size(),
                contested.size(),
                List.of(Said.condition(READY, ready, before, generation, now)));
    }

    private static Said ready(
            DeliveryPath path,
            List<DeliveryPath> paths,
            Map<String, Map<String, String>> namespaces,
            int owned,
            List<String> contested) {
        if (path.stages().stream().anyMatch(stage -> stage.stage().name().isEmpty())) {
            return new Said(
                    "False",
                    "Unreadable",
                    "it cannot be read: its namespaces have no promoter until it is applied anew under this version's CRD");
        }
        if (!contested.isEmpty()) {
            return new Said(
                    "False",
                    "Contested",
                    "%d workloads are selected by another path too and have no promoter; change one of the selectors: %s"
                            .formatted(contested.size(), Said.listed(contested)));
        }
        List<String> overlapping = overlapping(path, paths);
        if (!overlapping.isEmpty()) {
            return new Said(
                    "False",
                    "Overlaps",
                    "every workload it selects in a namespace that both list is also selected by path %s; change one of the selectors"
                            .formatted(Said.listed(overlapping)));
        }
        List<String> disagreeing = disagreeing(path, namespaces);
        if (!disagreeing.isEmpty()) {
            return new Said(
                    "False",
                    "StageDisagrees",
                    "these namespaces are not labelled %s with the stage that lists them, so nobody promotes there: %s"
                            .formatted(Stage.LABEL, Said.listed(disagreeing)));
        }
        if (owned == 0) {
            boolean noNamespace = namespacesOf(path).noneMatch(namespaces::containsKey);
            return noNamespace
                    ? new Said("False", "NoNamespace", "none of the namespaces that it lists exists")
                    : new Said(
                            "False",
                            "NoWorkload",
                            "no workload in its gated namespaces has the labels that it selects");
        }
        return new Said("True", "Claims", "claims %d workloads".formatted(owned));
    }

    private static Stream<String> namespacesOf(DeliveryPath path) {
        return path.stages().stream().flatMap(stage -> stage.namespaces().stream());
    }

    /// The paths that select at least as much, in a namespace of this one.
    private static List<String> overlapping(DeliveryPath path, List<DeliveryPath> paths) {
        return paths.stream()
                .filter(other -> !other.name().equals(path.name()))
                .filter(other -> namespacesOf(path)
                        .anyMatch(namespace -> other.stageOf(namespace).isPresent()))
                .filter(other -> other.workloads().equals(path.workloads())
                        || other.workloads().equals(LabelSelector.EVERYTHING))
                .map(DeliveryPath::name)
                .sorted()
                .toList();
    }

    private static List<String> disagreeing(DeliveryPath path, Map<String, Map<String, String>> namespaces) {
        List<String> found = new ArrayList<>();
        path.stages()
                .forEach(stage -> stage.namespaces().stream().sorted().forEach(namespace -> {
                    Optional<Map<String, String>> labels = Optional.ofNullable(namespaces.get(namespace));
                    labels.filter(known -> !stage.stage().name().equals(known.get(Stage.LABEL)))
                            .ifPresent(known -> found.add("%s (%s, not %s)"
                                    .formatted(
                                            namespace,
                                            known.getOrDefault(Stage.LABEL, "no label"),
                                            stage.stage().name())));
                }));
        return found;
    }
}
