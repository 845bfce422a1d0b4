package dev.interlock.kubernetes;

import dev.interlock.decision.Trigger;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.Set;

/// Decisions become DecisionRecords. A reassessment that finds nothing wrong stays in the ledger only.
public record DecisionProjection(KubernetesClient client) implements Projection {
    @Override
    public Set<String> kinds() {
        return Set.of("Decision", "Repeat", "Amendment");
    }

    @Override
    public String suffix() {
        return "";
    }

    @Override
    public void project(LedgerReader reader, Stored row) {
        switch (row) {
            case Stored.Decided decided -> write(reader, decided.entry(), row.sequence());
            case Stored.Repeated repeated ->
                entry(reader, repeated.repeat().first()).ifPresent(first -> write(reader, first, row.sequence()));
            case Stored.Amended amended ->
                entry(reader, amended.amendment().entry()).ifPresent(entry -> write(reader, entry, row.sequence()));
            default -> throw new IllegalStateException("no decision: " + row);
        }
    }

    private static Optional<DecisionEntry> entry(LedgerReader reader, String id) {
        return reader.byEntry(id)
                .flatMap(
                        row -> row instanceof Stored.Decided decided ? Optional.of(decided.entry()) : Optional.empty());
    }

    private void write(LedgerReader reader, DecisionEntry entry, long upTo) {
        if (entry.trigger().equals(Trigger.REASSESSMENT.word())
                && entry.outcome().equals("Allowed")) {
            return;
        }
        Projection.create(client, RecordMapping.record(entry));
        reader.tally(entry.decision(), upTo)
                .ifPresent(tally -> Projection.applyStatus(
                        client, RecordMapping.status(entry, tally, reader.amendment(entry.decision(), upTo))));
    }
}
