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

    /// A time without a break that ends with a renewal of one that is live; empty where nobody is. What a process
    /// did behind its last renewal is not known. Where one of several has answered since `before`, another one
    /// that was renewed later and began later proves no break.
    ///
    /// @param before from when on a break matters
    static Optional<Answering> of(List<Span> spans, Instant now, Optional<Instant> before) {
        List<Answering> newestFirst = spans.stream()
                .filter(span -> span.liveUntil().isAfter(now))
                .sorted(Comparator.comparing(Span::renewed).reversed())
                .map(span -> endingWith(span, spans, now))
                .toList();
        return newestFirst.stream()
                .filter(answering -> before.filter(answering.since()::isAfter).isEmpty())
                .findFirst()
                .or(() -> newestFirst.stream().findFirst());
    }

    private static Answering endingWith(Span last, List<Span> spans, Instant now) {
        List<Span> newestFirst = spans.stream()
                .sorted(Comparator.comparing(Span::renewed).reversed())
                .toList();
        Instant since = last.from();
        for (Span span : newestFirst) {
            if (!span.renewed().isBefore(since) && span.from().isBefore(since)) {
                since = span.from();
            }
        }
        return new Answering(since, last.renewed().isBefore(now) ? last.renewed() : now);
    }
}
