package dev.interlock.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// When certificates end.
///
/// - `interlock_certificate_expiry_timestamp_seconds{half,certificate}`: seconds since 1970; `NaN` where there is none.
///   Of half `webhook`: `serving`, what is served, and `authority`, by which the gate trusts it (`NaN`: it does not).
///   Of half `operator`: what is in the Secrets
public final class CertificateMetrics {
    private final MeterRegistry registry;

    public CertificateMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /// What is shown until it is closed.
    public interface Shown extends AutoCloseable {
        @Override
        void close();
    }

    /// @param half      `webhook` or `operator`
    /// @param serving   when the serving certificate ends
    /// @param authority when its authority ends
    public Shown show(String half, Supplier<Optional<Instant>> serving, Supplier<Optional<Instant>> authority) {
        List<Meter> shown = List.of(gauge(half, "serving", serving), gauge(half, "authority", authority));
        return () -> shown.forEach(registry::remove);
    }

    private Meter gauge(String half, String certificate, Supplier<Optional<Instant>> end) {
        return Gauge.builder(
                        "interlock.certificate.expiry.timestamp",
                        () -> end.get().<Number>map(Instant::getEpochSecond).orElse(Double.NaN))
                .description("When the certificate ends.")
                .baseUnit("seconds")
                .tag("half", half)
                .tag("certificate", certificate)
                .register(registry);
    }
}
