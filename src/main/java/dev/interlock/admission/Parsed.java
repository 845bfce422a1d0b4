package dev.interlock.admission;

import dev.interlock.decision.Caller;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Operation;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Trigger;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectKind;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a review asks, in the core's terms. From here on nothing is untyped or missing.
sealed interface Parsed {
    /// Wider than what the API server gives. It is a key of the ledger: not everything that is text can be one.
    Pattern UID = Pattern.compile("[!-~]{1,128}");

    /// Of a label's value, in characters, as Kubernetes has it.
    int LONGEST_LABEL = 63;

    /// A DNS label, RFC 1123: it becomes part of URLs.
    Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    record Subject(Request request) implements Parsed {}

    record NotGoverned() implements Parsed {}

    record Malformed(String message) implements Parsed {}

    /// A plural name, as the paths of URLs have it.
    Pattern RESOURCE = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    /// What is a DNS label in small letters; it becomes part of records.
    Pattern KIND = Pattern.compile("[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?");

    /// A group and a version, or a version.
    Pattern API_VERSION = Pattern.compile("([a-z0-9.-]{1,253}/)?v[a-z0-9]{1,62}");

    static Parsed from(Review review, Gate gate, Caller caller) {
        Optional<ObjectKind> kind = kind(review);
        Optional<Operation> operation = operation(review.operation());
        if (kind.isEmpty() || operation.isEmpty()) {
            return new NotGoverned();
        }
        if (kind.get() instanceof OtherKind && !named(review)) {
            return new Malformed("the request's `kind` or `resource` is no name of one");
        }
        if (review.object().isEmpty()) {
            return new Malformed("the request has no `object`");
        }
        boolean update = operation.get() == Operation.UPDATE;
        if (update && review.oldObject().isEmpty()) {
            return new Malformed("the request is an UPDATE and has no `oldObject`");
        }
        String namespace = namespace(review, kind.get());
        if (!nowhere(kind.get(), namespace) && !NAMESPACE.matcher(namespace).matches()) {
            return new Malformed("the request's `namespace` is no name of a namespace");
        }
        if (!UID.matcher(review.uid()).matches()) {
            return new Malformed("the request's `uid` is no uid: 1 to 128 visible ASCII characters");
        }
        try {
            return subject(
                    review,
                    gate,
                    caller,
                    kind.get(),
                    namespace,
                    operation.get(),
                    review.object().get());
        } catch (MalformedObject e) {
            return new Malformed("the object is malformed: " + e.getMessage());
        }
    }

    /// Whether it is about an object that is in no namespace.
    static boolean inNoNamespace(Review review) {
        return kind(review)
                .filter(kind -> nowhere(kind, namespace(review, kind)))
                .isPresent();
    }

    private static boolean nowhere(ObjectKind kind, String namespace) {
        return kind instanceof OtherKind && namespace.isEmpty();
    }

    /// What runs something is known; of anything else what the rules ask for.
    private static Optional<ObjectKind> kind(Review review) {
        Optional<ObjectKind> workload =
                WorkloadKind.of(review.apiVersion(), review.kind()).map(known -> known);
        boolean whole = !review.resource().isEmpty() && review.subresource().isEmpty();
        return workload.or(() -> whole
                ? Optional.of(
                        new OtherKind(GroupVersionResource.of(review.apiVersion(), review.resource()), review.kind()))
                : Optional.empty());
    }

    private static boolean named(Review review) {
        return RESOURCE.matcher(review.resource()).matches()
                && KIND.matcher(review.kind()).matches()
                && API_VERSION.matcher(review.apiVersion()).matches();
    }

    private static String namespace(Review review, ObjectKind kind) {
        return kind.namespace() ? "" : review.namespace();
    }

    private static Parsed subject(
            Review review,
            Gate gate,
            Caller caller,
            ObjectKind kind,
            String namespace,
            Operation operation,
            Node.Obj object) {
        Optional<Node.Obj> metadata = object.object("metadata");
        String generated = metadata.flatMap(fields -> fields.text("name")).orElse("");
        ObjectRef subject = new ObjectRef(
                kind.apiVersion(),
                kind.kind(),
                namespace,
                review.name().isEmpty() ? generated : review.name(),
                metadata.flatMap(fields -> fields.text("uid")).orElse(""));
        if (!subject.uid().isEmpty() && !UID.matcher(subject.uid()).matches()) {
            return new Malformed("the object's `metadata.uid` is no uid: at most 128 visible ASCII characters");
        }
        Workload workload = Workload.of(kind, object);
        if (kind.namespace() && tooLong(workload)) {
            return new Malformed("a label of the namespace has more than %d characters".formatted(LONGEST_LABEL));
        }
        return new Subject(new Request(
                review.uid(),
                Trigger.ADMISSION,
                gate,
                operation,
                subject,
                review.subresource(),
                new Requester(review.username(), review.groups()),
                caller,
                workload,
                operation == Operation.UPDATE
                        ? review.oldObject().map(old -> Workload.of(kind, old))
                        : Optional.empty(),
                review.dryRun()));
    }

    /// Policies are chosen by these labels, and a stage of a record is one of them. The API server has looked at them
    /// before it asks.
    private static boolean tooLong(Workload namespace) {
        return namespace.labels().values().stream().anyMatch(value -> value.length() > LONGEST_LABEL);
    }

    /// The open world's edge: what the rules do not send is none of ours.
    private static Optional<Operation> operation(String name) {
        return switch (name) {
            case "CREATE" -> Optional.of(Operation.CREATE);
            case "UPDATE" -> Optional.of(Operation.UPDATE);
            default -> Optional.empty();
        };
    }
}
