package dev.interlock.kubernetes;

import dev.interlock.api.v1alpha1.DecisionRecord;
import dev.interlock.api.v1alpha1.DecisionRecordSpec;
import dev.interlock.api.v1alpha1.DecisionRecordStatus;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.api.v1alpha1.PolicyRefSpec;
import dev.interlock.api.v1alpha1.ReasonSpec;
import dev.interlock.api.v1alpha1.SubjectSpec;
import dev.interlock.decision.Decision;
import dev.interlock.ledger.Amendment;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.Tally;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes a DecisionRecord from the ledger's entry, and only from that: it is never computed a second time
/// (law 6). Texts are cut at the CRD's bounds; the ledger has them whole.
final class RecordMapping {
    private static final int MOST_REASONS = 32;
    private static final int MOST_POLICIES = 64;

    /// The words that the CRD lets in; a newer version's ledger may have others.
    private static final Set<String> APPLIED = Set.of("Persisted", "NotPersisted", "Superseded");

    private RecordMapping() {}

    static DecisionRecord record(DecisionEntry entry) {
        DecisionRecord record = named(entry);
        record.getMetadata()
                .setLabels(
                        Map.of("app.kubernetes.io/managed-by", "interlock", "interlock.dev/decision", entry.outcome()));
        record.setSpec(spec(entry));
        return record;
    }

    /// Identity and status only: what a server-side apply of the status may hold.
    ///
    /// @param applied  what became of what was let in, where it is known
    /// @param recalled whether the content, which the decision approved, would be denied now
    static DecisionRecord status(
            DecisionEntry entry,
            Tally tally,
            Optional<Amendment> amendment,
            Optional<String> applied,
            boolean recalled) {
        DecisionRecord record = named(entry);
        record.setStatus(new DecisionRecordStatus(
                tally.occurrences(),
                tally.lastAt().toString(),
                Text.cut(tally.lastEntry(), 63),
                tally.lastUid().isEmpty() ? null : Text.cut(tally.lastUid(), 63),
                amendment.map(RecordMapping::amendment).orElse(null),
                applied.filter(APPLIED::contains).orElse(null),
                recalled ? Boolean.TRUE : null));
        return record;
    }

    private static String amendment(Amendment amendment) {
        return Text.cut(
                "entry %s was answered %s, %s: %s"
                        .formatted(
                                amendment.entry(),
                                amendment.answered(),
                                amendment.admitted() ? "let in" : "refused",
                                amendment.cause()),
                512);
    }

    private static DecisionRecord named(DecisionEntry entry) {
        DecisionRecord record = new DecisionRecord();
        record.getMetadata().setNamespace(entry.subject().namespace());
        record.getMetadata().setName(Decision.recordName(entry.decision()));
        return record;
    }

    private static DecisionRecordSpec spec(DecisionEntry entry) {
        List<DecisionEntry.Reason> deciding = deciding(entry);
        Stream<String> policies = deciding.isEmpty() || entry.outcome().equals("Allowed")
                ? entry.policies().stream().map(DecisionEntry.Policy::name)
                : deciding.stream().map(DecisionEntry.Reason::policy).filter(name -> !name.isEmpty());
        return new DecisionRecordSpec(
                entry.outcome(),
                entry.admitted(),
                subject(entry),
                Text.cut(entry.operation(), 63),
                Text.cut(entry.stage().orElse(""), 63),
                Text.cut(policies.distinct().collect(Collectors.joining(",")), 253),
                Text.cut(distinct(deciding, DecisionEntry.Reason::code), 253),
                Text.cut(entry.requester(), 253),
                entry.policies().stream()
                        .limit(MOST_POLICIES)
                        .map(policy -> new PolicyRefSpec(
                                Text.cut(policy.name(), 253), Text.cut(policy.uid(), 63), policy.generation()))
                        .toList(),
                entry.checks(),
                Stream.concat(deciding.stream(), entry.reasons().stream().filter(reason -> !deciding.contains(reason)))
                        .limit(MOST_REASONS)
                        .map(RecordMapping::reason)
                        .toList(),
                Math.max(0, entry.reasons().size() - MOST_REASONS),
                Text.cut(entry.trigger(), 63),
                Text.cut(entry.gate(), 63),
                Text.cut(entry.caller(), 63),
                Text.cut(entry.content(), 64),
                Text.cut(entry.decision(), 64),
                Text.cut(entry.id(), 63),
                entry.at().toString(),
                Text.cut(entry.cluster(), 63),
                Text.cut(entry.origin(), 63),
                entry.service().map(service -> Text.cut(service, 253)).orElse(null),
                entry.owner().map(DriftMapping::owner).orElse(null),
                entry.path().map(path -> Text.cut(path, 253)).orElse(null),
                entry.approves().orElse(null));
    }

    private static SubjectSpec subject(DecisionEntry entry) {
        DecisionEntry.Subject subject = entry.subject();
        return new SubjectSpec(
                Text.cut(subject.apiVersion(), 317),
                Text.cut(subject.kind(), 63),
                Text.cut(subject.name(), 253),
                Text.cut(subject.uid(), 63),
                Text.cut(entry.subresource(), 63));
    }

    /// The reasons that made the decision what it is.
    static List<DecisionEntry.Reason> deciding(DecisionEntry entry) {
        String effect = switch (entry.outcome()) {
            case "Denied" -> "Denies";
            case "Undecided" -> "LeavesUndecided";
            case "Warned" -> "Warns";
            default -> "Recorded";
        };
        return entry.reasons().stream()
                .filter(reason -> reason.effect().equals(effect))
                .toList();
    }

    private static String distinct(List<DecisionEntry.Reason> reasons, Function<DecisionEntry.Reason, String> what) {
        return reasons.stream().map(what).distinct().collect(Collectors.joining(","));
    }

    private static ReasonSpec reason(DecisionEntry.Reason reason) {
        return new ReasonSpec(
                Text.cut(reason.policy(), 63),
                Text.cut(reason.check(), 63),
                Text.cut(reason.mode(), 63),
                Text.cut(reason.effect(), 63),
                reason.alreadyPresent() ? Boolean.TRUE : null,
                Text.cut(reason.code(), 63),
                Text.cut(reason.path(), 253),
                Text.cut(reason.message(), 512),
                reason.remedy().map(remedy -> Text.cut(remedy, 256)).orElse(null),
                reason.ownerTeam()
                        .map(team -> new OwnerSpec(
                                Text.cut(team, 63),
                                reason.ownerContact()
                                        .map(contact -> Text.cut(contact, 128))
                                        .orElse(null),
                                null))
                        .orElse(null),
                reason.tightened().map(text -> Text.cut(text, 512)).orElse(null),
                reason.relief().map(text -> Text.cut(text, 63)).orElse(null));
    }
}
