package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/// A certificate and its key, as a Secret of type `kubernetes.io/tls` holds them.
///
/// @param chain the certificate, then those that lead from it towards its authority; never empty
public record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
    public CertifiedKey {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a chain begins with a certificate");
        }
    }

    /// Reads what a Secret of that type holds.
    ///
    /// @throws IOException as [#read(String, String)] does
    public static CertifiedKey read(Secret secret) throws IOException {
        return read(text(secret, "tls.crt"), text(secret, "tls.key"));
    }

    /// The text under a key of a Secret; empty where there is none.
    static String text(Secret secret, String key) {
        String value = secret.getData() == null ? null : secret.getData().get(key);
        return value == null ? "" : new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8);
    }

    /// Reads PEM: certificates, and a key in the form of PKCS #8, PKCS #1 or SEC 1.
    ///
    /// @throws IOException where either is something else, or the key is another certificate's; says which
    public static CertifiedKey read(String certificates, String key) throws IOException {
        List<X509Certificate> chain = certificates(certificates);
        if (chain.isEmpty()) {
            throw new IOException("it holds no certificate");
        }
        CertifiedKey read = new CertifiedKey(chain, key(key));
        if (!read.belongTogether()) {
            throw new IOException("its key is not that of its certificate");
        }
        return read;
    }

    /// All certificates of a PEM text.
    ///
    /// @throws IOException where one of them cannot be read
    public static List<X509Certificate> certificates(String pem) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof X509CertificateHolder holder) {
                    found.add(converter.getCertificate(holder));
                }
            }
            return found;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException("it holds a certificate that cannot be read", e);
        }
    }

    private static PrivateKey key(String pem) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PrivateKeyInfo info) {
                    return converter.getPrivateKey(info);
                }
                if (object instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
        } catch (RuntimeException e) {
            throw new IOException("it holds a key that cannot be read", e);
        }
        throw new IOException("it holds no key");
    }

    /// By trying: a signature of the one is checked with the other.
    private boolean belongTogether() throws IOException {
        byte[] something = {1};
        try {
            Signature signature = Signature.getInstance(
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC", "ECDSA" -> "SHA256withECDSA";
                        default -> key.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(leaf().getPublicKey());
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IOException("its key is not that of its certificate", e);
        }
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /// SHA-256 of the certificate, hexadecimal.
    public String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(leaf().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// The chain, PEM.
    public String certificatePem() {
        return pem(chain);
    }

    /// PKCS #8, PEM.
    public String keyPem() {
        try {
            return pem(List.of(new JcaPKCS8Generator(key, null)));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
    }

    /// Certificates as one PEM text.
    static String pem(List<?> objects) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                writer.writeObject(object);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return text.toString();
    }
}
