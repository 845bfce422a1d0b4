package dev.interlock.ledger;

import java.time.Instant;

/// A ledger went back: it has not what it once had, because an older copy was restored or another one took its place.
///
/// @param id     follows from what went back to where
/// @param at     when it was noticed
/// @param ledger its origin
/// @param kept   the last row that is known to be what it was; 0 where none is
/// @param last   the last row that it had
public record Rollback(int schema, String id, Instant at, String ledger, long kept, long last) {}
