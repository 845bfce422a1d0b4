package dev.interlock.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What feedback makes of a policy from here on: a revision of what is in force.
///
/// @param id         a hash of policy, generation and values
/// @param effective  all of them; empty where what is declared holds again
public record TighteningEntry(
        int schema, String id, String policy, String uid, long generation, Instant at, List<Effective> effective) {
    public TighteningEntry {
        effective = List.copyOf(effective);
    }

    /// One value in force.
    public record Effective(
            String check,
            Optional<String> service,
            Optional<String> mode,
            Map<String, Long> thresholds,
            String cause,
            List<String> because,
            Instant since,
            Instant until) {
        public Effective {
            thresholds = Map.copyOf(thresholds);
            because = List.copyOf(because);
        }
    }
}
