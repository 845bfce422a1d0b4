package dev.interlock.ledger;

import java.time.Instant;

/// A namespace came into scope for the first time: what was there then has its baseline.
///
/// @param namespace its name
/// @param uid       its uid, and the row's id
/// @param baselines how many objects got one
public record Scope(int schema, String namespace, String uid, Instant at, int baselines) {}
