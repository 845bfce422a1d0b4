package dev.interlock.decision.check;

import dev.interlock.decision.Violation;
import dev.interlock.workload.Container;
import dev.interlock.workload.Node;
import dev.interlock.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A pod specification as the controls of the Pod Security Standards look at it.
///
/// @param path of the specification, from the object's root
record PodView(String path, Node.Obj spec, Map<String, String> annotations, List<Part> containers) {
    static Optional<PodView> of(Workload workload) {
        return workload.podSpec()
                .map(spec -> new PodView(
                        workload.podSpecPath(),
                        spec,
                        workload.podAnnotations(),
                        workload.containers().stream().map(Part::of).toList()));
    }

    /// Where annotations are that the Pods get: beside the specification.
    String annotationsPath() {
        return path.substring(0, path.length() - "spec".length()) + "metadata.annotations";
    }

    boolean windows() {
        return spec.object("os").flatMap(os -> os.text("name")).equals(Optional.of("windows"));
    }

    boolean ownUsers() {
        return spec.flag("hostUsers").equals(Optional.of(false));
    }

    /// The Pod itself, as far as it has a security context.
    Part self() {
        return new Part(path, "the Pod", spec);
    }

    /// What can have a security context, the Pod first.
    Stream<Part> parts() {
        return Stream.concat(Stream.of(self()), containers.stream());
    }

    /// The Pod or one of its containers.
    record Part(String path, String place, Node.Obj object) {
        static Part of(Container container) {
            return new Part(container.path(), Violation.shown(container.place()), container.object());
        }

        Optional<Node.Obj> security() {
            return object.object("securityContext");
        }

        Optional<Node.Obj> security(String member) {
            return security().flatMap(context -> context.object(member));
        }

        Violation violation(String code, String field, String what) {
            return new Violation(code, path + "." + field, place + " " + what);
        }
    }
}
