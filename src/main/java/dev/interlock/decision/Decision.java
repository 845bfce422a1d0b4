package dev.interlock.decision;

import dev.interlock.workload.Content;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Stage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What was decided about one request. A variant carries exactly what made it so; [Basis#reasons] has
/// everything that was found, recorded ones included.
public sealed interface Decision {
    Basis basis();

    /// The id that equal decisions share: 64 hexadecimal digits.
    String id();

    /// Whether the request goes on.
    default boolean admits() {
        return switch (this) {
            case Allowed _, Warned _ -> true;
            case Denied _ -> false;
            case Undecided undecided -> undecided.basis().onUndecided() == OnUndecided.ALLOW;
        };
    }

    /// Whether the content is intent from now on (law 9 says when not).
    default boolean approves() {
        return switch (this) {
            case Allowed _, Warned _ -> basis().mayApprove();
            case Denied _, Undecided _ -> false;
        };
    }

    /// The word for it, as records, metrics and annotations show it.
    default String outcome() {
        return switch (this) {
            case Allowed _ -> "Allowed";
            case Warned _ -> "Warned";
            case Denied _ -> "Denied";
            case Undecided _ -> "Undecided";
        };
    }

    /// The name of the DecisionRecord of the decision with that id: 32 hexadecimal digits.
    static String recordName(String id) {
        return id.substring(0, Math.min(32, id.length()));
    }

    /// This decision where its evidence could not be made durable (law 5): one more Enforce check that could
    /// not be evaluated. A denial stays one, because an error never excuses a violation (law 2).
    default Decision withoutEvidence(String cause) {
        return switch (this) {
            case Denied denied -> denied;
            case Allowed _, Warned _, Undecided _ -> {
                Reason missing = Reason.undecided("EvidenceNotDurable", cause);
                List<Reason> reasons = Stream.concat(basis().reasons().stream(), Stream.of(missing))
                        .sorted(Reason.ORDER)
                        .toList();
                yield Evaluator.decide(basis().with(reasons));
            }
        };
    }

    record Allowed(String id, Basis basis) implements Decision {}

    record Warned(String id, Basis basis, NonEmpty<Reason> warnings) implements Decision {}

    record Denied(String id, Basis basis, NonEmpty<Reason> denials) implements Decision {}

    record Undecided(String id, Basis basis, NonEmpty<Reason> causes) implements Decision {}

    /// What feedback made of a check of a policy.
    record InForce(String policy, Tightening tightening) {}

    /// What a decision stands on.
    ///
    /// @param content     the significant content that was decided about
    /// @param template    digest of its pod template; empty where it has none
    /// @param stage       of the namespace, where it has one
    /// @param claim       which delivery path it belongs to
    /// @param policies    that matched, in the order of their names
    /// @param tightened   what feedback made of their checks for this subject, in the same order
    /// @param onUndecided what happens should this decision be, or become, undecided
    /// @param checks      how many were asked
    /// @param reasons     all of them, in the order of [Reason]
    /// @param mayApprove  whether the content is approved should it be allowed or warned: a promoter asked for it
    record Basis(
            Request request,
            String cluster,
            Content content,
            String template,
            Optional<Stage> stage,
            Claim claim,
            List<PolicyRef> policies,
            List<InForce> tightened,
            OnUndecided onUndecided,
            int checks,
            List<Reason> reasons,
            boolean mayApprove) {
        public Basis {
            tightened = List.copyOf(tightened);
            policies = List.copyOf(policies);
            reasons = List.copyOf(reasons);
        }

        Basis with(List<Reason> others) {
            return new Basis(
                    request,
                    cluster,
                    content,
                    template,
                    stage,
                    claim,
                    policies,
                    tightened,
                    onUndecided,
                    checks,
                    others,
                    mayApprove);
        }

        /// The service that the subject belongs to; its namespace where no single path claims it.
        public String service() {
            return claim.service(request.subject().namespace());
        }

        List<Reason> having(Effect effect) {
            return reasons.stream().filter(reason -> reason.effect() == effect).toList();
        }
    }
}
