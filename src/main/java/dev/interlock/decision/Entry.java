package dev.interlock.decision;

import java.time.Instant;

/// One occurrence of a decision, as the ledger keeps it. Its id is the review's uid.
///
/// @param at when it was decided
public record Entry(Decision decision, Instant at) {
    public String id() {
        return decision.basis().request().uid();
    }
}
