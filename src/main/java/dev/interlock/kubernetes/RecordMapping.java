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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes a DecisionRecord from the ledger's entry, and only from that: it is never computed a second time (law 6).
/// Texts are cut at the CRD's bounds; the ledger has them whole.
final class RecordMapping {
    private static final int MOST_REASONS = 32;
    private static final int MOST_POLICIES = 64;

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
    static DecisionRecord status(DecisionEntry entry, Tally tally, Optional<Amendment> amendment) {
        DecisionRecord record = named(entry);
        record.setStatus(new DecisionRecordStatus(
                tally.occurrences(),
                tally.lastAt().toString(),
                cut(tally.lastEntry(), 63),
                amendment.map(RecordMapping::amendment).orElse(null)));
        return record;
    }

    private static String amendment(Amendment amendment) {
        return cut(
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
                cut(entry.operation(), 63),
                cut(entry.stage().orElse(""), 63),
                cut(policies.distinct().collect(Collectors.joining(",")), 253),
                cut(distinct(deciding, DecisionEntry.Reason::code), 253),
                cut(entry.requester(), 253),
                entry.policies().stream()
                        .limit(MOST_POLICIES)
                        .map(policy ->
                                new PolicyRefSpec(cut(policy.name(), 253), cut(policy.uid(), 63), policy.generation()))
                        .toList(),
                entry.checks(),
                Stream.concat(deciding.stream(), entry.reasons().stream().filter(reason -> !deciding.contains(reason)))
                        .limit(MOST_REASONS)
                        .map(RecordMapping::reason)
                        .toList(),
                Math.max(0, entry.reasons().size() - MOST_REASONS),
                cut(entry.trigger(), 63),
                cut(entry.gate(), 63),
                cut(entry.caller(), 63),
                cut(entry.content(), 64),
                cut(entry.decision(), 64),
                cut(entry.id(), 63),
                entry.at().toString(),
                cut(entry.cluster(), 63),
                cut(entry.origin(), 63));
    }

    private static SubjectSpec subject(DecisionEntry entry) {
        DecisionEntry.Subject subject = entry.subject();
        return new SubjectSpec(
                cut(subject.apiVersion(), 317),
                cut(subject.kind(), 63),
                cut(subject.name(), 253),
                cut(subject.uid(), 63),
                cut(entry.subresource(), 63));
    }

    /// The reasons that made the decision what it is.
    private static List<DecisionEntry.Reason> deciding(DecisionEntry entry) {
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
                cut(reason.policy(), 63),
                cut(reason.check(), 63),
                cut(reason.mode(), 63),
                cut(reason.effect(), 63),
                reason.alreadyPresent() ? Boolean.TRUE : null,
                cut(reason.code(), 63),
                cut(reason.path(), 253),
                cut(reason.message(), 512),
                reason.remedy().map(remedy -> cut(remedy, 256)).orElse(null),
                reason.ownerTeam()
                        .map(team -> new OwnerSpec(
                                cut(team, 63),
                                reason.ownerContact()
                                        .map(contact -> cut(contact, 128))
                                        .orElse(null)))
                        .orElse(null));
    }

    /// At most `max` code points, as the API server counts a CRD's `maxLength`.
    private static String cut(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max - 1)) + "…";
    }
}
