package dev.interlock.feedback;

import java.time.Instant;

/// When an object began to drift: a DriftEvent that continues none.
///
/// @param name    the DriftEvent's; onsets of one name are one
/// @param service of the object
public record Onset(String name, String service, Instant at) {}
