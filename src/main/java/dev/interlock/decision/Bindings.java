package dev.interlock.decision;

import dev.interlock.workload.Container;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.ImageReference;
import dev.interlock.workload.ImageUse;
import dev.interlock.workload.Node;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the expressions of one request can name: the variables of Kubernetes' admission policies, and what
/// Interlock knows beyond them. Made where it is asked for, and once. Used by one thread.
public final class Bindings {
    private static final Node NULL = new Node.Null();

    private final Request request;
    private final Workload workload;
    private final Claim claim;
    private final Map<String, String> namespaceLabels;
    private final Budget budget;
    private final Map<String, Node> made = new HashMap<>();

    /// @param workload that is judged: the request's, or what is stored
    /// @param claim    of that workload
    public Bindings(
            Request request, Workload workload, Claim claim, Map<String, String> namespaceLabels, Budget budget) {
        this.request = request;
        this.workload = workload;
        this.claim = claim;
        this.namespaceLabels = namespaceLabels;
        this.budget = budget;
    }

    /// That which is judged, and those of the request.
    public List<Workload> workloads() {
        return Stream.concat(Stream.of(workload, request.workload()), request.old().stream())
                .distinct()
                .toList();
    }

    public Budget budget() {
        return budget;
    }

    /// The value of a variable; null where there is none of that name.
    public @Nullable Node get(String name) {
        Node known = made.get(name);
        if (known != null) {
            return known;
        }
        Node value = make(name);
        if (value != null) {
            made.put(name, value);
        }
        return value;
    }

    private @Nullable Node make(String name) {
        return switch (name) {
            case "object" -> workload.object();
            case "oldObject" -> request.old().<Node>map(Workload::object).orElse(NULL);
            case "request" -> request();
            case "namespaceObject" -> namespaceObject();
            case "workload" -> canonical();
            case "service" -> text(claim.service(request.subject().namespace()));
            case "owner" -> owner(claim.owner());
            default -> null;
        };
    }

    private Node request() {
        return object(Map.of(
                "kind", versioned("kind", workload.kind().kind()),
                "resource", versioned("resource", workload.kind().resource()),
                "subResource", text(request.subresource()),
                "name", text(request.subject().name()),
                "namespace", text(request.subject().namespace()),
                "operation", text(request.operation().name()),
                "userInfo",
                        object(Map.of(
                                "username", text(request.requester().username()),
                                "groups",
                                        texts(request.requester().groups().stream()
                                                .sorted()
                                                .toList()))),
                "dryRun", new Node.Bool(request.dryRun())));
    }

    private Node versioned(String member, String value) {
        GroupVersionResource resource = workload.kind().groupVersionResource();
        return object(
                Map.of("group", text(resource.group()), "version", text(resource.version()), member, text(value)));
    }

    private Node namespaceObject() {
        if (request.subject().namespace().isEmpty()) {
            return NULL;
        }
        Map<String, Node> labels = new HashMap<>();
        namespaceLabels.forEach((name, value) -> labels.put(name, text(value)));
        return object(Map.of(
                "metadata",
                object(Map.of("name", text(request.subject().namespace()), "labels", Node.Obj.of(labels)))));
    }

    /// One view over all governed kinds.
    private Node canonical() {
        Node.Obj spec = workload.podSpec().orElse(Node.Obj.EMPTY);
        return object(Map.of(
                "apiVersion", text(workload.kind().apiVersion()),
                "kind", text(workload.kind().kind()),
                "name", text(request.subject().name()),
                "namespace", text(request.subject().namespace()),
                "template", workload.podTemplate().orElse(Node.Obj.EMPTY),
                "containers",
                        new Node.Arr(workload.containers().stream()
                                .<Node>map(Bindings::container)
                                .toList()),
                "images",
                        new Node.Arr(workload.images().stream()
                                .<Node>map(Bindings::image)
                                .toList()),
                "serviceAccountName", text(spec.text("serviceAccountName").orElse("default")),
                "volumes", new Node.Arr(spec.items("volumes"))));
    }

    /// The container as it is written, with what it is and where.
    private static Node container(Container container) {
        return container
                .object()
                .with("path", text(container.path()))
                .with("sort", text(container.sort().name().toLowerCase(Locale.ROOT)));
    }

    private static Node image(ImageUse use) {
        Optional<ImageReference> image = switch (ImageReference.parse(use.image())) {
            case ImageReference.Parsed.Valid(ImageReference valid) -> Optional.of(valid);
            case ImageReference.Parsed.Invalid _ -> Optional.empty();
        };
        return object(Map.of(
                "path", text(use.path()),
                "reference", text(use.image()),
                "valid", new Node.Bool(image.isPresent()),
                "registry", text(image.map(ImageReference::registry).orElse("")),
                "repository", text(image.map(ImageReference::repository).orElse("")),
                "tag", text(image.flatMap(ImageReference::tag).orElse("")),
                "digest",
                        text(image.flatMap(ImageReference::digest)
                                .map(ImageReference.Digest::toString)
                                .orElse(""))));
    }

    private static Node owner(Optional<Owner> owner) {
        return object(Map.of(
                "team", text(owner.map(Owner::team).orElse("")),
                "contact", text(owner.map(Owner::contact).orElse("")),
                "escalation", text(owner.map(Owner::escalation).orElse(""))));
    }

    private static Node text(String value) {
        return new Node.Text(value);
    }

    private static Node texts(List<String> values) {
        return new Node.Arr(values.stream().map(Bindings::text).toList());
    }

    private static Node.Obj object(Map<String, Node> members) {
        return Node.Obj.of(members);
    }
}
