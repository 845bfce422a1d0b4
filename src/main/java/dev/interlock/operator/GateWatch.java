package dev.interlock.operator;

import dev.interlock.kubernetes.GateState;
import dev.interlock.ledger.Gap;
import dev.interlock.ledger.OperatorState;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Writes down each interval in which the gate did not ask about everything that it should: from when it was last seen
/// whole until it is whole again, over any end of this process in between. After each of them everything is looked at.
final class GateWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GateWatch.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("gate").daemon().factory());
    private final Supplier<GateState> gate;
    private final BooleanSupplier webhook;
    private final DriftBook book;
    private final OperatorState state;
    private final Runnable ended;
    private final InstantSource clock;
    private boolean started;

    /// @param gate    as the API server has it
    /// @param webhook whether it answers
    /// @param ended   called after a gap
    GateWatch(
            Supplier<GateState> gate,
            BooleanSupplier webhook,
            DriftBook book,
            OperatorState state,
            Runnable ended,
            InstantSource clock) {
        this.gate = gate;
        this.webhook = webhook;
        this.book = book;
        this.state = state;
        this.ended = ended;
        this.clock = clock;
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            look();
            state.flush();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the gate is not watched now: {0}", e.getMessage());
        }
    }

    void look() {
        Instant now = clock.instant();
        GateState found = gate.get();
        if (found instanceof GateState.Unknown) {
            return;
        }
        Optional<Instant> seen = state.gateSeen();
        Optional<Cause> cause = cause(found, webhook.getAsBoolean());
        boolean away = !started && seen.isPresent() && book.gap().isEmpty();
        started = true;
        if (away) {
            begin(cause.orElse(new Cause("WebhookDown", "this process was not running")), seen.get());
        }
        if (cause.isEmpty()) {
            book.gap().ifPresent(gap -> {
                // First, so that a crash in between does not begin the same gap again.
                state.gateSeen(now);
                book.ended(gap.id(), now);
                ended.run();
            });
            state.gateSeen(now);
        } else if (book.gap().isEmpty() && seen.isPresent()) {
            begin(cause.get(), seen.get());
        }
    }

    private record Cause(String word, String detail) {}

    private static Optional<Cause> cause(GateState gate, boolean webhook) {
        return switch (gate) {
            case GateState.Missing _ ->
                Optional.of(
                        new Cause("GateMissing", "the ValidatingWebhookConfiguration or an entry of it is missing"));
            case GateState.WithoutAuthority _ ->
                Optional.of(new Cause("GateWithoutAuthority", "an entry of the gate has no caBundle"));
            case GateState.Narrowed narrowed -> Optional.of(new Cause("GateNarrowed", narrowed.detail()));
            case GateState.Whole _ ->
                webhook ? Optional.empty() : Optional.of(new Cause("WebhookDown", "no webhook answers"));
            case GateState.Unknown _ -> Optional.empty();
        };
    }

    private void begin(Cause cause, Instant start) {
        String id = Canonical.sha256(
                        new Node.Arr(List.of(new Node.Text("interlock.dev/gap/v1"), new Node.Text(start.toString()))))
                .substring(0, 32);
        book.began(new Gap(1, id, start, cause.word(), cause.detail()));
        LOG.log(
                System.Logger.Level.WARNING,
                "the gate has been open since %s: %s, %s".formatted(start, cause.word(), cause.detail()));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
