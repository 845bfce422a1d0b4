package dev.interlock.kubernetes;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// That webhooks answer, as their Leases prove it.
///
/// @param since from then on without a break
/// @param seen  until then for certain: when one of them was renewed last
public record Answering(Instant since, Instant seen) {
    /// For how long one webhook process has answered.
    ///
    /// @param from      when its port opened
    /// @param renewed   when it last said so
    /// @param liveUntil from then on it counts as dead
    public record Span(Instant from, Instant renewed, Instant liveUntil) {}

    /// The time without a break that ends with the newest renewal; empty where nobody is live. What a process
    /// did behind its last renewal is not known.
    static Optional<Answering> of(List<Span> spans, Instant now) {
        if (spans.stream().noneMatch(span -> span.liveUntil().isAfter(now))) {
            return Optional.empty();
        }
        List<Span> newestFirst = spans.stream()
                .sorted(Comparator.comparing(Span::renewed).reversed())
                .toList();
        Instant since = newestFirst.getFirst().from();
        for (Span span : newestFirst) {
            if (!span.renewed().isBefore(since) && span.from().isBefore(since)) {
                since = span.from();
            }
        }
        Instant renewed = newestFirst.getFirst().renewed();
        return Optional.of(new Answering(since, renewed.isBefore(now) ? renewed : now));
    }
}
