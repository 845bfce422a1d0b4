package dev.interlock.decision;

import dev.interlock.workload.ObjectRef;
import java.time.Instant;
import java.util.List;

/// What a check may look at beside the workload itself.
///
/// @param at       when the evidence was taken
/// @param drift    of the service that the subject belongs to, open and past
/// @param bindings for expressions
public record Situation(ObjectRef subject, Claim claim, Instant at, List<DriftFact> drift, Bindings bindings) {
    public Situation {
        drift = List.copyOf(drift);
    }

    /// The service that the subject belongs to.
    public String service() {
        return claim.service(subject.namespace());
    }
}
