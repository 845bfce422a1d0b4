package dev.interlock.decision;

import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a service gets to its users: who owns it, which workloads it is, through which stages it goes.
///
/// @param name      of the object
/// @param service   unique among paths that do not dispute each other's workloads
/// @param workloads which workloads in the stages' namespaces are the service's, by their labels
/// @param stages    in the order in which releases go through them
public record DeliveryPath(String name, String service, Owner owner, LabelSelector workloads, List<PathStage> stages) {
    public DeliveryPath {
        stages = List.copyOf(stages);
    }

    /// One stage of one path.
    public record PathStage(Stage stage, Set<String> namespaces, Promoters promoters) {
        public PathStage {
            namespaces = Set.copyOf(namespaces);
        }
    }

    /// The stage that lists the namespace.
    public Optional<PathStage> stageOf(String namespace) {
        return stages.stream()
                .filter(stage -> stage.namespaces().contains(namespace))
                .findFirst();
    }

    boolean claims(String namespace, Map<String, String> workloadLabels) {
        return stageOf(namespace).isPresent() && workloads.matches(workloadLabels);
    }
}
