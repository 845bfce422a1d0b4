package dev.interlock.feedback;

import java.time.Instant;
import java.util.Optional;

/// A person's recorded end of what feedback tightened: what happened until then no longer counts towards it.
///
/// @param policy    its name
/// @param check     the id of the check that was tightened
/// @param service   for which; empty for all
/// @param requester who did it
public record Release(String policy, String check, Optional<String> service, Instant at, String requester) {
    /// Whether it discards what happened to that service at that time.
    boolean discards(String happenedTo, Instant when) {
        return !when.isAfter(at) && service.map(happenedTo::equals).orElse(true);
    }
}
