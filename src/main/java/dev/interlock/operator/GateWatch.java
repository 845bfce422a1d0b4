package dev.interlock.operator;

import dev.interlock.kubernetes.Answering;
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
import java.util.stream.Stream;

/// Writes down each interval in which the gate did not ask about everything that it should: from when it was
/// last seen whole until it is whole again, over any end of this process in between. After each of them
/// everything is looked at.
final class GateWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GateWatch.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LEASES = Duration.ofSeconds(15);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("gate").daemon().factory());
    private final Gate gate;
    private final Webhooks webhooks;
    private final DriftBook book;
    private final OperatorState state;
    private final Runnable ended;
    private final InstantSource clock;
    private final InstantSource steady;
    private Optional<Instant> unknown = Optional.empty();
    private Optional<Looked> looked = Optional.empty();

    /// The same moment by both clocks.
    private record Looked(Instant at, Instant steady) {}

    /// The configuration as the API server has it.
    interface Gate {
        GateState state();

        /// Names it in the version that is in force; empty where there is none.
        Optional<String> version();
    }

    /// Who answers.
    interface Webhooks {
        /// @param seen when the gate was last seen whole
        Optional<Answering> answering(Instant now, Optional<Instant> seen);

        /// What was heard of them may be older than it seems.
        void doubt();
    }

    /// @param ended  called after a gap
    /// @param steady a clock that nobody sets
    GateWatch(
            Gate gate,
            Webhooks webhooks,
            DriftBook book,
            OperatorState state,
            Runnable ended,
            InstantSource clock,
            InstantSource steady) {
        this.gate = gate;
        this.webhooks = webhooks;
        this.book = book;
        this.state = state;
        this.ended = ended;
        this.clock = clock;
        this.steady = steady;
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
        follow(now, steady.instant());
        GateState found = gate.state();
        Optional<Instant> seen = state.gateSeen();
        boolean lasting = book.gap().isPresent();
        Optional<Answering> answering = webhooks.answering(now, lasting ? Optional.empty() : seen);
        if (found instanceof GateState.Unknown || (answering.isEmpty() && unknownLately())) {
            unknown = found instanceof GateState.Unknown ? Optional.of(steady.instant()) : unknown;
            return;
        }
        Optional<Cause> cause = cause(found, answering, lasting ? Optional.empty() : seen);
        if (cause.isPresent() && !lasting && seen.isPresent()) {
            begin(cause.get(), seen.get());
        }
        if (cause.isEmpty()) {
            // First, so that a crash in between does not begin the same gap again.
            state.gateSeen(Stream.concat(seen.stream(), answering.map(Answering::seen).stream())
                    .max(Instant::compareTo)
                    .orElse(now));
            gate.version().ifPresent(state::gateVersion);
            book.gap().ifPresent(gap -> {
                book.ended(gap.id(), now);
                ended.run();
            });
        }
    }

    /// After the API server was away webhooks renew their Leases a little later than it is seen again.
    private boolean unknownLately() {
        return unknown.filter(at -> steady.instant().isBefore(at.plus(LEASES))).isPresent();
    }

    /// Where the clock was set back since the last look, what was seen then was seen earlier by it. Where it was set
    /// forward, this machine may as well have slept, and nothing is known of that time: that may become a gap that
    /// never was, and hides none.
    private void follow(Instant now, Instant steadyNow) {
        Duration set = looked.map(before ->
                        Duration.between(before.at(), now).minus(Duration.between(before.steady(), steadyNow)))
                .orElse(Duration.ZERO);
        looked = Optional.of(new Looked(now, steadyNow));
        if (set.abs().compareTo(TICK) > 0) {
            if (set.isNegative()) {
                state.gateSeen().ifPresent(seen -> state.gateSeen(seen.plus(set)));
            }
            webhooks.doubt();
            LOG.log(System.Logger.Level.WARNING, "the clock was set by {0}", set);
        }
    }

    private record Cause(String word, String detail) {}

    /// @param seen when it was last whole: a webhook that began to answer later was not there in between
    private static Optional<Cause> cause(GateState gate, Optional<Answering> answering, Optional<Instant> seen) {
        return switch (gate) {
            case GateState.Missing _ ->
                Optional.of(
                        new Cause("GateMissing", "the ValidatingWebhookConfiguration or an entry of it is missing"));
            case GateState.WithoutAuthority _ ->
                Optional.of(new Cause("GateWithoutAuthority", "an entry of the gate has no caBundle"));
            case GateState.Narrowed narrowed -> Optional.of(new Cause("GateNarrowed", narrowed.detail()));
            case GateState.Whole _ ->
                answering
                                .filter(webhook ->
                                        seen.filter(webhook.since()::isAfter).isEmpty())
                                .isPresent()
                        ? Optional.empty()
                        : Optional.of(new Cause("WebhookDown", "no webhook answered"));
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
