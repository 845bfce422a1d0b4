package dev.interlock.ledger;

import java.time.Instant;

/// From here on the gate was not there, or did not ask about all that it should.
///
/// @param id    of the gap
/// @param start no later than the gate was away: when it was last seen whole
/// @param cause `WebhookDown`, `GateMissing`, `GateNarrowed` or `GateWithoutAuthority`
public record Gap(int schema, String id, Instant start, String cause, String detail) {}
