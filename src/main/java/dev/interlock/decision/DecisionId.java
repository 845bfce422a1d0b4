package dev.interlock.decision;

import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import java.util.List;
import java.util.TreeMap;

/// Names a decision by its content, so that equal decisions share one record. Hashed: trigger, subject,
/// significant content, policies in their revisions, what feedback made of their checks, service, requester,
/// operation, outcome, whether it approves, what undecided means, and reasons (by check, code and path). Not
/// hashed: times, uids, messages.
final class DecisionId {
    private DecisionId() {}

    static String of(Decision.Basis basis, String outcome) {
        Request request = basis.request();
        ObjectRef subject = request.subject();
        return Canonical.sha256(list(
                text("interlock.dev/decision/v1"),
                text(request.trigger().word()),
                list(
                        text(basis.cluster()),
                        text(subject.namespace()),
                        text(subject.group()),
                        text(subject.kind()),
                        text(subject.name()),
                        text(request.subresource())),
                text(basis.content().digest()),
                list(basis.policies().stream()
                        .<Node>map(policy -> list(text(policy.uid()), new Node.Int(policy.generation())))
                        .toList()),
                list(basis.tightened().stream().<Node>map(DecisionId::values).toList()),
                text(basis.service()),
                text(basis.mayApprove() ? "approves" : standing(request.caller())),
                text(request.requester().username()),
                text(request.operation().name()),
                text(outcome),
                text(basis.onUndecided().name()),
                list(basis.reasons().stream()
                        .<Node>map(reason -> list(
                                text(reason.policy()),
                                text(reason.check()),
                                text(reason.effect().name()),
                                text(reason.violation().code()),
                                text(reason.violation().path())))
                        .toList())));
    }

    /// What a stranger asks is never the same decision as what the API server asks.
    private static String standing(Caller caller) {
        return caller == Caller.STRANGER ? "stranger" : "";
    }

    private static Node values(Decision.InForce force) {
        Tightening tightening = force.tightening();
        return list(
                text(force.policy()),
                text(tightening.check().value()),
                text(tightening.mode().map(Mode::name).orElse("")),
                list(new TreeMap<>(tightening.thresholds())
                        .entrySet().stream()
                                .<Node>map(each -> list(text(each.getKey()), new Node.Int(each.getValue())))
                                .toList()));
    }

    private static Node text(String value) {
        return new Node.Text(value);
    }

    private static Node list(Node... items) {
        return list(List.of(items));
    }

    private static Node list(List<Node> items) {
        return new Node.Arr(items);
    }
}
