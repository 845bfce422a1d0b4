package dev.interlock.ledger;

import java.time.Instant;

/// How often a decision was made, up to some place in the ledger.
///
/// @param occurrences those written and those counted; at least one
/// @param lastAt      when the last of them was
/// @param lastEntry   the last one that was written
/// @param lastUid     of the object that it was about; empty where the object had none yet
public record Tally(long occurrences, Instant lastAt, String lastEntry, String lastUid) {
    /// With what was counted and not written.
    Tally and(Repeat repeat) {
        Instant later = repeat.lastAt().isAfter(lastAt) ? repeat.lastAt() : lastAt;
        return new Tally(occurrences + repeat.count(), later, lastEntry, lastUid);
    }
}
