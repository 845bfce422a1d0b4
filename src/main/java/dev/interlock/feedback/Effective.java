package dev.interlock.feedback;

import dev.interlock.decision.Mode;
import dev.interlock.decision.Tightening;
import dev.interlock.feedback.History.Counted;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What feedback makes of a policy's checks at a time (law 11). It knows declared rules and history, and
/// never what it said before: an operator that was dead for a week says what it would have said had it lived.
public final class Effective {
    private static final Comparator<Tightening> ORDER = Comparator.comparing(Tightening::check)
            .thenComparing(tightening -> tightening.service().orElse(""))
            .thenComparing(Tightening::until)
            .thenComparing(Tightening::cause)
            .thenComparing(Tightening::since)
            .thenComparing(tightening -> tightening.mode().map(Mode::name).orElse(""))
            .thenComparing(tightening -> new TreeMap<>(tightening.thresholds()).toString())
            .thenComparing(tightening -> String.join(",", tightening.because()));

    private Effective() {}

    /// One for each rule and service, or rule, that holds, in a stable order.
    ///
    /// @param policy the name of the policy that the rules are of
    public static List<Tightening> of(List<Rule> rules, String policy, History history, Instant now) {
        return rules.stream()
                .flatMap(rule -> of(rule, history.counted(rule, policy, now), now))
                .distinct()
                .sorted(ORDER)
                .toList();
    }

    /// When the answer may change next by time alone, always after now; empty where it will not.
    public static Optional<Instant> next(List<Rule> rules, String policy, History history, Instant now) {
        return Stream.concat(of(rules, policy, history, now).stream().map(Tightening::until), history.later(now))
                .min(Comparator.naturalOrder());
    }

    /// How far back history matters: what is that old, or older, can be dropped. Only the start of a hold
    /// that has been extended for longer than that is then lost: it is told later than it was.
    public static Duration reach(List<Rule> rules) {
        return rules.stream().map(Rule::reach).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    /// At most so many: those that end last.
    public static Bounded bounded(List<Tightening> tightenings, int most) {
        List<Tightening> kept = tightenings.stream()
                .sorted(Comparator.comparing(Tightening::until).reversed().thenComparing(ORDER))
                .limit(most)
                .sorted(ORDER)
                .toList();
        return new Bounded(kept, tightenings.size() - kept.size());
    }

    /// @param kept    in the order of [#of]
    /// @param leftOut how many were not kept
    public record Bounded(List<Tightening> kept, int leftOut) {
        public Bounded {
            kept = List.copyOf(kept);
        }
    }

    private static Stream<Tightening> of(Rule rule, List<Counted> counted, Instant now) {
        Map<Optional<String>, List<Counted>> groups = counted.stream()
                .collect(Collectors.groupingBy(one -> switch (rule.scope()) {
                    case SERVICE -> Optional.of(one.service());
                    case POLICY -> Optional.empty();
                }));
        return groups.entrySet().stream()
                .flatMap(group -> Hold.at(now, rule, group.getValue()).stream()
                        .map(hold -> tightening(rule, group.getKey(), hold)));
    }

    private static Tightening tightening(Rule rule, Optional<String> service, Hold hold) {
        Optional<Mode> mode = switch (rule.tighten()) {
            case Tighten.RaiseToEnforce _ -> Optional.of(Mode.ENFORCE);
            case Tighten.SetThresholds _ -> Optional.empty();
        };
        Map<String, Long> thresholds = switch (rule.tighten()) {
            case Tighten.RaiseToEnforce _ -> Map.of();
            case Tighten.SetThresholds set -> set.values();
        };
        return new Tightening(
                rule.tighten().check(),
                service,
                mode,
                thresholds,
                rule.on().cause(),
                hold.because(),
                hold.since(),
                hold.until());
    }
}
