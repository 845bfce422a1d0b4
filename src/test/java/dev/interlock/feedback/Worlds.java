package dev.interlock.feedback;

import dev.interlock.decision.CheckId;
import dev.interlock.feedback.Oracle.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every small world: up to five things that happen to two services within five ticks, twice in one tick too.
final class Worlds {
    static final String POLICY = "production";
    static final CheckId CHECK = new CheckId("vulnerabilities");
    static final CheckId DENYING = new CheckId("images-pinned");

    /// Far enough for every hold to have ended.
    static final int LAST_NOW = 9;

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final List<Seen> SLOTS = Stream.concat(
                    IntStream.range(0, 5)
                            .boxed()
                            .flatMap(tick -> Stream.of("a", "b")
                                    .map(service -> new Seen("drift-%s%d".formatted(service, tick), service, tick))),
                    Stream.of(new Seen("drift-again", "a", 2)))
            .toList();

    private Worlds() {}

    static Instant at(int tick) {
        return START.plus(ticks(tick));
    }

    static Duration ticks(int ticks) {
        return Duration.ofMinutes(ticks);
    }

    static int tick(Instant at) {
        return Math.toIntExact(Duration.between(START, at).toMinutes());
    }

    static List<List<Seen>> upTo(int most) {
        List<List<Seen>> worlds = new ArrayList<>(List.of(List.of()));
        for (Seen slot : SLOTS) {
            for (List<Seen> world : List.copyOf(worlds)) {
                if (world.size() < most) {
                    worlds.add(with(world, slot));
                }
            }
        }
        return worlds;
    }

    static List<Seen> slots() {
        return SLOTS;
    }

    static List<Seen> with(List<Seen> world, Seen one) {
        return Stream.concat(world.stream(), Stream.of(one)).toList();
    }

    static <T> List<List<T>> permutations(List<T> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (int first = 0; first < items.size(); first++) {
            List<T> rest = new ArrayList<>(items);
            T chosen = rest.remove(first);
            for (List<T> tail : permutations(rest)) {
                all.add(Stream.concat(Stream.of(chosen), tail.stream()).toList());
            }
        }
        return all;
    }

    static History drifts(List<Seen> world) {
        return drifts(world, List.of());
    }

    static History drifts(List<Seen> world, List<Release> releases) {
        return new History(
                world.stream()
                        .map(seen -> new Onset(seen.name(), seen.service(), at(seen.tick())))
                        .toList(),
                List.of(),
                releases);
    }

    static Release release(int tick, Optional<String> service) {
        return new Release(POLICY, CHECK.value(), service, at(tick), "alice");
    }

    /// Rules in both scopes with the counts 1 to 3, short and long windows and holds; each sets a value of
    /// its own, by which its tightenings are known.
    static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (Scope scope : Scope.values()) {
            for (int count = 1; count <= 3; count++) {
                for (int within : List.of(1, 3)) {
                    for (int hold : List.of(1, 3)) {
                        Trigger on = new Trigger.Drift(count, ticks(within));
                        Map<String, Long> value = Map.of("high", (long) rules.size());
                        Tighten tighten = new Tighten.SetThresholds(CHECK, value);
                        rules.add(new Rule(on, tighten, scope, ticks(hold)));
                    }
                }
            }
        }
        return rules;
    }

    static Rule onDenials(Rule rule) {
        return new Rule(
                new Trigger.Violations(DENYING, rule.on().count(), rule.on().within()),
                rule.tighten(),
                rule.scope(),
                rule.hold());
    }
}
