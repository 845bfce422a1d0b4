package dev.interlock.ledger;

import java.time.Instant;
import java.util.Optional;

/// A person ended what feedback had tightened.
///
/// @param id        the uid of the FeedbackRelease
/// @param service   empty for every service
/// @param requester as the API server authenticated them
public record ReleaseEntry(
        int schema,
        String id,
        String name,
        String policy,
        String check,
        Optional<String> service,
        String requester,
        String reason,
        Instant at) {}
