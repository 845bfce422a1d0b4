package dev.interlock.workload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A governed object as checks see it: one view over all governed kinds. One of a kind that runs nothing has no
/// template and no images.
///
/// @param kind     which governed kind it is
/// @param object   the whole object
/// @param template its pod template without `restartedAt` (a Pod's is its spec alone); empty where it has none, as a
///                 ReplicationController may, and whatever runs nothing
/// @param images   every image that it names: containers, init containers (sidecars among them), ephemeral
/// containers, image volumes
public record Workload(ObjectKind kind, Node.Obj object, Optional<Node.Obj> template, List<ImageUse> images) {
    static final List<String> CONTAINER_LISTS = List.of("containers", "initContainers", "ephemeralContainers");

    private static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

    public Workload {
        images = List.copyOf(images);
    }

    /// Reads an object of a governed kind.
    ///
    /// @throws MalformedObject where a field on the way to the images is of the wrong type
    public static Workload of(ObjectKind kind, Node.Obj object) {
        return switch (kind) {
            case WorkloadKind workload -> of(workload, object);
            case OtherKind _ -> new Workload(kind, object, Optional.empty(), List.of());
        };
    }

    private static Workload of(WorkloadKind kind, Node.Obj object) {
        Optional<Node.Obj> podSpec = descend(object, kind.podSpecPath());
        Optional<Node.Obj> template = kind == WorkloadKind.POD
                ? podSpec.map(spec -> Node.Obj.EMPTY.with("spec", spec))
                : descend(object, kind.templatePath()).map(Workload::withoutRestartedAt);
        String prefix = String.join(".", kind.podSpecPath());
        return new Workload(
                kind,
                object,
                template,
                podSpec.map(spec -> images(spec, prefix)).orElse(List.of()));
    }

    /// The pod specification that is run; empty where there is none, as with [#template].
    public Optional<Node.Obj> podSpec() {
        return template.flatMap(pod -> pod.object("spec"));
    }

    /// The pod template with its metadata, of a Pod made from the Pod; empty where there is none, as with
    /// [#template].
    public Optional<Node.Obj> podTemplate() {
        if (kind != WorkloadKind.POD) {
            return template;
        }
        Node.Obj metadata = object.object("metadata").orElse(Node.Obj.EMPTY);
        Node.Obj kept = Node.Obj.EMPTY;
        for (String member : List.of("labels", "annotations")) {
            Optional<Node.Obj> texts = metadata.object(member);
            kept = texts.isPresent() ? kept.with(member, texts.get()) : kept;
        }
        Node.Obj shared = kept;
        return template.map(pod -> pod.with("metadata", shared));
    }

    /// The field path of the pod specification, such as `spec.template.spec`; empty where its kind has none.
    public String podSpecPath() {
        return kind instanceof WorkloadKind workload ? String.join(".", workload.podSpecPath()) : "";
    }

    /// The annotations that the Pods get, those that are texts.
    public Map<String, String> podAnnotations() {
        return texts(kind == WorkloadKind.POD ? Optional.of(object) : template, "annotations");
    }

    /// Every container of every sort: containers, init containers (sidecars among them), ephemeral containers.
    ///
    /// @throws MalformedObject where one of them is no object
    public List<Container> containers() {
        return podSpec().map(spec -> containers(spec, podSpecPath())).orElse(List.of());
    }

    /// The object's own labels, those that are texts.
    public Map<String, String> labels() {
        return labels(object);
    }

    /// The labels by which policies choose namespaces: those of its namespace; of a Namespace its own.
    ///
    /// @param around those of the namespace that it is in; none where it is in none
    public Map<String, String> namespaceLabels(Map<String, String> around) {
        return kind.namespace() ? labels() : around;
    }

    static Map<String, String> labels(Node.Obj object) {
        return texts(Optional.of(object), "labels");
    }

    private static Map<String, String> texts(Optional<Node.Obj> object, String member) {
        Map<String, String> texts = new HashMap<>();
        object.flatMap(described -> described.object("metadata"))
                .flatMap(metadata -> metadata.object(member))
                .ifPresent(all -> all.members().forEach((name, value) -> {
                    if (value instanceof Node.Text text) {
                        texts.put(name, text.value());
                    }
                }));
        return texts;
    }

    /// This workload without what the API server filled into the stored one and nobody owns there: as it was
    /// before an upgrade of Kubernetes added defaults.
    ///
    /// @throws MalformedObject where the stored object's managers are not as the API server writes them
    public Workload withoutDefaultsOf(Workload stored) {
        return of(
                kind,
                object.change(
                        List.of("spec"),
                        _ -> Defaults.without(object, stored.object)
                                .object("spec")
                                .orElse(Node.Obj.EMPTY)));
    }

    /// The same without what nobody may see, where nothing is known of its kind: the values of a Secret, and
    /// those of variables wherever they are, are salted digests, equal ones still equal.
    public Workload withoutSecrets(Mask mask) {
        return kind instanceof OtherKind other
                ? new Workload(
                        kind,
                        other.secret() ? SecretData.masked(object, mask) : Variables.masked(object, mask),
                        template,
                        images)
                : this;
    }

    /// Whether another one of its kind has the same pod template; of what has none, whether it is the same
    /// but for metadata and status.
    public boolean sameTemplate(Workload other) {
        return switch (kind) {
            case WorkloadKind _ -> template.equals(other.template);
            case OtherKind _ -> bare(object).equals(bare(other.object));
        };
    }

    private static Node.Obj bare(Node.Obj object) {
        return object.without("metadata").without("status");
    }

    private static Optional<Node.Obj> descend(Node.Obj object, List<String> path) {
        Optional<Node.Obj> current = Optional.of(object);
        for (String member : path) {
            current = current.flatMap(parent -> parent.object(member));
        }
        return current;
    }

    static Node.Obj withoutRestartedAt(Node.Obj template) {
        return template.change(List.of("metadata"), metadata -> {
            Optional<Node.Obj> annotations = metadata.object("annotations").map(all -> all.without(RESTARTED_AT));
            return annotations.isEmpty() || !annotations.get().members().isEmpty()
                    ? metadata.change(List.of("annotations"), all -> all.without(RESTARTED_AT))
                    : metadata.without("annotations");
        });
    }

    private static List<ImageUse> images(Node.Obj podSpec, String prefix) {
        List<ImageUse> found = new ArrayList<>();
        containers(podSpec, prefix)
                .forEach(container -> found.add(new ImageUse(
                        container.path() + ".image",
                        container.place(),
                        container.object().text("image").orElse(""))));
        List<Node> volumes = podSpec.items("volumes");
        for (int i = 0; i < volumes.size(); i++) {
            String path = "%s.volumes[%d]".formatted(prefix, i);
            Node.Obj volume = volumes.get(i).asObject(path);
            Optional<Node.Obj> image = volume.object("image");
            if (image.isPresent()) {
                found.add(new ImageUse(
                        path + ".image.reference",
                        "image volume " + volume.text("name").orElse(""),
                        image.get().text("reference").orElse("")));
            }
        }
        return found;
    }

    private static List<Container> containers(Node.Obj podSpec, String prefix) {
        List<Container> found = new ArrayList<>();
        for (String list : CONTAINER_LISTS) {
            List<Node> containers = podSpec.items(list);
            for (int i = 0; i < containers.size(); i++) {
                String path = "%s.%s[%d]".formatted(prefix, list, i);
                found.add(Container.of(list, path, containers.get(i).asObject(path)));
            }
        }
        return found;
    }
}
