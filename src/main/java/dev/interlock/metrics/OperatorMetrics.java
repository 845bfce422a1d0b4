package dev.interlock.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The metrics of the operator half, as [Metric] says, for as long as it is its turn: of an operator that waits for its
/// turn nothing is said. (A counter that fell to 0 would count all anew.)
public final class OperatorMetrics {
    private static final System.Logger LOG = System.getLogger(OperatorMetrics.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final String STAGE = "stage";
    private static final int MOST_STAGES = 500;
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30)
    };

    private final MeterRegistry registry;
    private final Counter wentBack;

    public OperatorMetrics(MeterRegistry registry) {
        this.registry = registry;
        wentBack = Counter.builder(Metric.LEDGER_ROLLBACKS.meter())
                .description(Metric.LEDGER_ROLLBACKS.help())
                .register(registry);
    }

    /// A ledger went back.
    public void wentBack() {
        wentBack.increment();
    }

    /// What a metric has to tell: a number for each combination of its labels' values, in their order. May throw: then
    /// what was told before stays.
    public interface Rows extends Supplier<Map<List<String>, Double>> {}

    /// Rows of a metric without labels.
    public static Rows one(Supplier<? extends Number> value) {
        return () -> Map.of(List.of(), value.get().doubleValue());
    }

    /// Rows of a metric that is 1 or 0.
    public static Rows whether(Supplier<Boolean> holds) {
        return one(() -> holds.get() ? 1 : 0);
    }

    /// Rows of a metric in seconds.
    public static Rows seconds(Supplier<Duration> value) {
        return one(() -> Meters.seconds(value.get()));
    }

    /// How long a piece of evidence took to become visible.
    ///
    /// @param step what it was, as [Metric#EVIDENCE_LATENCY] has it
    public void visible(String step, Duration after) {
        Meters.histogram(Metric.EVIDENCE_LATENCY, BUCKETS, Tags.of("step", step))
                .register(registry)
                .record(after.isNegative() ? Duration.ZERO : after);
    }

    /// Shows that from now on: what has labels as of some seconds ago, the rest as it is at each scrape.
    public Shown watch(Map<Metric, Rows> rows) {
        return watch(rows, EVERY);
    }

    Shown watch(Map<Metric, Rows> rows, Duration every) {
        return new Watched(rows, every);
    }

    private final class Watched implements Shown {
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("metrics").daemon().factory());
        private final Map<Metric, Rows> sources;
        private final Map<Metric, MultiGauge> gauges = new EnumMap<>(Metric.class);
        private final Map<Metric, Map<List<String>, Double>> latest = new ConcurrentHashMap<>();
        private final Map<Metric, Set<List<String>>> counters = new EnumMap<>(Metric.class);
        private final Set<String> stages = new HashSet<>();
        private final Set<Meter> shown = ConcurrentHashMap.newKeySet();
        private boolean closed;

        Watched(Map<Metric, Rows> rows, Duration every) {
            sources = Map.copyOf(rows);
            sources.forEach((metric, source) -> {
                if (metric.labels().isEmpty()) {
                    show(metric, List.of());
                } else if (metric.type() == Metric.Type.GAUGE) {
                    gauges.put(metric, Meters.rows(metric, registry));
                }
            });
            var _ = thread.scheduleWithFixedDelay(this::refresh, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void show(Metric metric, List<String> values) {
            Tags tags = tags(metric, values);
            shown.add(
                    metric.type() == Metric.Type.COUNTER
                            ? FunctionCounter.builder(metric.meter(), this, of -> of.value(metric, values))
                                    .description(metric.help())
                                    .tags(tags)
                                    .register(registry)
                            : Meters.gauge(metric, () -> value(metric, values), tags)
                                    .register(registry));
        }

        private double value(Metric metric, List<String> values) {
            Map<List<String>, Double> rows = metric.labels().isEmpty()
                    ? Objects.requireNonNull(sources.get(metric)).get()
                    : latest.getOrDefault(metric, Map.of());
            return rows.getOrDefault(values, Double.NaN);
        }

        private synchronized void refresh() {
            if (closed) {
                return;
            }
            sources.forEach((metric, source) -> {
                try {
                    if (!metric.labels().isEmpty()) {
                        refresh(metric, capped(metric, source.get()));
                    }
                } catch (RuntimeException e) { // else none of them would be told again
                    LOG.log(System.Logger.Level.WARNING, "%s is not told now: %s".formatted(metric.shown(), e));
                }
            });
        }

        private void refresh(Metric metric, Map<List<String>, Double> rows) {
            latest.put(metric, rows);
            MultiGauge gauge = gauges.get(metric);
            if (gauge != null) {
                gauge.register(rows.keySet().stream()
                        .map(values -> MultiGauge.Row.of(tags(metric, values), () -> value(metric, values)))
                        .toList());
            } else {
                Set<List<String>> seen = counters.computeIfAbsent(metric, _ -> new HashSet<>());
                rows.keySet().stream().filter(seen::add).forEach(values -> show(metric, values));
            }
        }

        /// Stages are what others write on namespaces: so many at most, the same ones in every metric.
        private Map<List<String>, Double> capped(Metric metric, Map<List<String>, Double> rows) {
            int at = metric.labels().indexOf(STAGE);
            if (at < 0) {
                return rows;
            }
            Map<List<String>, Double> capped = new HashMap<>();
            rows.forEach((values, number) -> capped.merge(capped(values, at), number, Double::sum));
            return capped;
        }

        private List<String> capped(List<String> values, int at) {
            String stage = values.get(at);
            if (stages.contains(stage) || (stages.size() < MOST_STAGES && stages.add(stage))) {
                return values;
            }
            List<String> capped = new ArrayList<>(values);
            capped.set(at, Meters.OVERFLOW);
            return List.copyOf(capped);
        }

        private static Tags tags(Metric metric, List<String> values) {
            Tags tags = Tags.empty();
            for (int i = 0; i < values.size(); i++) {
                tags = tags.and(metric.labels().get(i), values.get(i));
            }
            return tags;
        }

        @Override
        public synchronized void close() {
            closed = true;
            thread.shutdownNow();
            shown.forEach(registry::remove);
            gauges.values().forEach(gauge -> gauge.register(List.of(), true));
        }
    }
}
