package dev.interlock.feedback;

import java.time.Instant;

/// One denial by one check as its policy declares it. A denial that only feedback brought about is none:
/// feedback never feeds on what it made.
///
/// @param record  the name of the DecisionRecord; one record may deny at more than one time
/// @param policy  its name
/// @param check   its id
/// @param service whose promotion it was
public record Denial(String record, String policy, String check, String service, Instant at) {}
