package dev.interlock.decision;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/// The durable write before the answer (law 5).
@FunctionalInterface
public interface Journal {
    /// Makes the entry durable. The stage always completes normally, at `deadline` at the latest.
    CompletionStage<Journaled> append(Entry entry, Instant deadline);

    /// What became of an entry.
    sealed interface Journaled {
        /// @param entry the id under which this decision is in the ledger: its own, or that of the first of several
        /// equal denials
        record Durable(String entry) implements Journaled {}

        /// @param cause one clause for people
        record NotDurable(String cause) implements Journaled {}
    }
}
