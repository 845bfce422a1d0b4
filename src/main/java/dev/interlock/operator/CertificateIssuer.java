package dev.interlock.operator;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
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
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Issues the certificate that the webhook serves, and the authority that signs it. ECDSA on P-256.
final class CertificateIssuer {
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);
    private static final SecureRandom RANDOM = new SecureRandom();

    private CertificateIssuer() {}

    /// A certificate and its key.
    record Issued(X509Certificate certificate, PrivateKey key) {
        String certificatePem() {
            return pem(certificate);
        }

        /// PKCS #8.
        String keyPem() {
            try {
                return pem(new JcaPKCS8Generator(key, null));
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory cannot fail", e);
            }
        }

        /// Reads what [#certificatePem] and [#keyPem] wrote.
        ///
        /// @throws IOException where either is no PEM of that sort, or the key is another certificate's
        static Issued read(String certificate, String key) throws IOException {
            try (PEMParser certificates = new PEMParser(new StringReader(certificate));
                    PEMParser keys = new PEMParser(new StringReader(key))) {
                if (certificates.readObject() instanceof X509CertificateHolder holder
                        && keys.readObject() instanceof PrivateKeyInfo info) {
                    Issued issued = new Issued(
                            new JcaX509CertificateConverter().getCertificate(holder),
                            new JcaPEMKeyConverter().getPrivateKey(info));
                    if (issued.belongTogether()) {
                        return issued;
                    }
                }
                throw new IOException("not a certificate and a PKCS #8 key");
            } catch (GeneralSecurityException | RuntimeException e) {
                throw new IOException("not a certificate and a PKCS #8 key", e);
            }
        }

        private boolean belongTogether() throws GeneralSecurityException {
            byte[] something = {1};
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(something);
            return signature.verify(signed);
        }

        boolean validFor(Instant now, Duration atLeast) {
            return !certificate.getNotBefore().toInstant().isAfter(now)
                    && certificate.getNotAfter().toInstant().isAfter(now.plus(atLeast));
        }
    }

    static Issued authority(Instant now, Duration validity) {
        X500Name name = new X500Name("CN=interlock-ca-" + Long.toHexString(RANDOM.nextLong()));
        try {
            KeyPair pair = pair();
            JcaX509v3CertificateBuilder builder = builder(name, name, pair, now, validity);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return sign(builder, pair.getPrivate(), pair.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform can make an EC certificate", e);
        }
    }

    /// @param names DNS names and IPv4 addresses that it is valid for
    static Issued serving(Issued authority, List<String> names, Instant now, Duration validity) {
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        try {
            KeyPair pair = pair();
            X500Name issuer = X500Name.getInstance(
                    authority.certificate().getSubjectX500Principal().getEncoded());
            JcaX509v3CertificateBuilder builder =
                    builder(issuer, new X500Name("CN=interlock-webhook"), pair, now, validity);
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
            X500Name issuer, X500Name subject, KeyPair pair, Instant now, Duration validity) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, RANDOM),
                Date.from(now.minus(CLOCK_SKEW)),
                Date.from(now.plus(validity)),
                subject,
                pair.getPublic());
    }

    private static Issued sign(JcaX509v3CertificateBuilder builder, PrivateKey signer, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        X509CertificateHolder signed = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer));
        return new Issued(new JcaX509CertificateConverter().getCertificate(signed), key);
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return text.toString();
    }
}
