package dev.interlock.operator;

import dev.interlock.kubernetes.CertifiedKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Issues the certificate that the webhook serves, and the authority that signs it. ECDSA on P-256.
final class CertificateIssuer {
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);
    private static final SecureRandom RANDOM = new SecureRandom();

    private CertificateIssuer() {}

    static CertifiedKey authority(Instant now, Duration validity) {
        X500Name name = new X500Name("CN=interlock-ca-" + Long.toHexString(RANDOM.nextLong()));
        try {
            KeyPair pair = pair();
            JcaX509v3CertificateBuilder builder = builder(name, name, pair, now, now.plus(validity));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return sign(builder, pair.getPrivate(), pair.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform can make an EC certificate", e);
        }
    }

    /// Ends no later than its authority.
    ///
    /// @param names DNS names and IPv4 addresses that it is valid for
    static CertifiedKey serving(CertifiedKey authority, List<String> names, Instant now, Duration validity) {
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        try {
            KeyPair pair = pair();
            Instant last = authority.leaf().getNotAfter().toInstant();
            Instant end = now.plus(validity).isBefore(last) ? now.plus(validity) : last;
            X500Name issuer = X500Name.getInstance(
                    authority.leaf().getSubjectX500Principal().getEncoded());
            JcaX509v3CertificateBuilder builder = builder(issuer, new X500Name("CN=interlock-webhook"), pair, now, end);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            return sign(builder, authority.key(), pair.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform can make an EC certificate", e);
        }
    }

    static boolean isAddress(String name) {
        return name.matches("[0-9.]+");
    }

    private static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair pair, Instant now, Instant end) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, RANDOM),
                Date.from(now.minus(CLOCK_SKEW)),
                Date.from(end),
                subject,
                pair.getPublic());
    }

    private static CertifiedKey sign(JcaX509v3CertificateBuilder builder, PrivateKey signer, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        X509CertificateHolder signed = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer));
        return new CertifiedKey(List.of(new JcaX509CertificateConverter().getCertificate(signed)), key);
    }
}
