package dev.interlock.ledger;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Effect;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Mode;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Request;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Owner;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// An entry as it stands in the ledger: the wire form, complete without the objects that it was made from. Words are
/// text and not enums, so that an older version can read what a newer one wrote.
///
/// @param schema      the version of this form
/// @param id          of this occurrence
/// @param decision    the id that equal decisions share
/// @param trigger     what made it be decided
/// @param origin      the ledger it was written to
/// @param caller      how the caller of the webhook was authenticated
/// @param gate        `Required` or `Optional`
/// @param subresource empty for the object itself
/// @param requester   user name
/// @param admitted    whether the request went on
/// @param checks      how many were asked
/// @param content     digest of the significant content
public record DecisionEntry(
        int schema,
        String id,
        String decision,
        String trigger,
        Instant at,
        String cluster,
        String origin,
        String caller,
        String gate,
        String operation,
        Subject subject,
        String subresource,
        String requester,
        String outcome,
        boolean admitted,
        Optional<String> stage,
        List<Policy> policies,
        int checks,
        List<Reason> reasons,
        String content) {
    static final int SCHEMA = 1;

    public DecisionEntry {
        policies = List.copyOf(policies);
        reasons = List.copyOf(reasons);
    }

    public record Subject(String apiVersion, String kind, String namespace, String name, String uid) {}

    public record Policy(String name, String uid, long generation) {}

    /// @param mode   `Enforce`, `Warn` or `Audit`
    /// @param effect `Denies`, `LeavesUndecided`, `Warns` or `Recorded`
    public record Reason(
            String policy,
            String check,
            String mode,
            String effect,
            boolean alreadyPresent,
            String code,
            String path,
            String message,
            Optional<String> ownerTeam,
            Optional<String> ownerContact,
            Optional<String> remedy) {
        private static Reason of(dev.interlock.decision.Reason reason) {
            return new Reason(
                    reason.policy(),
                    reason.check(),
                    word(reason.mode()),
                    word(reason.effect()),
                    reason.alreadyPresent(),
                    reason.violation().code(),
                    reason.violation().path(),
                    reason.violation().message(),
                    reason.owner().map(Owner::team),
                    reason.owner().map(Owner::contact).filter(contact -> !contact.isEmpty()),
                    reason.remedy());
        }
    }

    static DecisionEntry of(Entry entry, String origin) {
        Decision decision = entry.decision();
        Decision.Basis basis = decision.basis();
        Request request = basis.request();
        return new DecisionEntry(
                SCHEMA,
                entry.id(),
                decision.id(),
                "Admission",
                entry.at().truncatedTo(ChronoUnit.MILLIS),
                basis.cluster(),
                origin,
                "unverified",
                word(request.gate()),
                request.operation().name(),
                subject(request.subject()),
                request.subresource(),
                request.requester().username(),
                decision.outcome(),
                decision.admits(),
                basis.stage().map(dev.interlock.workload.Stage::name),
                basis.policies().stream().map(DecisionEntry::policy).toList(),
                basis.checks(),
                basis.reasons().stream().map(Reason::of).toList(),
                basis.content().digest());
    }

    private static Subject subject(ObjectRef subject) {
        return new Subject(subject.apiVersion(), subject.kind(), subject.namespace(), subject.name(), subject.uid());
    }

    private static Policy policy(PolicyRef policy) {
        return new Policy(policy.name(), policy.uid(), policy.generation());
    }

    private static String word(Gate gate) {
        return switch (gate) {
            case REQUIRED -> "Required";
            case OPTIONAL -> "Optional";
        };
    }

    private static String word(Mode mode) {
        return switch (mode) {
            case ENFORCE -> "Enforce";
            case WARN -> "Warn";
            case AUDIT -> "Audit";
        };
    }

    private static String word(Effect effect) {
        return switch (effect) {
            case DENIES -> "Denies";
            case LEAVES_UNDECIDED -> "LeavesUndecided";
            case WARNS -> "Warns";
            case RECORDED -> "Recorded";
        };
    }
}
