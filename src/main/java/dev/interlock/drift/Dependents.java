package dev.interlock.drift;

import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.WorkloadKind;
import java.util.List;
import java.util.Set;

/// Compares what a controller made (a ReplicaSet, a Job, a Pod) with the pod template of its owner. The gate
/// lets controllers' writes pass, so this is where something is seen that was changed on the way or
/// afterwards.
public final class Dependents {
    private static final String CONTROLLER = "kube-controller-manager";
    private static final FieldPath OWNERS = FieldPath.of(List.of("metadata", "ownerReferences"));
    private static final FieldPath TEMPLATE = FieldPath.of(List.of("spec", "template"));
    private static final FieldPath CONTAINERS = FieldPath.of(List.of("spec", "containers"));

    private static final Set<String> CONTROLLER_LABELS = Set.of("pod-template-hash", "controller-uid", "job-name");
    private static final String JOB_LABELS = "batch.kubernetes.io/";

    private Dependents() {}

    /// The differences from the owner's template; none where it is in sync with any of them.
    ///
    /// @param dependent a ReplicaSet, Job or Pod that a controller made
    /// @param templates the pod templates that its owner may have had, as [Content#templateOf] gives them,
    ///                  the latest last; where none fits, the closest is shown
    /// @param touched   whether others than controllers have written it: then nothing that was added is a
    ///                  controller's, whatever its manager calls itself
    public static List<Difference> differences(Observation dependent, NonEmpty<Node.Obj> templates, boolean touched) {
        List<Change> closest = changes(dependent, templates.first(), touched);
        for (Node.Obj template : templates.items()) {
            List<Change> changes = changes(dependent, template, touched);
            closest = changes.size() <= closest.size() ? changes : closest;
        }
        return closest.stream()
                .map(change -> Difference.of(change, dependent.managers()))
                .toList();
    }

    /// Whether the object and its owner reference were written by a client that calls itself the controller
    /// manager: a controller that adopts what somebody else made writes the reference only. Where this is
    /// false, the owner reference proves nothing. Where it is true, it may still be forged, by someone whose
    /// write the gate has decided about: ask first whether a decision covers the object.
    public static boolean madeByController(Managers managers) {
        return managers.entries().stream()
                .anyMatch(entry -> entry.manager().equals(CONTROLLER)
                        && entry.operation().equals("Update")
                        && entry.subresource().isEmpty()
                        && entry.owns(OWNERS)
                        && (entry.owns(TEMPLATE) || entry.owns(CONTAINERS)));
    }

    /// Whether a controller of Kubernetes makes objects of that kind for an owner of that other kind.
    public static boolean makes(WorkloadKind owner, WorkloadKind dependent) {
        return switch (dependent) {
            case REPLICA_SET -> owner == WorkloadKind.DEPLOYMENT;
            case JOB -> owner == WorkloadKind.CRON_JOB;
            case POD ->
                switch (owner) {
                    case REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB, REPLICATION_CONTROLLER -> true;
                    case DEPLOYMENT, CRON_JOB, POD -> false;
                };
            case DEPLOYMENT, STATEFUL_SET, DAEMON_SET, CRON_JOB, REPLICATION_CONTROLLER -> false;
        };
    }

    static boolean isControllerLabel(String name) {
        return CONTROLLER_LABELS.contains(name) || name.startsWith(JOB_LABELS);
    }

    private static List<Change> changes(Observation dependent, Node.Obj template, boolean touched) {
        return dependent.kind() == WorkloadKind.POD
                ? PodComparison.changes(template, dependent.content().value())
                : copies(dependent, template, touched);
    }

    /// A ReplicaSet and a Job hold a copy of the template: all of it, and nothing else but what a controller
    /// or the API server adds.
    private static List<Change> copies(Observation dependent, Node.Obj template, boolean touched) {
        WorkloadKind kind = dependent.kind();
        Node.Obj copy = Content.templateOf(dependent.content().value(), kind)
                .map(found -> withoutControllerLabels(found, template))
                .orElse(Node.Obj.EMPTY);
        return Change.between(FieldPath.of(kind.templatePath()), template, copy).stream()
                .filter(change -> !change.added()
                        || (touched && !dependent.managers().disown(change.path()))
                        || writtenByOthers(change.path(), dependent.managers()))
                .toList();
    }

    private static boolean writtenByOthers(FieldPath path, Managers managers) {
        return managers.of(path).stream().anyMatch(manager -> !manager.equals(CONTROLLER));
    }

    private static Node.Obj withoutControllerLabels(Node.Obj copy, Node.Obj template) {
        Node.Obj wanted = labels(template);
        Node.Obj kept = copy;
        for (String label : labels(copy).members().keySet()) {
            if (isControllerLabel(label) && wanted.get(label).isEmpty()) {
                kept = new Pointer(List.of("metadata", "labels", label)).removeFrom(kept);
            }
        }
        return kept;
    }

    private static Node.Obj labels(Node.Obj template) {
        return template.object("metadata")
                .flatMap(metadata -> metadata.object("labels"))
                .orElse(Node.Obj.EMPTY);
    }
}
