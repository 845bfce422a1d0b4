package dev.interlock.operator;

import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.LedgerReader.Denials;
import dev.interlock.ledger.LedgerUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// How often each policy denied within the last day, by the webhooks' ledger: read once, followed from there on, and
/// kept as one number for each policy and minute, however many denials there are.
final class DenialBook {
    private static final Duration DAY = Duration.ofDays(1);

    /// Each new number is a write to the API server.
    private static final Duration FRESH = Duration.ofSeconds(5);

    private static final int PAGE = 1_000;

    /// So that nobody waits for all of a bad day.
    private static final int PAGES_AT_ONCE = 10;

    /// Stands for the policies of a denial that cannot be read.
    private static final Set<String> ANY = Set.of("");

    private final LedgerReader admissions;
    private final int page;
    private final Tail written;
    private final Tail counted;
    private final TreeMap<Instant, Map<String, Long>> minutes = new TreeMap<>();
    private Instant since = Instant.MAX;
    private Instant readAt = Instant.MIN;
    private boolean whole;

    DenialBook(LedgerReader admissions) {
        this(admissions, PAGE);
    }

    /// @param page how many rows are read at once
    DenialBook(LedgerReader admissions, int page) {
        this.admissions = admissions;
        this.page = page;
        written = new Tail(admissions::denied);
        counted = new Tail(admissions::deniedAgain);
    }

    private interface Rows {
        List<Denials> after(long sequence, int limit);
    }

    /// Rows of the ledger, each of which is taken once, also where reading them fails in between.
    private final class Tail {
        private final Rows rows;
        private long place;

        Tail(Rows rows) {
            this.rows = rows;
        }

        /// Whether it came to the end.
        boolean read() {
            for (int i = 0; i < PAGES_AT_ONCE; i++) {
                List<Denials> found = rows.after(place, page);
                found.forEach(row -> {
                    note(row);
                    place = row.sequence();
                });
                if (found.size() < page) {
                    return true;
                }
            }
            return false;
        }
    }

    private void note(Denials row) {
        Instant minute = row.at().truncatedTo(ChronoUnit.MINUTES);
        if (!minute.isBefore(since)) {
            Map<String, Long> counts = minutes.computeIfAbsent(minute, _ -> new HashMap<>());
            row.entry()
                    .map(DecisionEntry::denying)
                    .orElse(ANY)
                    .forEach(policy -> counts.merge(policy, row.times(), Long::sum));
        }
    }

    /// How many denials of the last day have a reason of that policy, those that were counted among them. Empty where
    /// that is not known: not all of them are read yet, or one of them cannot be.
    ///
    /// @param policy its uid
    synchronized Optional<Long> lastDay(String policy, Instant now) {
        try {
            follow(now);
        } catch (LedgerUnavailable _) {
            whole = false; // why is said by what follows the same ledger for drift
            readAt = Instant.MIN;
            return Optional.empty();
        }
        Map<Instant, Map<String, Long>> day = minutes.headMap(now, true);
        boolean readable =
                day.values().stream().noneMatch(minute -> minute.keySet().containsAll(ANY));
        return whole && readable
                ? Optional.of(day.values().stream()
                        .mapToLong(minute -> minute.getOrDefault(policy, 0L))
                        .sum())
                : Optional.empty();
    }

    /// Whether there is more to read.
    synchronized boolean behind() {
        return !whole && !readAt.equals(Instant.MIN);
    }

    private void follow(Instant now) {
        Instant from = now.minus(DAY).truncatedTo(ChronoUnit.MINUTES);
        if (from.isBefore(since)) { // the first time, or the clock was set back
            long place = admissions.beforeDenials(from);
            minutes.clear();
            written.place = place;
            counted.place = place;
            whole = false;
        }
        since = from;
        minutes.headMap(from).clear();
        if (!whole || now.isBefore(readAt) || !now.isBefore(readAt.plus(FRESH))) {
            boolean denials = written.read();
            boolean repeats = counted.read();
            whole = denials && repeats;
            readAt = now;
        }
    }
}
