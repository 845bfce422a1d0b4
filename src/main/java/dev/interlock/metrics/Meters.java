package dev.interlock.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/// Meters as [Metric] describes them.
final class Meters {
    /// What is counted together, because there would be too many series.
    static final String OVERFLOW = "overflow";

    private Meters() {}

    static Gauge.Builder<Supplier<Number>> gauge(Metric metric, Supplier<Number> value, Tags tags) {
        Gauge.Builder<Supplier<Number>> builder =
                Gauge.builder(metric.meter(), value).description(metric.help()).tags(tags);
        return metric.unit().isEmpty() ? builder : builder.baseUnit(metric.unit());
    }

    static MultiGauge rows(Metric metric, MeterRegistry registry) {
        MultiGauge.Builder builder = MultiGauge.builder(metric.meter()).description(metric.help());
        return (metric.unit().isEmpty() ? builder : builder.baseUnit(metric.unit())).register(registry);
    }

    static Timer.Builder histogram(Metric metric, Duration[] buckets, Tags tags) {
        return Timer.builder(metric.meter())
                .description(metric.help())
                .tags(tags)
                .serviceLevelObjectives(buckets);
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
