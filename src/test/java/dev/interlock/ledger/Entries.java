package dev.interlock.ledger;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Effect;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Operation;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Reason;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Violation;
import dev.interlock.workload.Content;
import dev.interlock.workload.Mask;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A minimal entry of each outcome, to be told apart by id and by the name of its subject.
public final class Entries {
    private Entries() {}

    public static Entry allowed(String id, String name, Instant at) {
        return new Entry(Fixture.decide(basis(id, name, List.of())), at);
    }

    /// The same allowed promotion, asked for once more.
    public static Entry again(Entry allowed, String id, Instant at) {
        Decision.Basis basis = allowed.decision().basis();
        Request request = basis.request();
        return new Entry(
                Fixture.decide(new Decision.Basis(
                        request(id, request.subject().name(), request.workload()),
                        basis.cluster(),
                        basis.content(),
                        basis.stage(),
                        basis.policies(),
                        basis.onUndecided(),
                        basis.checks(),
                        basis.reasons())),
                at);
    }

    static Entry warned(String id, String name, Instant at) {
        Reason reason = reason(Mode.WARN, Effect.WARNS);
        return new Entry(Fixture.decide(basis(id, name, List.of(reason))), at);
    }

    static Entry denied(String id, String name, Instant at) {
        Reason reason = reason(Mode.ENFORCE, Effect.DENIES);
        return new Entry(Fixture.decide(basis(id, name, List.of(reason))), at);
    }

    private static Reason reason(Mode mode, Effect effect) {
        return new Reason(
                "production",
                "images-pinned",
                mode,
                effect,
                false,
                new Violation(
                        "ImageNotPinned", "spec.template.spec.containers[0].image", "image has no digest: add one"),
                Optional.of(new Owner("platform", "")),
                Optional.of("pin it"));
    }

    private static Decision.Basis basis(String id, String name, List<Reason> reasons) {
        Workload workload = deployment(name, "a value");
        return new Decision.Basis(
                request(id, name, workload),
                "6a9e2f8c-cluster",
                Content.of(workload, new Mask(new byte[16])),
                Optional.of(new Stage("production")),
                List.of(new PolicyRef("production", "policy-uid", 3)),
                OnUndecided.DENY,
                1,
                reasons);
    }

    static Request request(String id, String name, Workload workload) {
        return new Request(
                id,
                Gate.REQUIRED,
                Operation.CREATE,
                new ObjectRef("apps/v1", "Deployment", "payments", name, "uid-of-" + name),
                "",
                new Requester("alice"),
                workload,
                Optional.empty(),
                false);
    }

    static Workload deployment(String name, String environment) {
        Node.Obj variable = object(Map.of("name", text("TOKEN"), "value", text(environment)));
        Node.Obj container = object(Map.of(
                "name", text("app"),
                "image", text("registry.example.com/app:1"),
                "env", new Node.Arr(List.of(variable))));
        Node.Obj podSpec = object(Map.of("containers", new Node.Arr(List.of(container))));
        return Workload.of(
                WorkloadKind.DEPLOYMENT,
                object(Map.of(
                        "apiVersion", text("apps/v1"),
                        "kind", text("Deployment"),
                        "metadata", object(Map.of("name", text(name), "labels", object(Map.of("app", text(name))))),
                        "spec", object(Map.of("template", object(Map.of("spec", podSpec)))))));
    }

    private static Node.Obj object(Map<String, Node> members) {
        return Node.Obj.of(members);
    }

    private static Node text(String value) {
        return new Node.Text(value);
    }
}
