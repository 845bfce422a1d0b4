package dev.interlock.ledger;

import java.time.Instant;

/// What became of a change that was let in (law 7).
///
/// @param entry    of the admission; the row's id
/// @param decision its decision
/// @param uid      of the object
/// @param applied  `Persisted`, `NotPersisted` or `Superseded`
/// @param at       when it was known
public record AppliedEntry(int schema, String entry, String decision, String uid, String applied, Instant at) {}
