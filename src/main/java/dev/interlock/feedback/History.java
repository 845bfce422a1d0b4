package dev.interlock.feedback;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What happened, in any order. What is in it twice counts once, so that a replay changes nothing.
///
/// @param onsets   of the drift that the policy sees
/// @param denials  of any policies
/// @param releases of any policies
public record History(List<Onset> onsets, List<Denial> denials, List<Release> releases) {
    public static final History EMPTY = new History(List.of(), List.of(), List.of());

    public History {
        onsets = List.copyOf(onsets);
        denials = List.copyOf(denials);
        releases = List.copyOf(releases);
    }

    /// What counts towards that rule at that time, oldest first. What a clock that runs ahead dated later
    /// than `now` is not there yet.
    List<Counted> counted(Rule rule, String policy, Instant now) {
        List<Release> ended = releases.stream()
                .filter(release -> release.policy().equals(policy)
                        && release.check().equals(rule.tighten().check().value())
                        && !release.at().isAfter(now))
                .toList();
        return happened(rule.on(), policy)
                .filter(one -> !one.at().isAfter(now))
                .filter(one -> ended.stream().noneMatch(release -> release.discards(one.service(), one.at())))
                .sorted(Counted.ORDER)
                .toList();
    }

    /// When there is something that is not there yet at that time.
    Stream<Instant> later(Instant now) {
        return Stream.of(
                        onsets.stream().map(Onset::at),
                        denials.stream().map(Denial::at),
                        releases.stream().map(Release::at))
                .flatMap(times -> times)
                .filter(time -> time.isAfter(now));
    }

    private Stream<Counted> happened(Trigger trigger, String policy) {
        return switch (trigger) {
            case Trigger.Drift _ -> {
                Map<String, Counted> byName = onsets.stream()
                        .map(onset -> new Counted(onset.name(), onset.service(), onset.at()))
                        .collect(Collectors.toMap(Counted::name, one -> one, BinaryOperator.minBy(Counted.ORDER)));
                yield byName.values().stream();
            }
            case Trigger.Violations violations ->
                denials.stream()
                        .filter(denial -> denial.policy().equals(policy)
                                && denial.check().equals(violations.check().value()))
                        .map(denial -> new Counted(denial.record(), denial.service(), denial.at()))
                        .distinct();
        };
    }

    /// One thing that a rule counts.
    record Counted(String name, String service, Instant at) {
        static final Comparator<Counted> ORDER =
                Comparator.comparing(Counted::at).thenComparing(Counted::name).thenComparing(Counted::service);
    }
}
