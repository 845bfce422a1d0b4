package dev.interlock.cli;

import dev.interlock.decision.CheckId;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Policy;
import dev.interlock.decision.Tightening;
import dev.interlock.decision.check.Stable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What feedback makes stricter now.
///
/// @param service empty for everything that the policy guards
/// @param from    as declared
record Tightened(
        String policy,
        CheckId check,
        Optional<String> service,
        String from,
        String to,
        Instant until,
        String cause,
        List<String> because) {
    private static final List<String> HEADER =
            List.of("policy", "check", "service", "from", "to", "until", "cause", "because");

    static List<Tightened> of(List<Policy> policies, Instant now) {
        List<Tightened> all = new ArrayList<>();
        for (Policy policy : policies) {
            if (policy instanceof Policy.Loaded loaded) {
                loaded.tightenings().stream()
                        .filter(tightening -> now.isBefore(tightening.until()))
                        .forEach(tightening -> loaded.checks().stream()
                                .filter(check -> check.id().equals(tightening.check()))
                                .forEach(check -> all.add(of(loaded, check, tightening))));
            }
        }
        return all.stream()
                .sorted(Comparator.comparing(Tightened::policy)
                        .thenComparing(Tightened::check)
                        .thenComparing(tightened -> tightened.service().orElse("")))
                .toList();
    }

    private static Tightened of(Policy.Loaded policy, ConfiguredCheck check, Tightening tightening) {
        List<String> from = new ArrayList<>();
        List<String> to = new ArrayList<>();
        tightening.mode().ifPresent(mode -> {
            from.add(check.mode().word());
            to.add(mode.word());
        });
        Map<String, Long> declared = declared(check);
        new TreeMap<>(tightening.thresholds()).forEach((name, value) -> {
            from.add("%s %s".formatted(name, declared.containsKey(name) ? declared.get(name) : "unset"));
            to.add("%s %d".formatted(name, value));
        });
        return new Tightened(
                policy.ref().name(),
                check.id(),
                tightening.service(),
                String.join(", ", from),
                String.join(", ", to),
                tightening.until(),
                tightening.cause(),
                tightening.because());
    }

    private static Map<String, Long> declared(ConfiguredCheck check) {
        Map<String, Long> declared = new TreeMap<>();
        if (check.check() instanceof Stable stable) {
            stable.maxOpenDrift().ifPresent(most -> declared.put(Stable.MAX_OPEN_DRIFT, most));
            stable.maxDrift().ifPresent(limit -> declared.put(Stable.MAX_DRIFT, limit.count()));
        }
        return declared;
    }

    boolean concerns(Optional<String> asked) {
        return asked.isEmpty() || service.isEmpty() || service.equals(asked);
    }

    /// As one clause, for example `images-pinned Warn→Enforce until 2026-11-25T14:20:00Z`.
    String shortly() {
        return "%s %s→%s until %s".formatted(check, from, to, until);
    }

    static Grid grid(List<Tightened> all) {
        return new Grid(
                HEADER,
                all.stream()
                        .map(each -> List.of(
                                each.policy(),
                                each.check().value(),
                                each.service().orElse("*"),
                                each.from(),
                                each.to(),
                                each.until().toString(),
                                each.cause(),
                                String.join(" ", each.because())))
                        .toList());
    }

    Map<String, Object> json() {
        return Json.object(
                "policy", policy,
                "check", check.value(),
                "service", service,
                "from", from,
                "to", to,
                "until", until.toString(),
                "cause", cause,
                "because", because);
    }
}
