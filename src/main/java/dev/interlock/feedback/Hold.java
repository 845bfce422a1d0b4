package dev.interlock.feedback;

import dev.interlock.feedback.History.Counted;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A stretch of time without a gap in which a rule holds.
///
/// @param because the names of what completed its last firing, oldest first, the latest [#NAMES]
record Hold(Instant since, Instant until, List<String> because) {
    private static final int NAMES = 10;

    /// The one that holds at that time. A rule fires when something happens that makes its window full, and
    /// only then: a window that is still full says nothing new.
    ///
    /// @param happened in order, none of it after `now`
    static Optional<Hold> at(Instant now, Rule rule, List<Counted> happened) {
        int count = rule.on().count();
        List<Integer> firings = IntStream.range(count - 1, happened.size())
                .filter(last -> {
                    Instant windowStart =
                            happened.get(last).at().minus(rule.on().within());
                    return happened.get(last - count + 1).at().isAfter(windowStart);
                })
                .boxed()
                .toList();
        if (firings.isEmpty()) {
            return Optional.empty();
        }
        int last = firings.getLast();
        Instant until = happened.get(last).at().plus(rule.hold());
        if (!now.isBefore(until)) {
            return Optional.empty();
        }
        Instant since = happened.get(last).at();
        for (int firing : firings.reversed()) {
            Instant at = happened.get(firing).at();
            if (at.plus(rule.hold()).isBefore(since)) {
                break;
            }
            since = at;
        }
        return Optional.of(new Hold(since, until, names(happened.subList(last - count + 1, last + 1))));
    }

    private static List<String> names(List<Counted> happened) {
        List<String> names = happened.stream().map(Counted::name).distinct().toList();
        return names.subList(Math.max(0, names.size() - NAMES), names.size());
    }
}
