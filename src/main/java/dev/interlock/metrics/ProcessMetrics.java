package dev.interlock.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.function.Supplier;

/// The metrics that every process of Interlock has.
public final class ProcessMetrics {
    private ProcessMetrics() {}

    /// @param free by half, how many bytes are free on the disk of its ledger; of those that keep it in a file
    public static void show(MeterRegistry registry, String version, Map<String, Supplier<Number>> free) {
        Meters.gauge(Metric.BUILD_INFO, () -> 1, Tags.of("version", version)).register(registry);
        free.forEach((half, bytes) ->
                Meters.gauge(Metric.LEDGER_FREE, bytes, Tags.of("half", half)).register(registry));
    }
}
