package dev.interlock.decision;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// What was approved for one object, as far as a decision about it needs to know.
///
/// @param contents digests of the contents that are approved
/// @param wayBack  digests of the pod templates to which the way back is open (law 10)
public record Approvals(Set<String> contents, Set<String> wayBack) {
    public static final Approvals NONE = new Approvals(Set.of(), Set.of());

    public Approvals {
        contents = Set.copyOf(contents);
        wayBack = Set.copyOf(wayBack);
    }

    /// One approval.
    ///
    /// @param order    its place among the approvals of the object
    /// @param content  digest
    /// @param template digest; empty where it is not known
    public record Approved(long order, Instant at, String content, Optional<String> template) {}
}
