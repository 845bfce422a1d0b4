package dev.interlock.kubernetes;

import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which resources are in a namespace, as far as that is known without a cluster: those of Kubernetes 1.36 and of the
/// Gateway API, and those of which the CustomResourceDefinition is among the manifests.
///
/// @param defined by CustomResourceDefinitions
public record Scopes(List<Defined> defined) {
    /// Where objects of a resource are.
    public enum Scope {
        NAMESPACED,
        CLUSTER,
        UNKNOWN
    }

    /// @param kind of its objects
    record Defined(String group, String resource, String kind, Scope scope) {}

    /// By group, what is in no namespace; whatever else the group has is in one.
    private static final Map<String, Set<String>> CLUSTER = Map.ofEntries(
            Map.entry("", Set.of("componentstatuses", "namespaces", "nodes", "persistentvolumes")),
            Map.entry("apps", Set.of()),
            Map.entry("autoscaling", Set.of()),
            Map.entry("batch", Set.of()),
            Map.entry("policy", Set.of()),
            Map.entry("coordination.k8s.io", Set.of()),
            Map.entry("discovery.k8s.io", Set.of()),
            Map.entry("events.k8s.io", Set.of()),
            Map.entry(
                    "admissionregistration.k8s.io",
                    Set.of(
                            "mutatingadmissionpolicies",
                            "mutatingadmissionpolicybindings",
                            "mutatingwebhookconfigurations",
                            "validatingadmissionpolicies",
                            "validatingadmissionpolicybindings",
                            "validatingwebhookconfigurations")),
            Map.entry("apiextensions.k8s.io", Set.of("customresourcedefinitions")),
            Map.entry("apiregistration.k8s.io", Set.of("apiservices")),
            Map.entry("authentication.k8s.io", Set.of("selfsubjectreviews", "tokenreviews")),
            Map.entry(
                    "authorization.k8s.io",
                    Set.of("selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews")),
            Map.entry("certificates.k8s.io", Set.of("certificatesigningrequests", "clustertrustbundles")),
            Map.entry("flowcontrol.apiserver.k8s.io", Set.of("flowschemas", "prioritylevelconfigurations")),
            Map.entry("gateway.networking.k8s.io", Set.of("gatewayclasses")),
            Map.entry("networking.k8s.io", Set.of("ingressclasses", "ipaddresses", "servicecidrs")),
            Map.entry("node.k8s.io", Set.of("runtimeclasses")),
            Map.entry("rbac.authorization.k8s.io", Set.of("clusterroles", "clusterrolebindings")),
            Map.entry("resource.k8s.io", Set.of("deviceclasses", "devicetaintrules", "resourceslices")),
            Map.entry("scheduling.k8s.io", Set.of("priorityclasses")),
            Map.entry(
                    "storage.k8s.io",
                    Set.of("csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses")),
            Map.entry("interlock.dev", Set.of("deliverypaths", "feedbackreleases", "promotionpolicies")));

    public Scopes {
        defined = List.copyOf(defined);
    }

    /// Those that manifests define, beside those that are known anyway. A definition that is not whole, or that is of
    /// a group which is known anyway, is passed by.
    static Scopes of(List<Manifest> manifests) {
        List<Defined> defined = new ArrayList<>();
        for (Manifest manifest : manifests) {
            if (manifest.apiVersion().startsWith("apiextensions.k8s.io/")
                    && manifest.kind().equals("CustomResourceDefinition")) {
                definition(manifest).ifPresent(defined::add);
            }
        }
        return new Scopes(defined);
    }

    private static Optional<Defined> definition(Manifest manifest) {
        try {
            Node.Obj spec = manifest.object().object("spec").orElse(Node.Obj.EMPTY);
            Node.Obj names = spec.object("names").orElse(Node.Obj.EMPTY);
            String group = spec.text("group").orElse("");
            String plural = names.text("plural").orElse("");
            String kind = names.text("kind").orElse("");
            Optional<Scope> scope = switch (spec.text("scope").orElse("")) {
                case "Cluster" -> Optional.of(Scope.CLUSTER);
                case "Namespaced" -> Optional.of(Scope.NAMESPACED);
                default -> Optional.empty();
            };
            boolean whole = manifest.name().equals(plural + "." + group) && !kind.isEmpty();
            return scope.filter(_ -> whole && !CLUSTER.containsKey(group))
                    .map(known -> new Defined(group, plural, kind, known));
        } catch (MalformedObject _) {
            return Optional.empty();
        }
    }

    /// Where objects of a resource are.
    public Scope of(GroupVersionResource resource) {
        Set<String> cluster = CLUSTER.get(resource.group());
        if (cluster != null) {
            return cluster.contains(resource.resource()) ? Scope.CLUSTER : Scope.NAMESPACED;
        }
        return definition(resource).map(Defined::scope).orElse(Scope.UNKNOWN);
    }

    /// What a resource's objects are called; empty where that is not known.
    Optional<String> kind(GroupVersionResource resource) {
        return definition(resource).map(Defined::kind);
    }

    private Optional<Defined> definition(GroupVersionResource resource) {
        return defined.stream()
                .filter(each ->
                        each.group().equals(resource.group()) && each.resource().equals(resource.resource()))
                .findFirst();
    }
}
