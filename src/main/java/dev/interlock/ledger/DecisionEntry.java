package dev.interlock.ledger;

import dev.interlock.decision.Decision;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Gate;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Relief;
import dev.interlock.decision.Request;
import dev.interlock.decision.Trigger;
import dev.interlock.workload.ObjectRef;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// An entry as it stands in the ledger: the wire form, complete without the objects that it was made from.
/// Words are text and not enums, so that an older version can read what a newer one wrote.
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
/// @param template    digest of its pod template
/// @param service     that the subject belonged to
/// @param path        the DeliveryPath that claimed it
/// @param owner       of that path
/// @param claim       how paths claimed the subject, for example `Owned` or `Orphaned`
/// @param promoter    whether the requester was promoter of the subject
/// @param approves    whether the content is intent from then on; absent in entries from before there were paths
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
        String content,
        Optional<String> template,
        Optional<String> service,
        Optional<String> path,
        Optional<Owner> owner,
        Optional<String> claim,
        Optional<Boolean> promoter,
        Optional<Boolean> approves) {
    static final int SCHEMA = 1;

    public DecisionEntry {
        policies = List.copyOf(policies);
        reasons = List.copyOf(reasons);
    }

    /// The uids of the policies that deny it.
    public Set<String> denying() {
        Set<String> names = reasons.stream()
                .filter(reason -> reason.effect().equals("Denies"))
                .map(Reason::policy)
                .collect(Collectors.toSet());
        return policies.stream()
                .filter(policy -> names.contains(policy.name()))
                .map(Policy::uid)
                .collect(Collectors.toSet());
    }

    public record Subject(String apiVersion, String kind, String namespace, String name, String uid) {}

    public record Owner(String team, Optional<String> contact, Optional<String> escalation) {
        public static Owner of(dev.interlock.workload.Owner owner) {
            return new Owner(owner.team(), present(owner.contact()), present(owner.escalation()));
        }

        private static Optional<String> present(String text) {
            return Optional.of(text).filter(some -> !some.isEmpty());
        }
    }

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
            Optional<String> remedy,
            Optional<String> relief,
            Optional<String> tightened) {
        private static Reason of(dev.interlock.decision.Reason reason) {
            return new Reason(
                    reason.policy(),
                    reason.check(),
                    reason.mode().word(),
                    reason.effect().word(),
                    reason.relief() == Relief.ALREADY_PRESENT,
                    reason.violation().code(),
                    reason.violation().path(),
                    reason.violation().message(),
                    reason.owner().map(dev.interlock.workload.Owner::team),
                    reason.owner().map(dev.interlock.workload.Owner::contact).filter(contact -> !contact.isEmpty()),
                    reason.remedy(),
                    Optional.of(reason.relief().word()).filter(word -> !word.isEmpty()),
                    reason.tightened());
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
                request.trigger().word(),
                entry.at().truncatedTo(ChronoUnit.MILLIS),
                basis.cluster(),
                origin,
                request.trigger() == Trigger.ADMISSION ? request.caller().word() : "operator",
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
                basis.content().digest(),
                Optional.of(basis.template()).filter(digest -> !digest.isEmpty()),
                Optional.of(basis.service()),
                basis.claim().claimant().map(DeliveryPath::name),
                basis.claim().owner().map(Owner::of),
                Optional.of(basis.claim().word()),
                Optional.of(basis.claim().promotes(request.requester())),
                Optional.of(decision.approves()));
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
}
