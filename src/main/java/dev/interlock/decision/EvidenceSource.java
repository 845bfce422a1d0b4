package dev.interlock.decision;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/// Where evidence comes from: memory only, never the network (law 4).
@FunctionalInterface
public interface EvidenceSource {
    /// What is known for this request. A namespace that is not known yet is waited for, until `deadline` and
    /// no longer than a second; then the evidence says that it is unknown.
    CompletionStage<Evidence> gather(Request request, Instant deadline);
}
