package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.Trust;
import dev.interlock.operator.CertificatePlan.Seen;
import dev.interlock.operator.CertificatePlan.Serving;
import dev.interlock.operator.CertificatePlan.Step;
import dev.interlock.operator.CertificatePlan.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The order in which certificates are changed, so that each call finds a certificate that its caller trusts. Failure
/// 13.
class CertificatePlanTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final Validity VALIDITY = new Validity(Duration.ofDays(365), Duration.ofDays(90));
    private static final List<String> NAMES = List.of("127.0.0.1");
    private static final CertifiedKey AUTHORITY = authority(NOW);
    private static final CertifiedKey LEAF = leaf(AUTHORITY, NOW);
    private static final CertifiedKey OTHER = authority(NOW);
    private static final CertifiedKey OLD = authority(NOW.minus(Duration.ofDays(250)));

    private static CertifiedKey authority(Instant made) {
        return CertificateIssuer.authority(made, VALIDITY.authority());
    }

    private static CertifiedKey leaf(CertifiedKey authority, Instant made) {
        return CertificateIssuer.serving(authority, NAMES, made, VALIDITY.serving());
    }

    private static Trust trust(CertifiedKey... authorities) {
        return new Trust(Stream.of(authorities).map(CertifiedKey::leaf).toList());
    }

    private static List<Trust> both(CertifiedKey... authorities) {
        return List.of(trust(authorities), trust(authorities));
    }

    private static Seen seen(
            Optional<CertifiedKey> authority, Serving serving, List<Trust> trusts, CertifiedKey... served) {
        Map<String, String> fingerprints = new TreeMap<>();
        for (CertifiedKey key : served) {
            fingerprints.put("webhook-" + (fingerprints.size() + 1), key.fingerprint());
        }
        return new Seen(authority, serving, trusts, fingerprints, true);
    }

    static Stream<Arguments> states() {
        Optional<CertifiedKey> own = Optional.of(AUTHORITY);
        Serving good = new Serving.Own(LEAF);
        Serving none = new Serving.None();
        CertifiedKey oldLeaf = leaf(OLD, NOW);
        Serving renewable = new Serving.Own(leaf(AUTHORITY, NOW.minus(Duration.ofDays(61))));
        CertifiedKey foreignLeaf = leaf(OTHER, NOW);
        Serving foreign = new Serving.Foreign(Optional.of(foreignLeaf), trust(OTHER));
        Serving wrongName =
                new Serving.Own(CertificateIssuer.serving(AUTHORITY, List.of("example.com"), NOW, VALIDITY.serving()));
        return Stream.of(
                Arguments.of("nothing is there", seen(Optional.empty(), none, List.of()), new Step.MakeAuthority()),
                Arguments.of("no gate", seen(own, none, List.of()), new Step.MakeServing(AUTHORITY)),
                Arguments.of("no gate, all made", seen(own, good, List.of()), new Step.Nothing()),
                Arguments.of(
                        "a gate that trusts nobody",
                        seen(own, none, List.of(Trust.NOBODY, Trust.NOBODY)),
                        new Step.SetTrust(trust(AUTHORITY))),
                Arguments.of(
                        "trusted, to be signed", seen(own, none, both(AUTHORITY)), new Step.MakeServing(AUTHORITY)),
                Arguments.of("in order", seen(own, good, both(AUTHORITY), LEAF, LEAF), new Step.Nothing()),
                Arguments.of("nobody serves", seen(own, good, both(AUTHORITY)), new Step.Nothing()),
                Arguments.of(
                        "the authority ends in four months",
                        seen(Optional.of(OLD), new Serving.Own(oldLeaf), both(OLD), oldLeaf),
                        new Step.MakeAuthority()),
                Arguments.of(
                        "a new authority joins before it signs",
                        seen(own, new Serving.Own(oldLeaf), both(OLD), oldLeaf),
                        new Step.SetTrust(trust(AUTHORITY, OLD))),
                Arguments.of(
                        "it joined in one entry only",
                        seen(own, new Serving.Own(oldLeaf), List.of(trust(AUTHORITY, OLD), trust(OLD)), oldLeaf),
                        new Step.SetTrust(trust(AUTHORITY, OLD))),
                Arguments.of(
                        "then it signs",
                        seen(own, new Serving.Own(oldLeaf), both(AUTHORITY, OLD), oldLeaf),
                        new Step.MakeServing(AUTHORITY)),
                Arguments.of(
                        "the old one stays while a webhook serves what it signed",
                        seen(own, good, both(AUTHORITY, OLD), LEAF, oldLeaf, oldLeaf),
                        new Step.Wait("the newest certificate to be served by webhook-2, webhook-3")),
                Arguments.of(
                        "and leaves when none does",
                        seen(own, good, both(AUTHORITY, OLD), LEAF, LEAF),
                        new Step.SetTrust(trust(AUTHORITY))),
                Arguments.of(
                        "the leaf ends in a month",
                        seen(own, renewable, both(AUTHORITY)),
                        new Step.MakeServing(AUTHORITY)),
                Arguments.of(
                        "the leaf is of another authority",
                        seen(own, new Serving.Own(foreignLeaf), both(AUTHORITY)),
                        new Step.MakeServing(AUTHORITY)),
                Arguments.of(
                        "the leaf has another name",
                        seen(own, wrongName, both(AUTHORITY)),
                        new Step.MakeServing(AUTHORITY)),
                Arguments.of(
                        "somebody else's authority in the gate",
                        seen(own, good, both(OTHER), LEAF),
                        new Step.SetTrust(trust(AUTHORITY, OTHER))),
                Arguments.of(
                        "which leaves",
                        seen(own, good, both(AUTHORITY, OTHER), LEAF),
                        new Step.SetTrust(trust(AUTHORITY))),
                Arguments.of(
                        "somebody else's certificate",
                        seen(own, foreign, both(AUTHORITY), LEAF),
                        new Step.SetTrust(trust(OTHER, AUTHORITY))),
                Arguments.of(
                        "which not all serve yet",
                        seen(own, foreign, both(OTHER, AUTHORITY), LEAF, foreignLeaf),
                        new Step.Wait("the newest certificate to be served by webhook-1")),
                Arguments.of(
                        "which all serve",
                        seen(own, foreign, both(OTHER, AUTHORITY), foreignLeaf),
                        new Step.SetTrust(trust(OTHER))),
                Arguments.of(
                        "and no authority of ours is needed",
                        seen(Optional.empty(), foreign, both(OTHER)),
                        new Step.Nothing()),
                Arguments.of(
                        "somebody else's without an authority",
                        seen(own, new Serving.Foreign(Optional.of(foreignLeaf), Trust.NOBODY), both(AUTHORITY)),
                        new Step.Wait(
                                "`ca.crt` in Secret `interlock-serving`, which is somebody else's: the gate trusts"
                                        + " what is in it")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void eachStateHasItsNextStep(String what, Seen seen, Step step) {
        assertThat(CertificatePlan.next(seen, NAMES, VALIDITY, NOW)).as(what).isEqualTo(step);
    }

    /// After the operator or the API server was away nobody may have been heard of, and each serves something.
    @Test
    void noAuthorityLeavesWhileItIsNotCertainWhoServesWhat() {
        Seen nobody = seen(Optional.of(AUTHORITY), new Serving.Own(LEAF), both(AUTHORITY, OLD));
        assertThat(CertificatePlan.next(nobody, NAMES, VALIDITY, NOW)).isEqualTo(new Step.SetTrust(trust(AUTHORITY)));
        assertThat(CertificatePlan.next(
                        new Seen(nobody.authority(), nobody.serving(), nobody.trusts(), nobody.served(), false),
                        NAMES,
                        VALIDITY,
                        NOW))
                .isInstanceOf(Step.Wait.class);
    }

    @Test
    void asManyAsAreWantedAreTrustedAndOfOlderOnesABoundedNumber() {
        CertifiedKey[] many = Stream.generate(() -> authority(NOW)).limit(7).toArray(CertifiedKey[]::new);
        assertThat(CertificatePlan.next(
                        seen(Optional.of(AUTHORITY), new Serving.None(), List.of(trust(many))), NAMES, VALIDITY, NOW))
                .isEqualTo(new Step.SetTrust(trust(AUTHORITY, many[0], many[1], many[2], many[3])));
        Serving foreign = new Serving.Foreign(Optional.of(leaf(many[6], NOW)), trust(many));
        Trust all = new Trust(Stream.concat(Stream.of(many), Stream.of(AUTHORITY))
                .map(CertifiedKey::leaf)
                .toList());
        assertThat(CertificatePlan.next(
                        seen(Optional.of(AUTHORITY), foreign, both(AUTHORITY), LEAF), NAMES, VALIDITY, NOW))
                .isEqualTo(new Step.SetTrust(all));
    }

    /// Webhooks, Secrets and gate as they would be, each step done as it comes, people breaking things in between.
    /// The certificates are valid for a minute so that all of them are renewed many times.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverIsBrokenWhatWebhooksServeIsTrustedAgainAndRenewalsAloneNeverBreakIt(long seed) {
        Validity minute = new Validity(Duration.ofSeconds(60), Duration.ofSeconds(45));
        Random random = new Random(seed);
        Optional<CertifiedKey> authority = Optional.empty();
        Serving serving = new Serving.None();
        List<Trust> trusts = new ArrayList<>(List.of(Trust.NOBODY, Trust.NOBODY));
        Map<String, CertifiedKey> served = new TreeMap<>();
        Instant now = NOW;
        Instant broken = NOW;
        int renewals = 0;
        for (int i = 0; i < 2_000; i++) {
            now = now.plusMillis(500);
            boolean breaks = random.nextInt(100) == 0;
            if (breaks) {
                broken = now;
                switch (random.nextInt(4)) {
                    case 0 -> authority = Optional.empty();
                    case 1 -> serving = new Serving.None();
                    case 2 -> trusts.set(random.nextInt(2), trust(OTHER));
                    default -> trusts.set(random.nextInt(2), Trust.NOBODY);
                }
            }
            Map<String, String> fingerprints = new TreeMap<>();
            served.forEach((name, key) -> fingerprints.put(name, key.fingerprint()));
            switch (CertificatePlan.next(
                    new Seen(authority, serving, trusts, fingerprints, true), NAMES, minute, now)) {
                case Step.MakeAuthority _ ->
                    authority = Optional.of(CertificateIssuer.authority(now, minute.authority()));
                case Step.MakeServing(CertifiedKey by) -> {
                    serving = new Serving.Own(CertificateIssuer.serving(by, NAMES, now, minute.serving()));
                    renewals++;
                }
                case Step.SetTrust(Trust trust) -> trusts.replaceAll(_ -> trust);
                case Step.Wait _, Step.Nothing _ -> {}
            }
            // Each webhook follows in its own time, and serves nothing that the gate does not trust.
            if (serving instanceof Serving.Own(CertifiedKey key) && trustedByAll(trusts, key, now)) {
                served.put("webhook-" + random.nextInt(3), key);
            }
            if (now.isAfter(broken.plusSeconds(40)) && served.size() == 3) {
                Instant at = now;
                assertThat(served.values())
                        .as("every webhook can be called at second %s", Duration.between(NOW, now))
                        .allMatch(key -> trustedByAll(trusts, key, at)
                                && Trust.problem(key, NAMES, at).isEmpty());
            }
        }
        assertThat(renewals).isGreaterThan(20);
    }

    private static boolean trustedByAll(List<Trust> trusts, CertifiedKey key, Instant now) {
        return trusts.stream().allMatch(trust -> trust.distrust(key, now).isEmpty());
    }
}
