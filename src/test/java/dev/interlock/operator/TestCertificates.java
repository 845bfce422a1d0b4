package dev.interlock.operator;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Certificates for a server under test.
public final class TestCertificates {
    private TestCertificates() {}

    /// A fresh pair for 127.0.0.1, PEM.
    public record Pair(String certificate, String key) {}

    public static Pair pair() {
        Instant now = Instant.now();
        CertificateIssuer.Issued authority = CertificateIssuer.authority(now, Duration.ofDays(1));
        CertificateIssuer.Issued leaf =
                CertificateIssuer.serving(authority, List.of("127.0.0.1"), now, Duration.ofDays(1));
        return new Pair(leaf.certificatePem(), leaf.keyPem());
    }
}
