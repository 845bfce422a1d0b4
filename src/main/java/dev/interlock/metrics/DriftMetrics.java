package dev.interlock.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// The metrics of drift and of its evidence.
///
/// - `interlock_drift_onsets_total{class}`: drifts that began, by class: `Drifted`, `Bypassed`
/// - `interlock_drift_open{class}`: drifts that are open
/// - `interlock_drift_unknown`: 1 while drift may be there that is not shown
/// - `interlock_drift_behind_seconds`: for how long the oldest change of a live object has not been looked at
/// - `interlock_gate_gap`: 1 while the gate does not ask about everything that it should
/// - `interlock_drift_backlog`: drifts and ends of drifts that are not visible as DriftEvents yet
/// - `interlock_ledger_rollbacks_total`: ledgers that lost what they had, because an older copy was restored
/// - `interlock_records_backlog`: decisions that are not visible as DecisionRecords yet
public final class DriftMetrics {
    private static final List<String> CLASSES = List.of("Drifted", "Bypassed");

    private static final Source NOBODY =
            new Source(_ -> 0, _ -> 0, () -> true, () -> Duration.ZERO, () -> false, () -> 0, () -> 0, () -> 0);

    private final MeterRegistry registry;
    private final List<Meter> shown = new ArrayList<>();
    private volatile Source source = NOBODY;

    public DriftMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /// What there is to tell.
    ///
    /// @param open    drifts that are open, by class
    /// @param onsets  drifts that began, by class
    /// @param unknown whether drift may be there that is not shown
    /// @param behind  for how long the oldest change has not been looked at
    /// @param gap     whether the gate does not ask about everything that it should
    /// @param backlog rows of the ledger that are not visible as DriftEvents yet
    /// @param records rows of the ledgers that are not visible as DecisionRecords yet
    /// @param rollbacks how many ledgers went back
    public record Source(
            ToLongFunction<String> open,
            ToLongFunction<String> onsets,
            BooleanSupplier unknown,
            Supplier<Duration> behind,
            BooleanSupplier gap,
            LongSupplier backlog,
            LongSupplier records,
            LongSupplier rollbacks) {}

    /// Nobody follows live objects here now: nothing is said of them. (A counter that fell to 0 would count all anew.)
    public void watchNobody() {
        shown.forEach(registry::remove);
        shown.clear();
        source = NOBODY;
    }

    /// From now on that is what is shown: an operator that takes its turn again begins anew.
    public void watch(Source newest) {
        source = newest;
        for (String drift : CLASSES) {
            shown.add(Gauge.builder(
                            "interlock.drift.open", this, of -> of.source.open().applyAsLong(drift))
                    .description("Drifts that are open.")
                    .tag("class", drift)
                    .strongReference(true)
                    .register(registry));
            shown.add(FunctionCounter.builder(
                            "interlock.drift.onsets",
                            this,
                            of -> of.source.onsets().applyAsLong(drift))
                    .description("Drifts that began.")
                    .tag("class", drift)
                    .register(registry));
        }
        shown.add(Gauge.builder(
                        "interlock.drift.unknown",
                        this,
                        of -> of.source.unknown().getAsBoolean() ? 1 : 0)
                .description("1 while drift may be there that is not shown.")
                .strongReference(true)
                .register(registry));
        shown.add(Gauge.builder(
                        "interlock.drift.behind",
                        this,
                        of -> of.source.behind().get().toMillis() / 1000.0)
                .description("For how long the oldest change of a live object has not been looked at.")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry));
        shown.add(
                Gauge.builder("interlock.gate.gap", this, of -> of.source.gap().getAsBoolean() ? 1 : 0)
                        .description("1 while the gate does not ask about everything that it should.")
                        .strongReference(true)
                        .register(registry));
        shown.add(Gauge.builder(
                        "interlock.drift.backlog",
                        this,
                        of -> of.source.backlog().getAsLong())
                .description("Drifts and ends of drifts that are not visible as DriftEvents yet.")
                .strongReference(true)
                .register(registry));
        shown.add(FunctionCounter.builder(
                        "interlock.ledger.rollbacks",
                        this,
                        of -> of.source.rollbacks().getAsLong())
                .description("Ledgers that lost what they had.")
                .register(registry));
        shown.add(Gauge.builder(
                        "interlock.records.backlog",
                        this,
                        of -> of.source.records().getAsLong())
                .description("Entries of the ledger that are not visible as DecisionRecords yet.")
                .strongReference(true)
                .register(registry));
    }
}
