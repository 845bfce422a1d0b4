package dev.interlock.kubernetes;

import dev.interlock.drift.ManagedFields;
import dev.interlock.drift.Managers;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A live object as the core takes it: the same tree that an AdmissionReview of it gives, as far as it is significant.
final class ObjectMapping {
    private ObjectMapping() {}

    /// Where objects of a kind are found.
    static ResourceDefinitionContext context(WorkloadKind kind) {
        GroupVersionResource place = kind.groupVersionResource();
        return new ResourceDefinitionContext.Builder()
                .withGroup(place.group())
                .withVersion(place.version())
                .withKind(kind.kind())
                .withPlural(place.resource())
                .withNamespaced(true)
                .build();
    }

    /// Objects of one namespace share its name in memory.
    static ObjectRef ref(WorkloadKind kind, GenericKubernetesResource live) {
        ObjectMeta metadata = live.getMetadata();
        return new ObjectRef(
                kind.apiVersion(),
                kind.kind(),
                metadata.getNamespace().intern(),
                metadata.getName(),
                metadata.getUid());
    }

    /// @throws MalformedObject where a field that is looked at is of the wrong type
    static Workload workload(WorkloadKind kind, GenericKubernetesResource live) {
        Map<String, Node> members = new HashMap<>();
        live.getAdditionalProperties().forEach((name, value) -> {
            if (!name.equals("status")) {
                members.put(name, node(value));
            }
        });
        members.put("apiVersion", new Node.Text(kind.apiVersion()));
        members.put("kind", new Node.Text(kind.kind()));
        members.put("metadata", metadata(live.getMetadata()));
        return Workload.of(kind, Node.Obj.of(members));
    }

    private static Node.Obj metadata(ObjectMeta metadata) {
        Map<String, Node> members = new HashMap<>();
        members.put("name", new Node.Text(metadata.getName()));
        members.put("namespace", new Node.Text(metadata.getNamespace()));
        members.put("uid", new Node.Text(metadata.getUid()));
        texts(metadata.getLabels()).ifPresent(labels -> members.put("labels", labels));
        texts(metadata.getAnnotations()).ifPresent(annotations -> members.put("annotations", annotations));
        return Node.Obj.of(members);
    }

    private static Optional<Node.Obj> texts(@Nullable Map<String, String> texts) {
        if (texts == null || texts.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Node> members = new HashMap<>();
        texts.forEach((name, value) -> members.put(name, node(value)));
        return Optional.of(Node.Obj.of(members));
    }

    static Managers managers(GenericKubernetesResource live) {
        List<ManagedFieldsEntry> entries =
                Objects.requireNonNullElse(live.getMetadata().getManagedFields(), List.of());
        return new Managers(entries.stream()
                .filter(entry -> entry.getFieldsV1() != null)
                .map(entry -> new ManagedFields(
                        Objects.requireNonNullElse(entry.getManager(), ""),
                        Objects.requireNonNullElse(entry.getOperation(), ""),
                        Objects.requireNonNullElse(entry.getSubresource(), ""),
                        instant(entry.getTime()),
                        object(entry.getFieldsV1().getAdditionalProperties())))
                .toList());
    }

    private static Optional<Instant> instant(@Nullable String time) {
        try {
            return time == null ? Optional.empty() : Optional.of(Instant.parse(time));
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }

    private static Node.Obj object(Map<String, Object> members) {
        return node(members).asObject("fieldsV1");
    }

    private static Node node(@Nullable Object value) {
        return switch (value) {
            case null -> new Node.Null();
            case String text -> new Node.Text(text);
            case Boolean bool -> new Node.Bool(bool);
            case Integer number -> new Node.Int(number);
            case Long number -> new Node.Int(number);
            case BigInteger number -> new Node.Dec(number.doubleValue());
            case Number number -> new Node.Dec(number.doubleValue());
            case List<?> items ->
                new Node.Arr(items.stream().map(ObjectMapping::node).toList());
            case Map<?, ?> members -> {
                Map<String, Node> nodes = new HashMap<>();
                members.forEach((name, member) -> nodes.put(String.valueOf(name), node(member)));
                yield Node.Obj.of(nodes);
            }
            default -> throw new MalformedObject("a value of type %s".formatted(value.getClass()));
        };
    }
}
