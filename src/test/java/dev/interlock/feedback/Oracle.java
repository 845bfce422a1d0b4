package dev.interlock.feedback;

import static dev.interlock.feedback.Worlds.at;
import static dev.interlock.feedback.Worlds.tick;

import dev.interlock.decision.Mode;
import dev.interlock.decision.Tightening;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What must come out, as the design words it, by trying every tick: no sorting, no sums of times.
final class Oracle {
    /// Something that happened.
    record Seen(String name, String service, int tick) {}

    private final int count;
    private final int within;
    private final int hold;
    private final List<Seen> seen;

    private Oracle(Rule rule, List<Seen> seen) {
        count = rule.on().count();
        within = ticks(rule.on().within());
        hold = ticks(rule.hold());
        this.seen = seen;
    }

    static Set<Tightening> of(List<Rule> rules, List<Seen> world, List<Release> releases, int now) {
        Set<Tightening> expected = new HashSet<>();
        for (Rule rule : rules) {
            Predicate<Seen> counts = one -> one.tick() <= now
                    && releases.stream()
                            .noneMatch(release -> tick(release.at()) <= now
                                    && tick(release.at()) >= one.tick()
                                    && (release.service().isEmpty()
                                            || release.service().get().equals(one.service())));
            List<Seen> all = world.stream().filter(counts).toList();
            switch (rule.scope()) {
                case POLICY ->
                    new Oracle(rule, all)
                            .tightening(now, rule, Optional.empty())
                            .ifPresent(expected::add);
                case SERVICE -> {
                    for (String service : List.of("a", "b")) {
                        List<Seen> own = all.stream()
                                .filter(one -> one.service().equals(service))
                                .toList();
                        new Oracle(rule, own)
                                .tightening(now, rule, Optional.of(service))
                                .ifPresent(expected::add);
                    }
                }
            }
        }
        return expected;
    }

    private Optional<Tightening> tightening(int now, Rule rule, Optional<String> service) {
        if (!holds(now)) {
            return Optional.empty();
        }
        int since = now;
        while (holds(since - 1)) {
            since--;
        }
        int until = now;
        while (holds(until)) {
            until++;
        }
        Optional<Mode> mode =
                rule.tighten() instanceof Tighten.RaiseToEnforce ? Optional.of(Mode.ENFORCE) : Optional.empty();
        Map<String, Long> thresholds = rule.tighten() instanceof Tighten.SetThresholds set ? set.values() : Map.of();
        return Optional.of(new Tightening(
                rule.tighten().check(),
                service,
                mode,
                thresholds,
                rule.on().cause(),
                because(until - hold),
                at(since),
                at(until)));
    }

    private boolean holds(int time) {
        return seen.stream().anyMatch(one -> one.tick() <= time && time < one.tick() + hold && completes(one.tick()));
    }

    private boolean completes(int end) {
        return inWindow(end).size() >= count;
    }

    private List<Seen> inWindow(int end) {
        return seen.stream()
                .filter(one -> end - within < one.tick() && one.tick() <= end)
                .toList();
    }

    private List<String> because(int end) {
        List<String> names = inWindow(end).stream()
                .sorted(Comparator.comparingInt(Seen::tick).thenComparing(Seen::name))
                .map(Seen::name)
                .toList();
        return names.subList(names.size() - count, names.size());
    }

    private static int ticks(Duration duration) {
        return Math.toIntExact(duration.toMinutes());
    }
}
