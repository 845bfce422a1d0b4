package dev.interlock.kubernetes;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.NamespaceEvents.Told;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.workload.Allowance;
import dev.interlock.workload.Newest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What was denied, warned about or could not be decided becomes an Event in its namespace: whoever applies by GitOps
/// never sees the webhook's answer. Equal decisions share one, which counts. Beyond a rate, in a namespace and in all
/// of
/// them, and of what is old, none is made: the record says all of it.
public final class DecisionEvents implements Projection {
    private static final Duration OLDEST = Duration.ofMinutes(10);
    private static final Duration BETWEEN = Duration.ofMinutes(1);
    private static final int MOST_KNOWN = 2_000;
    private static final int MOST_REASONS = 3;

    private final NamespaceEvents events;
    private final InstantSource clock;
    private final Allowance all = new Allowance(5, 50);
    private final Map<String, Allowance> namespaces = new Newest<>(MOST_KNOWN);
    private final Map<String, Instant> told = new Newest<>(MOST_KNOWN);

    public DecisionEvents(NamespaceEvents events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    @Override
    public Set<String> kinds() {
        return Set.of("Decision", "Repeat");
    }

    @Override
    public String suffix() {
        return "/events";
    }

    @Override
    public boolean fromTheBeginning() {
        return false;
    }

    @Override
    public boolean project(LedgerReader reader, Stored row) {
        return switch (row) {
            case Stored.Decided decided ->
                !toldLately(decided.entry())
                        && tell(reader, decided.entry(), decided.entry().at());
            case Stored.Repeated repeated ->
                reader.byEntry(repeated.repeat().first()).orElse(row) instanceof Stored.Decided first
                        && tell(reader, first.entry(), repeated.repeat().lastAt());
            default -> throw new IllegalStateException("no decision: " + row);
        };
    }

    private boolean toldLately(DecisionEntry entry) {
        return Optional.ofNullable(told.get(entry.decision()))
                .filter(last -> entry.at().isBefore(last.plus(BETWEEN)))
                .isPresent();
    }

    private boolean tell(LedgerReader reader, DecisionEntry entry, Instant at) {
        if (!worthTelling(entry, at)) {
            return false;
        }
        told.put(entry.decision(), at);
        Told what = told(entry, at);
        if (events.tell(what)) {
            reader.tally(entry.decision(), reader.last())
                    .filter(tally -> tally.occurrences() > 1)
                    .ifPresent(tally -> events.again(what, tally.occurrences(), tally.lastAt()));
        }
        return true;
    }

    private boolean worthTelling(DecisionEntry entry, Instant at) {
        long now = System.nanoTime();
        return entry.trigger().equals(Trigger.ADMISSION.word())
                && !entry.outcome().equals("Allowed")
                && !at.isBefore(clock.instant().minus(OLDEST))
                && namespaces
                        .computeIfAbsent(entry.subject().namespace(), _ -> new Allowance(1, 20))
                        .take(now)
                && all.take(now);
    }

    static Told told(DecisionEntry entry, Instant at) {
        String record = Decision.recordName(entry.decision());
        return new Told(
                NamespaceEvents.reference(entry.subject()),
                record + "." + entry.outcome().toLowerCase(Locale.ROOT),
                "Warning",
                "Promotion" + entry.outcome(),
                "Decided",
                note(entry, record),
                at);
    }

    private static String note(DecisionEntry entry, String record) {
        List<DecisionEntry.Reason> deciding = RecordMapping.deciding(entry);
        String reasons = deciding.stream()
                .limit(MOST_REASONS)
                .map(reason -> (reason.check().isEmpty() ? "" : "[" + reason.check() + "] ") + reason.message())
                .collect(Collectors.joining("; "));
        return "%s by %s%s: %s%s. Record: %s"
                .formatted(
                        entry.operation().toLowerCase(Locale.ROOT),
                        entry.requester(),
                        entry.stage().map(stage -> " in stage " + stage).orElse(""),
                        reasons,
                        deciding.size() > MOST_REASONS ? "; +%d more".formatted(deciding.size() - MOST_REASONS) : "",
                        record);
    }
}
