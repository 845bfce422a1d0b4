package dev.interlock.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Policy;
import dev.interlock.workload.Node;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Policies and delivery paths from files, read as those that are stored in a cluster.
public record PolicySet(List<Policy> policies, List<DeliveryPath> paths) {
    public PolicySet {
        policies = List.copyOf(policies);
        paths = List.copyOf(paths);
    }

    /// Those among the manifests; what is of another kind is passed by.
    ///
    /// @throws UnreadableManifest where one cannot be read
    public static PolicySet of(List<Manifest> manifests) {
        List<Policy> policies = new ArrayList<>();
        List<DeliveryPath> paths = new ArrayList<>();
        Map<String, CrdSchema> schemas = new HashMap<>();
        for (Manifest manifest : manifests) {
            if (!manifest.apiVersion().startsWith("interlock.dev/")) {
                continue;
            }
            switch (manifest.kind()) {
                case "PromotionPolicy" -> policies.add(policy(manifest, stored(manifest, schemas)));
                case "DeliveryPath" -> paths.add(PathMapping.path(stored(manifest, schemas)));
                default -> {}
            }
        }
        return new PolicySet(policies, paths);
    }

    private static Policy policy(Manifest manifest, GenericKubernetesResource stored) {
        PolicyView view = PolicyMapping.view(stored);
        if (view.policy() instanceof Policy.Unreadable unreadable) {
            throw new UnreadableManifest(
                    manifest.file(),
                    manifest.line(),
                    "PromotionPolicy `%s` cannot be read: %s".formatted(manifest.name(), unreadable.cause()));
        }
        view.problem().ifPresent(problem -> {
            throw new UnreadableManifest(
                    manifest.file(),
                    manifest.line(),
                    "PromotionPolicy `%s` cannot be read: %s".formatted(manifest.name(), problem));
        });
        return view.policy();
    }

    private static GenericKubernetesResource stored(Manifest manifest, Map<String, CrdSchema> schemas) {
        if (manifest.name().isEmpty()) {
            throw new UnreadableManifest(manifest.file(), manifest.line(), "metadata.name is missing");
        }
        CrdSchema schema = schemas.computeIfAbsent(manifest.kind(), _ -> CrdSchema.of(manifest));
        try {
            GenericKubernetesResource stored =
                    SpecReader.JSON.treeToValue(json(schema.complete(manifest)), GenericKubernetesResource.class);
            stored.getMetadata().setUid("");
            return stored;
        } catch (JsonProcessingException e) {
            throw new UnreadableManifest(
                    manifest.file(), manifest.line(), "it is no object of Kubernetes: " + SpecReader.firstLine(e));
        }
    }

    private static JsonNode json(Node node) {
        JsonNodeFactory factory = JsonNodeFactory.instance;
        return switch (node) {
            case Node.Obj(var members) -> {
                var object = factory.objectNode();
                members.forEach((name, value) -> object.set(name, json(value)));
                yield object;
            }
            case Node.Arr(var items) -> {
                var array = factory.arrayNode();
                items.forEach(item -> array.add(json(item)));
                yield array;
            }
            case Node.Text(String value) -> factory.textNode(value);
            case Node.Int(long value) -> factory.numberNode(value);
            case Node.Dec(double value) -> factory.numberNode(value);
            case Node.Bool(boolean value) -> factory.booleanNode(value);
            case Node.Null _ -> factory.nullNode();
        };
    }
}
