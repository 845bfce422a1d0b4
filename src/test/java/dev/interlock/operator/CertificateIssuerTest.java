package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.kubernetes.CertifiedKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The certificates that the API server has to accept.
class CertificateIssuerTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration DECADE = Duration.ofDays(3650);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final String SERVICE = "interlock-webhook.interlock-system.svc";
    private static final List<String> NAMES = List.of(SERVICE, "localhost", "127.0.0.1", "10.0.0.1");

    /// `subjectAltName` in RFC 5280, as Java numbers its kinds.
    private static final int DNS = 2;

    private static final int IP = 7;

    private static final CertifiedKey AUTHORITY = CertificateIssuer.authority(NOW, DECADE);
    private static final CertifiedKey LEAF = CertificateIssuer.serving(AUTHORITY, NAMES, NOW, YEAR);

    private static void verify(Instant at, X509Certificate authority, X509Certificate... chain)
            throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain)), parameters);
    }

    @Test
    void theLeafVerifiesByItsAuthorityAndByNoOther() throws GeneralSecurityException {
        verify(NOW, AUTHORITY.leaf(), LEAF.leaf());
        verify(NOW.plus(YEAR).minusSeconds(1), AUTHORITY.leaf(), LEAF.leaf());
        CertifiedKey other = CertificateIssuer.authority(NOW, DECADE);
        assertThatThrownBy(() -> verify(NOW, other.leaf(), LEAF.leaf())).isInstanceOf(CertPathValidatorException.class);
        assertThat(other.leaf().getSubjectX500Principal())
                .as("a bundle of two authorities keeps them apart")
                .isNotEqualTo(AUTHORITY.leaf().getSubjectX500Principal());
    }

    @Test
    void aLeafIssuesNothing() {
        CertifiedKey forged = CertificateIssuer.serving(LEAF, NAMES, NOW, YEAR);
        assertThatThrownBy(() -> verify(NOW, AUTHORITY.leaf(), forged.leaf(), LEAF.leaf()))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void eachIsMadeForItsOneUse() throws GeneralSecurityException {
        X509Certificate authority = AUTHORITY.leaf();
        assertThat(authority.getBasicConstraints()).as("issues leaves only").isZero();
        assertThat(authority.getKeyUsage()).as("keyCertSign, cRLSign").containsExactly(usage(5, 6));
        X509Certificate leaf = LEAF.leaf();
        assertThat(leaf.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(leaf.getKeyUsage()).as("digitalSignature").containsExactly(usage(0));
        assertThat(leaf.getExtendedKeyUsage()).as("serverAuth").containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getSerialNumber()).isPositive().isNotEqualTo(authority.getSerialNumber());
        assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
    }

    private static boolean[] usage(int... bits) {
        boolean[] usage = new boolean[9];
        for (int bit : bits) {
            usage[bit] = true;
        }
        return usage;
    }

    @Test
    void theLeafIsValidForEachNameInItsKind() throws GeneralSecurityException {
        Collection<List<?>> alternatives = LEAF.leaf().getSubjectAlternativeNames();
        assertThat(alternatives)
                .containsExactlyInAnyOrder(
                        List.of(DNS, SERVICE),
                        List.of(DNS, "localhost"),
                        List.of(IP, "127.0.0.1"),
                        List.of(IP, "10.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "10.96.0.10, true",
        "localhost, false",
        "interlock-webhook.interlock-system.svc, false",
        "1.example.com, false",
        "10-0-0-1.example.com, false",
    })
    void addressesAreToldFromNames(String name, boolean address) {
        assertThat(CertificateIssuer.isAddress(name)).isEqualTo(address);
    }

    @Test
    void validityBeginsAClockSkewEarlierAndEndsWhenItShould() {
        for (CertifiedKey issued : List.of(AUTHORITY, LEAF)) {
            assertThat(issued.leaf().getNotBefore()).isEqualTo(Date.from(NOW.minus(Duration.ofMinutes(10))));
        }
        assertThat(AUTHORITY.leaf().getNotAfter()).isEqualTo(Date.from(NOW.plus(DECADE)));
        assertThat(LEAF.leaf().getNotAfter()).isEqualTo(Date.from(NOW.plus(YEAR)));
        assertThatThrownBy(() -> verify(NOW.plus(YEAR).plusSeconds(1), AUTHORITY.leaf(), LEAF.leaf()))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void aLeafEndsNoLaterThanItsAuthority() {
        CertifiedKey shorter = CertificateIssuer.authority(NOW, Duration.ofDays(1));
        assertThat(CertificateIssuer.serving(shorter, NAMES, NOW, YEAR).leaf().getNotAfter())
                .isEqualTo(shorter.leaf().getNotAfter());
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (CertifiedKey issued : List.of(AUTHORITY, LEAF)) {
            assertThat(CertifiedKey.read(issued.certificatePem(), issued.keyPem()))
                    .isEqualTo(issued);
        }
    }

    /// Others read it too: the API server the bundle, the webhook the pair.
    @Test
    void pemIsWhatOthersRead() throws GeneralSecurityException {
        assertThat(LEAF.certificatePem())
                .startsWith("-----BEGIN CERTIFICATE-----\n")
                .endsWith("-----END CERTIFICATE-----\n");
        assertThat(LEAF.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----\n").endsWith("-----END PRIVATE KEY-----\n");
        assertThat(CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(LEAF.certificatePem().getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(LEAF.leaf());
        byte[] der = Base64.getMimeDecoder().decode(LEAF.keyPem().replaceAll("-----[A-Z ]+-----", ""));
        assertThat(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)))
                .isEqualTo(LEAF.key());
    }

    static Stream<Arguments> garbage() {
        String certificate = LEAF.certificatePem();
        String key = LEAF.keyPem();
        return Stream.of(
                Arguments.of("", key),
                Arguments.of(certificate, ""),
                Arguments.of("garbage", key),
                Arguments.of(certificate, "garbage"),
                Arguments.of(key, certificate),
                Arguments.of(key, key),
                Arguments.of(certificate, certificate),
                Arguments.of("-----BEGIN CERTIFICATE-----\n", key),
                Arguments.of("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", key),
                Arguments.of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key),
                Arguments.of("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", key),
                Arguments.of(certificate.substring(0, 200), key),
                Arguments.of(certificate, key.substring(0, 100)),
                Arguments.of(certificate, key.replace("PRIVATE KEY", "EC PRIVATE KEY")),
                Arguments.of(certificate, key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
                Arguments.of(certificate.replace("CERTIFICATE", "PUBLIC KEY"), key));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbageIsRefused(String certificate, String key) {
        assertThatThrownBy(() -> CertifiedKey.read(certificate, key)).isInstanceOf(IOException.class);
    }

    /// Whatever stands in a Secret: it is read or refused, and no other exception stops the operator.
    @Test
    void noDamageToAPairDoesAnythingElseThanBeRefused() {
        Random random = new Random(20_261_125);
        int refused = 0;
        for (int i = 0; i < 1_000; i++) {
            boolean first = random.nextBoolean();
            String certificate = first ? damaged(LEAF.certificatePem(), random) : LEAF.certificatePem();
            String key = first ? LEAF.keyPem() : damaged(LEAF.keyPem(), random);
            try {
                CertifiedKey.read(certificate, key);
            } catch (IOException _) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(200);
    }

    private static String damaged(String pem, Random random) {
        int at = random.nextInt(pem.length());
        return pem.substring(0, at) + (char) (random.nextInt(95) + 32) + pem.substring(at + 1);
    }

    /// The names that the server's certificate has, and the name that the client asks for.
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void aClientThatTrustsTheAuthorityAloneTalksToAServerWithTheLeaf(String name) throws Exception {
        CertifiedKey authority = CertificateIssuer.authority(Instant.now(), DECADE);
        CertifiedKey leaf = CertificateIssuer.serving(authority, List.of(SERVICE, name), Instant.now(), YEAR);
        assertThat(handshake(CertifiedKey.read(leaf.certificatePem(), leaf.keyPem()), authority.leaf(), name))
                .isEqualTo(leaf.leaf());
    }

    @Test
    void aClientThatTrustsAnotherAuthorityRefuses() {
        CertifiedKey authority = CertificateIssuer.authority(Instant.now(), DECADE);
        CertifiedKey leaf = CertificateIssuer.serving(authority, List.of("127.0.0.1"), Instant.now(), YEAR);
        CertifiedKey other = CertificateIssuer.authority(Instant.now(), DECADE);
        assertThatThrownBy(() -> handshake(leaf, other.leaf(), "127.0.0.1")).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aClientThatAsksForAnotherNameRefuses() {
        CertifiedKey authority = CertificateIssuer.authority(Instant.now(), DECADE);
        CertifiedKey leaf = CertificateIssuer.serving(authority, List.of(SERVICE, "10.0.0.1"), Instant.now(), YEAR);
        assertThatThrownBy(() -> handshake(leaf, authority.leaf(), "127.0.0.1"))
                .isInstanceOf(SSLHandshakeException.class);
    }

    /// One byte to a server on the loopback address and back, by TLS with the check of the host name.
    ///
    /// @return the certificate that the client accepted
    private static X509Certificate handshake(CertifiedKey leaf, X509Certificate trusted, String name) throws Exception {
        InetAddress loopback = InetAddress.getByAddress(name, new byte[] {127, 0, 0, 1});
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                SSLServerSocket server =
                        (SSLServerSocket) serving(leaf).getServerSocketFactory().createServerSocket(0, 1, loopback)) {
            server.setSoTimeout(10_000);
            Future<?> echo = threads.submit(() -> {
                try (SSLSocket accepted = (SSLSocket) server.accept()) {
                    accepted.setSoTimeout(10_000);
                    accepted.getOutputStream().write(accepted.getInputStream().read());
                }
                return null;
            });
            X509Certificate accepted = accepted(trusted, loopback, server.getLocalPort());
            echo.get();
            return accepted;
        }
    }

    private static X509Certificate accepted(X509Certificate trusted, InetAddress address, int port)
            throws GeneralSecurityException, IOException {
        try (SSLSocket client = (SSLSocket) trusting(trusted).getSocketFactory().createSocket(address, port)) {
            client.setSoTimeout(10_000);
            SSLParameters parameters = client.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            client.setSSLParameters(parameters);
            client.getOutputStream().write(42);
            assertThat(client.getInputStream().read()).isEqualTo(42);
            return (X509Certificate) client.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLContext serving(CertifiedKey leaf) throws GeneralSecurityException, IOException {
        KeyStore keys = empty();
        keys.setKeyEntry("leaf", leaf.key(), new char[0], new X509Certificate[] {leaf.leaf()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static SSLContext trusting(X509Certificate authority) throws GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        trusted.setCertificateEntry("authority", authority);
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
