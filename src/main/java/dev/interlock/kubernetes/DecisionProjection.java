package dev.interlock.kubernetes;

import dev.interlock.api.v1alpha1.DecisionRecord;
import dev.interlock.decision.Trigger;
import dev.interlock.ledger.AppliedEntry;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.Set;

/// Decisions become DecisionRecords. A reassessment that finds nothing wrong stays in the ledger only.
///
/// @param own         Interlock's namespace, where records are of what is in none
/// @param admissions  the webhook's ledger
/// @param assessments the operator's
public record DecisionProjection(KubernetesClient client, String own, LedgerReader admissions, LedgerReader assessments)
        implements Projection {
    @Override
    public Set<String> kinds() {
        return Set.of("Decision", "Repeat", "Amendment");
    }

    @Override
    public String suffix() {
        return "";
    }

    @Override
    public boolean project(LedgerReader reader, Stored row) {
        return switch (row) {
            case Stored.Decided decided -> write(reader, decided.entry());
            case Stored.Repeated repeated ->
                entry(reader, repeated.repeat().first())
                        .filter(first -> write(reader, first))
                        .isPresent();
            case Stored.Amended amended ->
                entry(reader, amended.amendment().entry())
                        .filter(entry -> write(reader, entry))
                        .isPresent();
            default -> throw new IllegalStateException("no decision: " + row);
        };
    }

    private static Optional<DecisionEntry> entry(LedgerReader reader, String id) {
        return reader.byEntry(id)
                .flatMap(
                        row -> row instanceof Stored.Decided decided ? Optional.of(decided.entry()) : Optional.empty());
    }

    /// The decisions that approved what was looked at again say whether it is recalled.
    private void mark(DecisionEntry reassessment) {
        admissions.of(reassessment.subject().uid()).stream()
                .filter(intent -> intent.approves() && intent.content().equals(reassessment.content()))
                .flatMap(intent -> entry(admissions, intent.entry()).stream())
                .forEach(approving -> write(admissions, approving));
    }

    private boolean recalled(DecisionEntry entry) {
        return entry.approves().orElse(false)
                && assessments.recalled(entry.subject().uid()).contains(entry.content());
    }

    /// Writes the status anew of what was decided at that admission.
    void status(String admission) {
        entry(admissions, admission).ifPresent(entry -> write(admissions, entry));
    }

    /// One at a time: what was read later must not be written earlier.
    private synchronized boolean write(LedgerReader reader, DecisionEntry entry) {
        boolean reassessed = entry.trigger().equals(Trigger.REASSESSMENT.word());
        if (reassessed) {
            mark(entry);
        }
        if (reassessed && entry.outcome().equals("Allowed")) {
            return false;
        }
        Projection.create(client, placed(RecordMapping.record(entry)));
        long last = reader.last();
        reader.tally(entry.decision(), last)
                .ifPresent(tally -> Projection.applyStatus(
                        client,
                        placed(RecordMapping.status(
                                entry,
                                tally,
                                reader.amendment(entry.decision(), last),
                                assessments.applied(entry.decision()).map(AppliedEntry::applied),
                                recalled(entry)))));
        return true;
    }

    /// What is in no namespace has its records in Interlock's.
    private DecisionRecord placed(DecisionRecord record) {
        if (record.getMetadata().getNamespace().isEmpty()) {
            record.getMetadata().setNamespace(own);
        }
        return record;
    }
}
