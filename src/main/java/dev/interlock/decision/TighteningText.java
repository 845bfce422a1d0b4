package dev.interlock.decision;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Says what feedback made of a check: `tightened from Warn to Enforce until 14:20 UTC because of 3 drifts in 1h
/// (drift-…, drift-…)`.
final class TighteningText {
    private static final int NAMED = 3;
    private static final DateTimeFormatter TODAY =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter ANOTHER_DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private TighteningText() {}

    /// @param tightenings at least one; the one that ends last is named
    static String of(ConfiguredCheck check, List<Tightening> tightenings, Instant now) {
        Tightening last = tightenings.stream()
                .max(Comparator.comparing(Tightening::until))
                .orElseThrow();
        return "tightened%s%s until %s because of %s%s"
                .formatted(
                        last.mode()
                                .map(mode ->
                                        " from %s to %s".formatted(check.mode().word(), mode.word()))
                                .orElse(""),
                        thresholds(last.thresholds()),
                        time(last.until(), now),
                        last.cause(),
                        names(last.because()));
    }

    /// For a column: `images-pinned to Enforce until 14:20 UTC (3 drifts in 1h)`, the service in front where it is
    /// one's.
    static String shown(Tightening tightening, Instant now) {
        return "%s%s%s%s until %s (%s)"
                .formatted(
                        tightening.service().map(service -> service + ": ").orElse(""),
                        tightening.check(),
                        tightening.mode().map(mode -> " to " + mode.word()).orElse(""),
                        thresholds(tightening.thresholds()),
                        time(tightening.until(), now),
                        tightening.cause());
    }

    private static String thresholds(Map<String, Long> thresholds) {
        return new TreeMap<>(thresholds)
                .entrySet().stream()
                        .map(each -> " to %s %d".formatted(each.getKey(), each.getValue()))
                        .collect(Collectors.joining());
    }

    private static String names(List<String> because) {
        if (because.isEmpty()) {
            return "";
        }
        String first = because.stream().limit(NAMED).collect(Collectors.joining(", "));
        return because.size() <= NAMED
                ? " (%s)".formatted(first)
                : " (%s and %d more)".formatted(first, because.size() - NAMED);
    }

    private static String time(Instant until, Instant now) {
        boolean today = until.truncatedTo(ChronoUnit.DAYS).equals(now.truncatedTo(ChronoUnit.DAYS));
        return (today ? TODAY : ANOTHER_DAY).format(until);
    }
}
