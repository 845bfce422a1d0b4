package dev.interlock.decision;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What feedback makes of one check for a while. It can only tighten (law 11): the evaluator takes the stricter of this
/// and what is declared, and ignores what has ended.
///
/// @param service    whose promotions it is about; empty for everything that the policy guards
/// @param mode       raised to; empty where the mode stays
/// @param thresholds by name (for example `maxOpenDrift`), the largest value allowed; empty where none changes
/// @param cause      for people, for example `3 drifts in 1h`
/// @param because    the names of what brought it about, oldest first
/// @param since      when it began
/// @param until      when it ends: from then on what is declared holds
public record Tightening(
        CheckId check,
        Optional<String> service,
        Optional<Mode> mode,
        Map<String, Long> thresholds,
        String cause,
        List<String> because,
        Instant since,
        Instant until) {
    public Tightening {
        thresholds = Map.copyOf(thresholds);
        because = List.copyOf(because);
    }

    /// One line about it, for people.
    public String shown(Instant now) {
        return TighteningText.shown(this, now);
    }

    /// Whether it holds for a promotion of that service at that time.
    public boolean holds(String promoted, Instant at) {
        return at.isBefore(until) && service.map(promoted::equals).orElse(true);
    }
}
