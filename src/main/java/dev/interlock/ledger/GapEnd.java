package dev.interlock.ledger;

import java.time.Instant;

/// The end of a [Gap]: the gate is whole again.
public record GapEnd(int schema, String id, Instant end) {}
