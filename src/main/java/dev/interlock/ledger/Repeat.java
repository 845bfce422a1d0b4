package dev.interlock.ledger;

import java.time.Instant;

/// How often a denial came again within the time in which equal ones are counted.
///
/// @param first    the entry that stands for all of them
/// @param decision the id that they share
/// @param count    how many came after the first
/// @param lastAt   when the last of them came
public record Repeat(int schema, String first, String decision, long count, Instant lastAt) {}
