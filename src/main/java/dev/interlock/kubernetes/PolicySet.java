package dev.interlock.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Policy;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.ObjectKind;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.Pluralize;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Policies and delivery paths from files, read as those that are stored in a cluster.
///
/// @param scopes what is known of resources
public record PolicySet(List<Policy> policies, List<DeliveryPath> paths, Scopes scopes) {
    private static final Set<String> KINDS = Set.of("PromotionPolicy", "DeliveryPath");

    public PolicySet {
        policies = List.copyOf(policies);
        paths = List.copyOf(paths);
    }

    /// Those among the manifests, and what CustomResourceDefinitions among them define; what is of another kind is
    /// passed by.
    ///
    /// @throws UnreadableManifest where one cannot be read
    public static PolicySet of(List<Manifest> manifests) {
        List<Policy> policies = new ArrayList<>();
        List<DeliveryPath> paths = new ArrayList<>();
        Map<String, CrdSchema> schemas = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (Manifest manifest : manifests) {
            if (!manifest.apiVersion().startsWith("interlock.dev/") || !KINDS.contains(manifest.kind())) {
                continue;
            }
            GenericKubernetesResource stored = stored(manifest, schemas);
            if (!names.add(manifest.kind() + "/" + manifest.name())) {
                throw refused(manifest, "is there twice; give each once");
            }
            if (manifest.kind().equals("PromotionPolicy")) {
                policies.add(policy(manifest, stored));
            } else {
                PathMapping.problem(stored).ifPresent(problem -> {
                    throw refused(manifest, "cannot be read: " + problem);
                });
                paths.add(PathMapping.path(stored));
            }
        }
        return new PolicySet(policies, paths, Scopes.of(manifests));
    }

    /// The same policies and paths, which know what CustomResourceDefinitions among those manifests define too.
    public PolicySet knowing(List<Manifest> manifests) {
        List<Scopes.Defined> defined = new ArrayList<>(scopes.defined());
        defined.addAll(Scopes.of(manifests).defined());
        return new PolicySet(policies, paths, new Scopes(defined));
    }

    /// The kind of an object, where it is of a workload or a policy names its resource. Where no definition says
    /// which resource a kind is found under, the plural is made by the usual rules.
    public Optional<ObjectKind> kind(Manifest manifest) {
        Optional<ObjectKind> workload =
                WorkloadKind.of(manifest.apiVersion(), manifest.kind()).map(known -> known);
        return workload.or(() -> policies.stream()
                .flatMap(policy -> policy.match().resources().stream())
                .filter(resource -> resource.isLike(written(manifest, resource)))
                .filter(resource -> isOf(resource, manifest.kind()))
                .findFirst()
                .map(resource -> new OtherKind(written(manifest, resource), manifest.kind())));
    }

    private boolean isOf(GroupVersionResource resource, String kind) {
        String singular = kind.toLowerCase(Locale.ROOT);
        return scopes.kind(resource)
                .map(kind::equals)
                .orElseGet(() -> resource.resource().equals(singular)
                        || resource.resource().equals(Pluralize.toPlural(singular)));
    }

    /// In the version of the manifest.
    private static GroupVersionResource written(Manifest manifest, GroupVersionResource resource) {
        return GroupVersionResource.of(manifest.apiVersion(), resource.resource());
    }

    /// The namespace of an object; empty where its kind is known to be in none.
    ///
    /// @param otherwise where it names none
    public String namespace(ObjectKind kind, Manifest manifest, String otherwise) {
        return scopes.of(kind.groupVersionResource()) == Scopes.Scope.CLUSTER
                ? ""
                : manifest.namespace().orElse(otherwise);
    }

    /// Whether it is a guess that an object is in a namespace: it names none, and its kind may be in none.
    public boolean namespaceGuessed(ObjectKind kind, Manifest manifest) {
        return manifest.namespace().isEmpty() && scopes.of(kind.groupVersionResource()) == Scopes.Scope.UNKNOWN;
    }

    private static UnreadableManifest refused(Manifest manifest, String why) {
        return new UnreadableManifest(
                manifest.file(), manifest.line(), "%s `%s` %s".formatted(manifest.kind(), manifest.name(), why));
    }

    private static Policy policy(Manifest manifest, GenericKubernetesResource stored) {
        PolicyView view = PolicyMapping.view(stored);
        if (view.policy() instanceof Policy.Unreadable unreadable) {
            throw refused(manifest, "cannot be read: " + unreadable.cause());
        }
        view.problem().ifPresent(problem -> {
            throw refused(manifest, "cannot be read: " + problem);
        });
        return view.policy();
    }

    private static Optional<String> named(Manifest manifest) {
        try {
            return manifest.named();
        } catch (MalformedObject e) {
            throw new UnreadableManifest(manifest.file(), manifest.line(), e.getMessage() + " in metadata");
        }
    }

    private static GenericKubernetesResource stored(Manifest manifest, Map<String, CrdSchema> schemas) {
        if (named(manifest).isEmpty()) {
            throw new UnreadableManifest(manifest.file(), manifest.line(), "metadata.name is missing");
        }
        CrdSchema schema = schemas.computeIfAbsent(manifest.kind(), CrdSchema::of);
        try {
            GenericKubernetesResource stored = SpecReader.JSON.treeToValue(
                    SpecReader.json(schema.complete(manifest)), GenericKubernetesResource.class);
            stored.getMetadata().setUid("");
            return stored;
        } catch (JsonProcessingException e) {
            throw new UnreadableManifest(
                    manifest.file(), manifest.line(), "it is no object of Kubernetes: " + SpecReader.firstLine(e));
        }
    }
}
