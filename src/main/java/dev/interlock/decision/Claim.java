package dev.interlock.decision;

import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which delivery path a workload belongs to, and so who owns it and who promotes it. Resolved at decision
/// time from the paths, never from what a tenant can write alone: labels only choose among paths that list
/// the namespace.
public sealed interface Claim {
    /// One path lists the namespace and selects the workload, and the namespace's stage is the path's.
    record Owned(DeliveryPath path, PathStage stage) implements Claim {}

    /// No path lists the namespace: everybody is promoter, and the service is the namespace.
    record Unlisted() implements Claim {}

    /// Paths list the namespace, and none selects the workload.
    record Orphaned() implements Claim {}

    /// Several paths select the workload.
    ///
    /// @param paths in the order of their names
    record Contested(NonEmpty<DeliveryPath> paths) implements Claim {}

    /// One path selects the workload, but the namespace's label names another stage, or none.
    record Misplaced(DeliveryPath path, PathStage stage, Optional<Stage> labelled) implements Claim {}

    static Claim of(
            List<DeliveryPath> paths,
            String namespace,
            Map<String, String> namespaceLabels,
            Map<String, String> workloadLabels) {
        List<DeliveryPath> listing = paths.stream()
                .filter(path -> path.stageOf(namespace).isPresent())
                .sorted(Comparator.comparing(DeliveryPath::name))
                .toList();
        if (listing.isEmpty()) {
            return new Unlisted();
        }
        List<DeliveryPath> claiming = listing.stream()
                .filter(path -> path.claims(namespace, workloadLabels))
                .toList();
        if (claiming.isEmpty()) {
            return new Orphaned();
        }
        if (claiming.size() > 1) {
            return new Contested(new NonEmpty<>(claiming));
        }
        DeliveryPath path = claiming.getFirst();
        PathStage stage = path.stageOf(namespace).orElseThrow();
        Optional<Stage> labelled =
                Optional.ofNullable(namespaceLabels.get(Stage.LABEL)).map(Stage::new);
        return labelled.filter(stage.stage()::equals).isPresent()
                ? new Owned(path, stage)
                : new Misplaced(path, stage, labelled);
    }

    /// Whether a write by that requester can approve. Where any path lists the namespace, everybody never is one.
    default boolean promotes(Requester requester) {
        return switch (this) {
            case Owned(DeliveryPath _, PathStage stage) -> stage.promoters().include(requester);
            case Unlisted _ -> true;
            case Orphaned _, Contested _, Misplaced _ -> false;
        };
    }

    /// Whether a delivery path names that requester as promoter.
    default boolean names(Requester requester) {
        return this instanceof Owned && promotes(requester);
    }

    /// The one path that claims the workload.
    default Optional<DeliveryPath> claimant() {
        return switch (this) {
            case Owned owned -> Optional.of(owned.path);
            case Misplaced misplaced -> Optional.of(misplaced.path);
            case Unlisted _, Orphaned _, Contested _ -> Optional.empty();
        };
    }

    default Optional<Owner> owner() {
        return claimant().map(DeliveryPath::owner);
    }

    /// The service; where no single path claims the workload, the namespace stands for it.
    default String service(String namespace) {
        return claimant().map(DeliveryPath::service).orElse(namespace);
    }

    /// The word for it, as entries have it.
    default String word() {
        return switch (this) {
            case Owned _ -> "Owned";
            case Unlisted _ -> "Unlisted";
            case Orphaned _ -> "Orphaned";
            case Contested _ -> "Contested";
            case Misplaced _ -> "Misplaced";
        };
    }

    /// The names of the paths that select the workload.
    default String contenders() {
        return this instanceof Contested contested
                ? contested.paths().items().stream().map(DeliveryPath::name).collect(Collectors.joining(", "))
                : claimant().map(DeliveryPath::name).orElse("");
    }
}
