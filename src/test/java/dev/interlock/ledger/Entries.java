package dev.interlock.ledger;

import dev.interlock.decision.Caller;
import dev.interlock.decision.Claim;
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
import dev.interlock.decision.Relief;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Trigger;
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
import java.util.Set;
import java.util.stream.Stream;

/// A minimal entry of each outcome, to be told apart by id and by the name of its subject.
public final class Entries {
    private static final Mask MASK = new Mask(new byte[16]);

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
                        basis.template(),
                        basis.stage(),
                        basis.claim(),
                        basis.policies(),
                        basis.tightened(),
                        basis.onUndecided(),
                        basis.checks(),
                        basis.reasons(),
                        basis.mayApprove())),
                at);
    }

    static Entry warned(String id, String name, Instant at) {
        Reason reason = reason(Mode.WARN, Effect.WARNS);
        return new Entry(Fixture.decide(basis(id, name, List.of(reason))), at);
    }

    public static Entry denied(String id, String name, Instant at) {
        Reason reason = reason(Mode.ENFORCE, Effect.DENIES);
        return new Entry(Fixture.decide(basis(id, name, List.of(reason))), at);
    }

    /// A denial by the policies of these names, whose uids are `uid-of-<name>`. The policy `bystander` warns.
    public static Entry deniedBy(String id, String name, Instant at, String... policies) {
        return deniedBy(request(id, name, deployment(name, "a value")), at, policies);
    }

    /// The same as somebody who is not known to be the API server would have it.
    public static Entry deniedForAStranger(String id, String name, Instant at, String... policies) {
        Request plain = request(id, name, deployment(name, "a value"));
        Request request = new Request(
                id,
                plain.trigger(),
                plain.gate(),
                plain.operation(),
                plain.subject(),
                "",
                plain.requester(),
                Caller.STRANGER,
                plain.workload(),
                Optional.empty(),
                false);
        return deniedBy(request, at, policies);
    }

    private static Entry deniedBy(Request request, Instant at, String... policies) {
        List<Reason> reasons = Stream.concat(
                        Stream.of(policies).map(policy -> reason(policy, Mode.ENFORCE, Effect.DENIES)),
                        Stream.of(reason("bystander", Mode.WARN, Effect.WARNS)))
                .toList();
        List<PolicyRef> matching = reasons.stream()
                .map(Reason::policy)
                .distinct()
                .map(policy -> new PolicyRef(policy, "uid-of-" + policy, 3))
                .toList();
        return new Entry(Fixture.decide(basis(request, matching, reasons, true)), at);
    }

    /// A decision about an object with uid `uid-of-<name>` whose content has that value in its environment.
    ///
    /// @param promoter whether its requester is one
    static Entry of(
            Trigger trigger, String id, String name, String value, String outcome, boolean promoter, Instant at) {
        Request plain = request(id, name, deployment(name, value));
        Request request = new Request(
                id,
                trigger,
                plain.gate(),
                plain.operation(),
                plain.subject(),
                "",
                plain.requester(),
                plain.caller(),
                plain.workload(),
                Optional.empty(),
                false);
        List<Reason> reasons = switch (outcome) {
            case "Allowed" -> List.of();
            case "Warned" -> List.of(reason(Mode.WARN, Effect.WARNS));
            case "Denied" -> List.of(reason(Mode.ENFORCE, Effect.DENIES));
            case "Undecided" -> List.of(reason(Mode.ENFORCE, Effect.LEAVES_UNDECIDED));
            default -> throw new IllegalArgumentException(outcome);
        };
        return new Entry(Fixture.decide(basis(request, reasons, promoter)), at);
    }

    /// A denial by a check that only feedback has made Enforce.
    public static Entry deniedByFeedback(String id, String name, Instant at) {
        Reason plain = reason(Mode.ENFORCE, Effect.DENIES);
        Reason tightened = new Reason(
                plain.policy(),
                plain.check(),
                plain.mode(),
                plain.effect(),
                plain.relief(),
                Optional.of("tightened from Warn to Enforce until 14:20 UTC because of 3 drifts in 1h (drift-1)"),
                plain.violation(),
                plain.owner(),
                plain.remedy());
        return new Entry(Fixture.decide(basis(id, name, List.of(tightened))), at);
    }

    /// What [#of] makes of a promoter's admission.
    public static Entry admission(String id, String name, String value, String outcome, Instant at) {
        return of(Trigger.ADMISSION, id, name, value, outcome, true, at);
    }

    /// Digest of the content that has that value in its environment.
    static String content(String name, String value) {
        return Content.of(deployment(name, value), MASK).digest();
    }

    /// An edit by hand of `payments/checkout`, of the service `checkout`.
    public static DriftEntry drift(String name, String uid, Optional<String> continues, Instant onset) {
        return new DriftEntry(
                1,
                name,
                0,
                "Drifted",
                "Edit",
                new DecisionEntry.Subject("apps/v1", "Deployment", "payments", "checkout", uid),
                "cluster-1",
                "origin-1",
                Optional.of("production"),
                "checkout",
                Optional.of("checkout-path"),
                Optional.of(new DecisionEntry.Owner("payments", Optional.of("#payments-oncall"), Optional.empty())),
                List.of(new DriftEntry.Difference(
                        "spec.template.spec.containers[app].image",
                        Optional.of("\"app:1\""),
                        Optional.of("\"app:2\""),
                        "kubectl-edit")),
                0,
                "kubectl-edit",
                Optional.of("joe"),
                onset,
                continues,
                Optional.of("approved"),
                Optional.of("entry-1"),
                "observed",
                Optional.of("entry-2"),
                "signature",
                Optional.empty());
    }

    private static Reason reason(Mode mode, Effect effect) {
        return reason("production", mode, effect);
    }

    private static Reason reason(String policy, Mode mode, Effect effect) {
        return new Reason(
                policy,
                "images-pinned",
                mode,
                effect,
                Relief.NONE,
                Optional.empty(),
                new Violation(
                        "ImageNotPinned", "spec.template.spec.containers[0].image", "image has no digest: add one"),
                Optional.of(new Owner("platform", "")),
                Optional.of("pin it"));
    }

    private static Decision.Basis basis(String id, String name, List<Reason> reasons) {
        Workload workload = deployment(name, "a value");
        return basis(request(id, name, workload), reasons, true);
    }

    private static Decision.Basis basis(Request request, List<Reason> reasons, boolean mayApprove) {
        return basis(request, List.of(new PolicyRef("production", "policy-uid", 3)), reasons, mayApprove);
    }

    private static Decision.Basis basis(
            Request request, List<PolicyRef> policies, List<Reason> reasons, boolean mayApprove) {
        Workload workload = request.workload();
        return new Decision.Basis(
                request,
                "6a9e2f8c-cluster",
                Content.of(workload, MASK),
                Content.template(workload, MASK),
                Optional.of(new Stage("production")),
                new Claim.Unlisted(),
                policies,
                List.of(),
                OnUndecided.DENY,
                1,
                reasons,
                mayApprove);
    }

    static Request request(String id, String name, Workload workload) {
        return new Request(
                id,
                Trigger.ADMISSION,
                Gate.REQUIRED,
                Operation.CREATE,
                new ObjectRef("apps/v1", "Deployment", "payments", name, "uid-of-" + name),
                "",
                new Requester("alice", Set.of()),
                Caller.UNVERIFIED,
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
