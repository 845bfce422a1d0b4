package dev.interlock.ledger;

import java.time.Instant;

/// Says of an entry that it is not what was answered: the entry became durable, but too late to be waited for.
///
/// @param entry    the entry amended
/// @param decision its decision
/// @param answered the outcome that was answered in its place
/// @param admitted whether the request went on
/// @param cause    one clause for people
/// @param at       when the entry was decided
public record Amendment(
        int schema, String entry, String decision, String answered, boolean admitted, String cause, Instant at) {}
