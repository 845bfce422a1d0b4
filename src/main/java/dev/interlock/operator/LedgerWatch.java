package dev.interlock.operator;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Mark;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Rollback;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Notices that a ledger went back, as it does when yesterday's copy is restored: what is missing is said and written
/// down, and what the ledger has in its place becomes visible as if it were new. Marks of the ledgers are kept outside
/// of them.
public final class LedgerWatch implements AutoCloseable {
    private static final int SCHEMA = 1;
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(LedgerWatch.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("ledgers").daemon().factory());
    private final Map<String, LedgerReader> ledgers;
    private final OperatorLedger ledger;
    private final OperatorState state;
    private final Supplier<Map<String, String>> read;
    private final Consumer<Map<String, String>> write;
    private final Runnable anew;
    private final InstantSource clock;
    private final Runnable wentBack;
    private boolean started;
    private boolean written = true;
    private Optional<Map<String, String>> known = Optional.empty();

    /// @param admissions what the webhooks write
    /// @param own        reads what `ledger` writes
    /// @param read       what was kept outside of the ledgers
    /// @param write      keeps it
    /// @param anew       ends the operator that there is, so that another one begins
    /// @param wentBack   told of each ledger that went back
    public LedgerWatch(
            LedgerReader admissions,
            LedgerReader own,
            OperatorLedger ledger,
            OperatorState state,
            Supplier<Map<String, String>> read,
            Consumer<Map<String, String>> write,
            Runnable anew,
            Runnable wentBack,
            InstantSource clock) {
        this.ledgers = Map.of("admissions", admissions, "operator", own);
        this.ledger = ledger;
        this.state = state;
        this.read = read;
        this.write = write;
        this.anew = anew;
        this.wentBack = wentBack;
        this.clock = clock;
    }

    /// Looks once, and then again and again; begins once however often it is called.
    ///
    /// @throws RuntimeException where it cannot be looked at now; nothing has begun then
    public void start() {
        if (started) {
            return;
        }
        look();
        started = true;
        var _ = thread.scheduleWithFixedDelay(this::tick, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Where a ledger goes back under a running operator, what follows it has been read from it: the operator is to
    /// begin anew, and notices it once more then.
    private void tick() {
        try {
            if (known.filter(before -> ledgers.entrySet().stream()
                            .anyMatch(each -> back(each.getValue(), before.get(each.getKey()))
                                    .isPresent()))
                    .isPresent()) {
                LOG.log(System.Logger.Level.WARNING, "a ledger went back: the operator begins anew");
                anew.run();
                thread.shutdown();
            } else {
                look();
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "whether a ledger went back is not known now: {0}", e.getMessage());
        }
    }

    void look() {
        Map<String, String> now = new TreeMap<>();
        ledgers.forEach((name, reader) -> now.put(name, reader.origin() + " " + Mark.text(Mark.of(reader))));
        Map<String, String> before = known.orElseGet(read);
        ledgers.forEach((name, reader) -> back(reader, before.get(name)).ifPresent(back -> wentBack(name, back)));
        known = Optional.of(now);
        write(now, before);
    }

    /// Not more than a try: what it is for is done.
    private void write(Map<String, String> now, Map<String, String> before) {
        if (now.equals(before) && written) {
            return;
        }
        try {
            state.keep();
            write.accept(now);
            written = true;
        } catch (RuntimeException e) {
            written = false;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "marks of the ledgers are not kept in the cluster now: {0}",
                    e.getMessage());
        }
    }

    /// @param kept the last row that still stands; 0 where none does
    /// @param last the last row that there was
    private record Back(String origin, long kept, long last) {}

    /// Whether a ledger has not what it had.
    private static Optional<Back> back(LedgerReader reader, @Nullable String before) {
        if (before == null) {
            return Optional.empty();
        }
        String origin = before.substring(0, Math.max(0, before.indexOf(' ')));
        List<Mark> marks = Mark.read(before);
        Optional<Long> kept = origin.equals(reader.origin())
                ? Mark.kept(reader, marks)
                : marks.stream().findFirst().map(_ -> 0L);
        return kept.map(row -> new Back(origin, row, marks.getFirst().sequence()));
    }

    private void wentBack(String name, Back back) {
        String id = Canonical.sha256(new Node.Arr(List.of(
                        new Node.Text("interlock.dev/rollback/v1"),
                        new Node.Text(back.origin()),
                        new Node.Text(Long.toString(back.kept())),
                        new Node.Text(Long.toString(back.last())))))
                .substring(0, 32);
        ledger.wentBack(new Rollback(SCHEMA, id, clock.instant(), back.origin(), back.kept(), back.last()));
        state.rewindAll(back.origin(), back.kept());
        wentBack.run();
        LOG.log(
                System.Logger.Level.ERROR,
                "the ledger of the %s went back: of its rows %d to %d some are not what they were, because an older copy was restored or another ledger took its place; look for them in a newer backup"
                        .formatted(name.equals("operator") ? "operator" : "webhooks", back.kept() + 1, back.last()));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
