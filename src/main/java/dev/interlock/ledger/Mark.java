package dev.interlock.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What stands at one place of a ledger, to know it again by.
///
/// @param sequence the row
/// @param digest   of its body: the first 32 hexadecimal digits of [dev.interlock.workload.Canonical#sha256]
public record Mark(long sequence, String digest) {
    private static final long NEAREST = 1_000;

    /// Marks of the newest row and of older ones, each about twice as far from it as the one before: where a ledger
    /// goes back, one of them is not far before the place to which it went.
    public static List<Mark> of(LedgerReader ledger) {
        List<Mark> marks = new ArrayList<>();
        Optional<Mark> newest = ledger.mark(Long.MAX_VALUE);
        newest.ifPresent(marks::add);
        long last = newest.map(Mark::sequence).orElse(0L);
        for (long distance = NEAREST; distance < last; distance *= 2) {
            ledger.mark(last - distance).filter(mark -> !marks.contains(mark)).ifPresent(marks::add);
        }
        return marks;
    }

    /// The last of these rows that a ledger still has; empty where it has all of them.
    ///
    /// @param marks the newest first
    public static Optional<Long> kept(LedgerReader ledger, List<Mark> marks) {
        if (marks.isEmpty() || marks.getFirst().standsIn(ledger)) {
            return Optional.empty();
        }
        return Optional.of(marks.stream()
                .filter(mark -> mark.standsIn(ledger))
                .findFirst()
                .map(Mark::sequence)
                .orElse(0L));
    }

    private boolean standsIn(LedgerReader ledger) {
        return ledger.mark(sequence).filter(this::equals).isPresent();
    }

    /// As [#read] reads them.
    public static String text(List<Mark> marks) {
        return marks.stream().map(mark -> mark.sequence() + ":" + mark.digest()).collect(Collectors.joining(" "));
    }

    /// Leaves out what is no mark.
    public static List<Mark> read(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> word.matches("[0-9]{1,18}:[0-9a-f]{32}"))
                .map(word -> new Mark(
                        Long.parseLong(word.substring(0, word.indexOf(':'))), word.substring(word.indexOf(':') + 1)))
                .toList();
    }
}
