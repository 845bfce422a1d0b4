package dev.interlock.kubernetes;

import static dev.interlock.kubernetes.SpecReader.items;
import static dev.interlock.kubernetes.SpecReader.required;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.api.v1alpha1.DeliveryPathSpec;
import dev.interlock.api.v1alpha1.PathStageSpec;
import dev.interlock.api.v1alpha1.PromotersSpec;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Promoters;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads a stored DeliveryPath. One that cannot be read goes on claiming every workload of the namespaces
/// that it names, and has no promoters: nobody becomes one by its being broken.
public final class PathMapping {
    private PathMapping() {}

    public static DeliveryPath path(GenericKubernetesResource stored) {
        try {
            return readable(stored);
        } catch (Exception _) {
            return unreadable(stored.getMetadata().getName(), spec(stored));
        }
    }

    /// Why it cannot be read, whatever keeps it from being; empty where it can.
    static Optional<String> problem(GenericKubernetesResource stored) {
        try {
            readable(stored);
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(SpecReader.cause(e));
        }
    }

    private static DeliveryPath readable(GenericKubernetesResource stored) throws JsonProcessingException {
        return path(
                stored.getMetadata().getName(),
                required(SpecReader.JSON.treeToValue(spec(stored), DeliveryPathSpec.class), "spec"));
    }

    private static JsonNode spec(GenericKubernetesResource stored) {
        return SpecReader.JSON.valueToTree(stored.getAdditionalProperties().get("spec"));
    }

    private static DeliveryPath path(String name, DeliveryPathSpec spec) {
        return new DeliveryPath(
                name,
                required(spec.service(), "spec.service"),
                SpecReader.owner(required(spec.owner(), "spec.owner")),
                SpecReader.selector(required(spec.workloads(), "spec.workloads")),
                items(spec.stages(), "spec.stages").stream()
                        .map(PathMapping::stage)
                        .toList());
    }

    private static PathStage stage(PathStageSpec spec) {
        return new PathStage(
                new Stage(required(spec.name(), "stages.name")),
                Set.copyOf(items(spec.namespaces(), "stages.namespaces")),
                promoters(required(spec.promoters(), "stages.promoters")));
    }

    private static Promoters promoters(PromotersSpec spec) {
        Stream<String> accounts = items(spec.serviceAccounts(), "promoters.serviceAccounts").stream()
                .map(account -> "system:serviceaccount:%s:%s"
                        .formatted(
                                required(account.namespace(), "serviceAccounts.namespace"),
                                required(account.name(), "serviceAccounts.name")));
        return new Promoters(
                Stream.concat(items(spec.users(), "promoters.users").stream(), accounts)
                        .collect(Collectors.toSet()),
                Set.copyOf(items(spec.groups(), "promoters.groups")));
    }

    private static DeliveryPath unreadable(String name, JsonNode spec) {
        Set<String> namespaces = new HashSet<>();
        spec.path("stages").forEach(stage -> stage.path("namespaces").forEach(each -> namespaces.add(each.asText())));
        return new DeliveryPath(
                name,
                name,
                new Owner("unknown", ""),
                LabelSelector.EVERYTHING,
                List.of(new PathStage(new Stage(""), namespaces, new Promoters(Set.of(), Set.of()))));
    }
}
