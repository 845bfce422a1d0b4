package dev.interlock.decision.check;

import dev.interlock.decision.Check;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.DriftFact;
import dev.interlock.decision.Situation;
import dev.interlock.decision.Violation;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The service that is promoted has not drifted more than is borne: neither now nor lately.
///
/// @param maxOpenDrift how many drifts may be open; empty: any number
/// @param maxDrift     how many may have begun within a time; empty: any number
public record Stable(Optional<Long> maxOpenDrift, Optional<Limit> maxDrift) implements Check {
    public static final String MAX_OPEN_DRIFT = "maxOpenDrift";
    public static final String MAX_DRIFT = "maxDrift";

    /// @param count  the largest number allowed
    /// @param within before now
    /// @param shown  the time as the policy has it
    public record Limit(long count, Duration within, String shown) {}

    @Override
    public CheckResult evaluate(Workload workload, Situation situation) {
        List<Violation> violations = new ArrayList<>();
        maxOpenDrift.ifPresent(most -> {
            List<DriftFact> open =
                    situation.drift().stream().filter(DriftFact::open).toList();
            if (open.size() > most) {
                violations.add(new Violation(
                        "OpenDrift",
                        "",
                        "service `%s` has %d open drifts, at most %d allowed%s; restore or promote what drifted"
                                .formatted(situation.service(), open.size(), most, names(open))));
            }
        });
        maxDrift.ifPresent(limit -> {
            Instant from = situation.at().minus(limit.within());
            List<DriftFact> onsets = situation.drift().stream()
                    .filter(fact -> !fact.continues() && fact.since().isAfter(from))
                    .toList();
            if (onsets.size() > limit.count()) {
                violations.add(new Violation(
                        "DriftFrequent",
                        "",
                        "service `%s` drifted %d times in %s, at most %d allowed%s; see why it is changed by hand"
                                .formatted(
                                        situation.service(),
                                        onsets.size(),
                                        limit.shown(),
                                        limit.count(),
                                        names(onsets))));
            }
        });
        return violations.isEmpty() ? new CheckResult.Passed() : new CheckResult.Failed(new NonEmpty<>(violations));
    }

    @Override
    public boolean aboutPromotion() {
        return true;
    }

    @Override
    public Check tightened(Map<String, Long> thresholds) {
        return new Stable(
                maxOpenDrift.map(most -> Math.min(most, thresholds.getOrDefault(MAX_OPEN_DRIFT, most))),
                maxDrift.map(limit -> new Limit(
                        Math.min(limit.count(), thresholds.getOrDefault(MAX_DRIFT, limit.count())),
                        limit.within(),
                        limit.shown())));
    }

    private static String names(List<DriftFact> facts) {
        return facts.stream().map(DriftFact::name).sorted().limit(3).collect(Collectors.joining(", ", " (", ")"));
    }
}
