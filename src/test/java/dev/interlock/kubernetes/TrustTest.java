package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.operator.TestCertificates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whether the API server can call a webhook that serves a certificate, and why not. Failure 13.
class TrustTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<String> NAMES = List.of("interlock-webhook.interlock-system.svc", "127.0.0.1");
    private static final CertifiedKey AUTHORITY = TestCertificates.authority(NOW, DAY);
    private static final CertifiedKey OTHER = TestCertificates.authority(NOW, DAY);
    private static final CertifiedKey LEAF = TestCertificates.serving(AUTHORITY, NAMES, NOW, DAY);

    private static Trust trust(CertifiedKey... authorities) {
        return new Trust(Stream.of(authorities).map(CertifiedKey::leaf).toList());
    }

    static Stream<Arguments> leaves() {
        return Stream.of(
                Arguments.of("good", LEAF, NOW, Optional.empty()),
                Arguments.of("at its last second", LEAF, NOW.plus(DAY), Optional.empty()),
                Arguments.of(
                        "over",
                        LEAF,
                        NOW.plus(DAY).plusMillis(1),
                        Optional.of("it has expired at 2026-11-26T10:00:00Z")),
                Arguments.of(
                        "not yet",
                        LEAF,
                        NOW.minus(Duration.ofHours(1)),
                        Optional.of("it is not valid before 2026-11-25T09:50:00Z")),
                Arguments.of(
                        "for another name",
                        TestCertificates.serving(AUTHORITY, List.of("127.0.0.1", "example.com"), NOW, DAY),
                        NOW,
                        Optional.of("it is not valid for `interlock-webhook.interlock-system.svc`")),
                Arguments.of(
                        "for each name of a domain",
                        TestCertificates.serving(AUTHORITY, List.of("*.interlock-system.svc", "127.0.0.1"), NOW, DAY),
                        NOW,
                        Optional.empty()),
                Arguments.of(
                        "for each name of another domain",
                        TestCertificates.serving(AUTHORITY, List.of("*.svc", "127.0.0.1"), NOW, DAY),
                        NOW,
                        Optional.of("it is not valid for `interlock-webhook.interlock-system.svc`")),
                Arguments.of(
                        "without names",
                        AUTHORITY,
                        NOW,
                        Optional.of("it is not valid for `interlock-webhook.interlock-system.svc`")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leaves")
    void itsTimeAndItsNamesMustBeRight(String what, CertifiedKey leaf, Instant at, Optional<String> problem) {
        assertThat(Trust.problem(leaf, NAMES, at)).as(what).isEqualTo(problem);
    }

    @Test
    void certificateOfAClientIsNoServers() {
        CertifiedKey client = new TestCertificates.Authority().client("somebody");
        assertThat(Trust.problem(client, List.of(), Instant.now())).contains("it is not made for a server");
    }

    static Stream<Arguments> trusts() {
        Optional<String> nobody = Optional.of("no authority in the caBundle of the gate has signed it");
        CertifiedKey ended = TestCertificates.authority(NOW.minus(DAY), Duration.ofHours(12));
        CertifiedKey itsLeaf = TestCertificates.serving(ended, NAMES, NOW.minus(DAY), DAY);
        return Stream.of(
                Arguments.of("its authority", LEAF, trust(AUTHORITY), Optional.empty()),
                Arguments.of("its authority behind another", LEAF, trust(OTHER, AUTHORITY), Optional.empty()),
                Arguments.of("another", LEAF, trust(OTHER), nobody),
                Arguments.of("nobody", LEAF, Trust.NOBODY, nobody),
                Arguments.of("itself", AUTHORITY, trust(AUTHORITY), Optional.empty()),
                Arguments.of(
                        "its authority that is over",
                        itsLeaf,
                        trust(OTHER, ended),
                        Optional.of("its authority has expired at 2026-11-24T22:00:00Z")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trusts")
    void oneThatIsTrustedAndValidMustHaveSignedIt(
            String what, CertifiedKey leaf, Trust trust, Optional<String> distrust) {
        assertThat(trust.distrust(leaf, NOW)).as(what).isEqualTo(distrust);
    }

    @Test
    void theOneThatHasSignedItVouches() {
        assertThat(trust(OTHER, AUTHORITY).vouching(LEAF, NOW)).contains(AUTHORITY.leaf());
        assertThat(trust(OTHER).vouching(LEAF, NOW)).isEmpty();
    }

    @Test
    void bundleIsReadAsItIsWrittenAndGarbageTrustsNobody() {
        assertThat(Trust.of(trust(OTHER, AUTHORITY).pem())).isEqualTo(trust(OTHER, AUTHORITY));
        assertThat(Trust.of("")).isEqualTo(Trust.NOBODY);
        assertThat(Trust.of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
                .isEqualTo(Trust.NOBODY);
    }
}
