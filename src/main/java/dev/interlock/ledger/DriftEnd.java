package dev.interlock.ledger;

import java.time.Instant;

/// The end of a drift.
///
/// @param name of the DriftEvent
/// @param how  `Restored`, `Approved`, `Superseded` or `Gone`
public record DriftEnd(int schema, String name, String uid, String how, Instant at) {}
