package dev.interlock.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// When certificates end: [Metric#CERTIFICATE_EXPIRY].
public final class CertificateMetrics {
    private final MeterRegistry registry;

    public CertificateMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /// @param half      `webhook` or `operator`
    /// @param serving   when the serving certificate ends
    /// @param authority when its authority ends
    public Shown show(String half, Supplier<Optional<Instant>> serving, Supplier<Optional<Instant>> authority) {
        List<Meter> shown = List.of(gauge(half, "serving", serving), gauge(half, "authority", authority));
        return () -> shown.forEach(registry::remove);
    }

    private Meter gauge(String half, String certificate, Supplier<Optional<Instant>> end) {
        return Meters.gauge(
                        Metric.CERTIFICATE_EXPIRY,
                        () -> end.get().<Number>map(Instant::getEpochSecond).orElse(Double.NaN),
                        Tags.of("half", half, "certificate", certificate))
                .register(registry);
    }
}
