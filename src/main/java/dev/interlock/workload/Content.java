package dev.interlock.workload;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The significant content of an object, independent of policies: everything except `status` and `metadata`,
/// plus `metadata.labels` (for a Pod its annotations too), without `spec.replicas` and the pod template's
/// annotation `kubectl.kubernetes.io/restartedAt`. Of what runs nothing it is everything except `status` and
/// `metadata`, plus labels and annotations, as it was written: nothing is known of its kind. It is in normal
/// form: no member is `null`, and lists whose order means nothing are in one order. Values of environment
/// variables are masked, because this is what the ledger keeps.
///
/// @param value  the significant part, in normal form
/// @param digest SHA-256 over the canonical bytes of `value`, 64 hexadecimal digits
public record Content(Node.Obj value, String digest) {
    /// Set by the Deployment controller on what it makes, and part of no template that anybody wrote.
    private static final String TEMPLATE_HASH = "pod-template-hash";

    static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    /// The significant content of a workload.
    ///
    /// @throws MalformedObject where a field that is looked at is of the wrong type
    public static Content of(Workload workload, Mask mask) {
        Node.Obj significant = significant(workload, mask);
        return new Content(significant, Canonical.sha256(significant));
    }

    /// Whether two versions of an object have the same significant content.
    public static boolean equal(Workload one, Workload other, Mask mask) {
        return significant(one, mask).equals(significant(other, mask));
    }

    /// The digest of a workload's pod template as [#templateOf] gives it; empty where it has none.
    ///
    /// @throws MalformedObject where a field that is looked at is of the wrong type
    public static String template(Workload workload, Mask mask) {
        return templateDigest(significant(workload, mask), workload.kind());
    }

    /// The digest of the pod template in this content, without a second reading of the object; empty where it
    /// has none.
    public String template(ObjectKind kind) {
        return templateDigest(value, kind);
    }

    private static String templateDigest(Node.Obj content, ObjectKind kind) {
        return switch (kind) {
            case WorkloadKind workload ->
                templateOf(content, workload).map(Canonical::sha256).orElse("");
            case OtherKind _ -> "";
        };
    }

    /// The pod template in the significant content of an object of that kind, without the label
    /// `pod-template-hash`: the same for a Deployment and the ReplicaSet that is made from it. A Pod's is its
    /// specification alone.
    public static Optional<Node.Obj> templateOf(Node.Obj content, WorkloadKind kind) {
        if (kind == WorkloadKind.POD) {
            return content.object("spec").map(spec -> Node.Obj.EMPTY.with("spec", spec));
        }
        Optional<Node.Obj> template = Optional.of(content);
        for (String member : kind.templatePath()) {
            template = template.flatMap(parent -> parent.object(member));
        }
        return template.map(Content::withoutHash);
    }

    private static Node.Obj withoutHash(Node.Obj template) {
        return template.change(
                List.of("metadata"),
                metadata -> metadata.object("labels")
                        .filter(labels -> labels.members().containsKey(TEMPLATE_HASH))
                        .map(labels ->
                                keep(metadata.without("labels"), "labels", Optional.of(labels.without(TEMPLATE_HASH))))
                        .orElse(metadata));
    }

    /// The object's own labels in a content, those that are texts.
    public static Map<String, String> labels(Node.Obj content) {
        return Workload.labels(content);
    }

    private static Node.Obj significant(Workload workload, Mask mask) {
        return switch (workload.kind()) {
            case WorkloadKind kind -> significant(kind, workload.object(), mask);
            case OtherKind _ -> {
                Node.Obj object = workload.withoutSecrets(mask).object();
                Node.Obj metadata = object.object("metadata")
                        .map(Content::labelsAndAnnotations)
                        .orElse(Node.Obj.EMPTY);
                yield object.without("status").with("metadata", metadata);
            }
        };
    }

    private static Node.Obj significant(WorkloadKind kind, Node.Obj object, Mask mask) {
        Node.Obj metadata =
                object.object("metadata").map(all -> metadata(all, kind)).orElse(Node.Obj.EMPTY);
        // Normal form comes before the mask, which hides whether a variable refers to another one.
        Node.Obj significant = Normal.of(object.without("status").with("metadata", metadata));
        if (kind != WorkloadKind.POD) {
            significant = significant
                    .change(List.of("spec"), spec -> spec.without("replicas"))
                    .change(kind.templatePath(), Workload::withoutRestartedAt);
        }
        return significant.change(kind.podSpecPath(), podSpec -> masked(podSpec, mask));
    }

    private static Node.Obj metadata(Node.Obj all, WorkloadKind kind) {
        return kind == WorkloadKind.POD ? labelsAndAnnotations(all) : labelsOf(all);
    }

    private static Node.Obj labelsOf(Node.Obj metadata) {
        return keep(Node.Obj.EMPTY, "labels", metadata.object("labels"));
    }

    private static Node.Obj labelsAndAnnotations(Node.Obj metadata) {
        return keep(
                labelsOf(metadata),
                "annotations",
                metadata.object("annotations").map(some -> some.without(LAST_APPLIED)));
    }

    private static Node.Obj keep(Node.Obj kept, String name, Optional<Node.Obj> members) {
        return members.filter(some -> !some.members().isEmpty())
                .map(some -> kept.with(name, some))
                .orElse(kept);
    }

    private static Node.Obj masked(Node.Obj podSpec, Mask mask) {
        Node.Obj masked = podSpec;
        for (String list : Workload.CONTAINER_LISTS) {
            if (podSpec.members().containsKey(list)) {
                List<Node> containers = podSpec.items(list).stream()
                        .<Node>map(container -> maskedContainer(container.asObject(list), mask))
                        .toList();
                masked = masked.with(list, new Node.Arr(containers));
            }
        }
        return masked;
    }

    private static Node.Obj maskedContainer(Node.Obj container, Mask mask) {
        if (!container.members().containsKey("env")) {
            return container;
        }
        List<Node> variables = container.items("env").stream()
                .<Node>map(node -> {
                    Node.Obj variable = node.asObject("env");
                    return variable.text("value")
                            .map(value -> variable.with("value", new Node.Text(mask.of(value))))
                            .orElse(variable);
                })
                .toList();
        return container.with("env", new Node.Arr(variables));
    }
}
