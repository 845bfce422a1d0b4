package dev.interlock.decision;

import java.time.Instant;

/// What decisions need to know of one drift: Drifted or Bypassed, never Unapproved.
///
/// @param name      of the DriftEvent
/// @param since     when it was first seen
/// @param open      whether it still is
/// @param continues whether it continues another one whose paths changed, so that it is no onset
public record DriftFact(String name, String service, Instant since, boolean open, boolean continues) {}
