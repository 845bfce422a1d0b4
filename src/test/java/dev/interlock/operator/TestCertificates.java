package dev.interlock.operator;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates for a server and for its clients under test.
public final class TestCertificates {
    private TestCertificates() {}

    /// A fresh pair, PEM.
    public record Pair(String certificate, String key) {}

    /// One for 127.0.0.1, of an authority of its own.
    public static Pair pair() {
        Instant now = Instant.now();
        CertificateIssuer.Issued authority = CertificateIssuer.authority(now, Duration.ofDays(1));
        return pair(CertificateIssuer.serving(authority, List.of("127.0.0.1"), now, Duration.ofDays(1)));
    }

    private static Pair pair(CertificateIssuer.Issued issued) {
        return new Pair(issued.certificatePem(), issued.keyPem());
    }

    /// Signs certificates of clients, as an authority for API servers does.
    public static final class Authority {
        private final CertificateIssuer.Issued issued = CertificateIssuer.authority(Instant.now(), Duration.ofDays(1));

        /// PEM.
        public String certificate() {
            return issued.certificatePem();
        }

        public Pair client(String commonName) {
            try {
                KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
                Instant now = Instant.now();
                JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        X500Name.getInstance(
                                issued.certificate().getSubjectX500Principal().getEncoded()),
                        BigInteger.valueOf(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)),
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(86_400)),
                        new X500Name("CN=" + commonName),
                        keys.getPublic());
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
                PrivateKey signer = issued.key();
                X509Certificate certificate = new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
                return pair(new CertificateIssuer.Issued(certificate, keys.getPrivate()));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
