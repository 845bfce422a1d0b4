package dev.interlock.operator;

import dev.interlock.kubernetes.CertifiedKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates for a server and for its clients under test.
public final class TestCertificates {
    private TestCertificates() {}

    /// An authority that was made then.
    public static CertifiedKey authority(Instant made, Duration validity) {
        return CertificateIssuer.authority(made, validity);
    }

    /// A serving certificate that was made then.
    public static CertifiedKey serving(CertifiedKey authority, List<String> names, Instant made, Duration validity) {
        return CertificateIssuer.serving(authority, names, made, validity);
    }

    /// One for 127.0.0.1, of an authority of its own.
    public static CertifiedKey pair() {
        Instant now = Instant.now();
        CertifiedKey authority = CertificateIssuer.authority(now, Duration.ofDays(1));
        return CertificateIssuer.serving(authority, List.of("127.0.0.1"), now, Duration.ofDays(1));
    }

    /// Whatever is asked for: nothing is kept within the authority's bounds.
    private static CertifiedKey signed(
            CertifiedKey authority,
            String commonName,
            List<String> names,
            KeyPurposeId use,
            Instant from,
            Instant end) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair keys = generator.generateKeyPair();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    X500Name.getInstance(
                            authority.leaf().getSubjectX500Principal().getEncoded()),
                    BigInteger.valueOf(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)),
                    Date.from(from),
                    Date.from(end),
                    new X500Name("CN=" + commonName),
                    keys.getPublic());
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(use));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(names.stream()
                                .map(name -> new GeneralName(
                                        CertificateIssuer.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName,
                                        name))
                                .toArray(GeneralName[]::new)));
            }
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.key())));
            return new CertifiedKey(List.of(certificate), keys.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A serving certificate that may last longer than its authority.
    public static CertifiedKey longer(CertifiedKey authority, List<String> names, Instant end) {
        return signed(
                authority,
                "a-server",
                names,
                KeyPurposeId.id_kp_serverAuth,
                Instant.now().minusSeconds(60),
                end);
    }

    /// Signs certificates of clients, as an authority for API servers does.
    public static final class Authority {
        private final CertifiedKey issued = CertificateIssuer.authority(Instant.now(), Duration.ofDays(1));

        /// PEM.
        public String certificate() {
            return issued.certificatePem();
        }

        public CertifiedKey client(String commonName) {
            Instant now = Instant.now();
            return signed(
                    issued,
                    commonName,
                    List.of(),
                    KeyPurposeId.id_kp_clientAuth,
                    now.minusSeconds(60),
                    now.plusSeconds(86_400));
        }
    }
}
