package dev.interlock.kubernetes;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import java.util.Set;

/// What became of what was let in stands in the status of its DecisionRecord.
public record AppliedProjection(DecisionProjection decisions) implements Projection {
    @Override
    public Set<String> kinds() {
        return Set.of("Applied");
    }

    @Override
    public String suffix() {
        return "#applied";
    }

    @Override
    public boolean project(LedgerReader reader, Stored row) {
        if (row instanceof Stored.Applied applied) {
            decisions.status(applied.applied().entry());
        }
        return true;
    }
}
