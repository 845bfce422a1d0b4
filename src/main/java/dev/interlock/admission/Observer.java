package dev.interlock.admission;

import dev.interlock.decision.Decision;
import java.time.Duration;

/// Who wants to know what the endpoint does; metrics implement it.
public interface Observer {
    /// The steps of one admission whose duration is told.
    enum Phase {
        RECEIVE,
        GATHER,
        EVALUATE,
        JOURNAL,
        RESPOND
    }

    void decided(Decision decision, boolean dryRun);

    void took(Phase phase, Duration duration);

    /// A review that was answered without a decision, or a request that is no review.
    void undecidable(String what);

    /// An answer that admitted although its evidence is not durable.
    void evidenceMissing();
}
