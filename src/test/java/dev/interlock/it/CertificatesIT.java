package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.ServingCertificate;
import dev.interlock.ledger.Places;
import dev.interlock.operator.TestCertificates;
import dev.interlock.testing.Balancer;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Postgres;
import dev.interlock.testing.Progress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Two webhooks and an operator whose certificates last less than a minute, and people who break them. Failure 13.
/// `make torture` renews for ten minutes, and waits until one is over.
class CertificatesIT {
    private static final boolean TORTURE = Boolean.getBoolean("interlock.torture");
    private static final String NAMESPACE = "certificates";
    private static final Duration SOON = Duration.ofSeconds(60);

    /// Renewed when a third of it is left: every 30 s.
    private static final String VALIDITY = "45s";

    private static ControlPlane plane;
    private static Places places;
    private static List<Interlock> webhooks;
    private static Interlock operator;
    private static Balancer balancer;
    private static Kubectl admin;
    private static KubernetesClient cluster;

    @BeforeAll
    static void install() {
        plane = ControlPlane.start();
        places = Postgres.shared().fresh();
        webhooks = IntStream.rangeClosed(1, 2)
                .mapToObj(i -> Interlock.replica(plane, Role.WEBHOOK, "webhook-" + i, places))
                .toList();
        operator = Interlock.replica(plane, Role.OPERATOR, "operator-1", places);
        operator.set("INTERLOCK_CERTIFICATES_AUTHORITY_VALIDITY", VALIDITY);
        operator.set("INTERLOCK_CERTIFICATES_SERVING_VALIDITY", VALIDITY);
        balancer = new Balancer(() -> webhooks);
        webhooks.getFirst().applyManifests(balancer.port());
        admin = plane.kubectl();
        cluster = Interlock.client(plane, "admin");
        all();
        admin.apply(Manifests.namespace(NAMESPACE, NAMESPACE, "required")).ok();
        admin.apply(Manifests.path(NAMESPACE, NAMESPACE, NAMESPACE)).ok();
        admin.apply(Manifests.policy(NAMESPACE, NAMESPACE, "Enforce")).ok();
        admin.letEdit(NAMESPACE, "promoter");
    }

    @AfterAll
    static void remove() {
        webhooks.forEach(Interlock::kill);
        operator.kill();
        balancer.close();
        cluster.close();
        plane.close();
    }

    private static void all() {
        Stream.concat(webhooks.stream(), Stream.of(operator)).forEach(Interlock::launch);
        webhooks.forEach(Interlock::awaitReady);
        operator.awaitReady();
    }

    @BeforeEach
    void everyProcessRuns() {
        all();
        admin.run("wait", "--for=condition=Ready", "pp/" + NAMESPACE, "--timeout=60s")
                .ok();
    }

    private static String deployment(String name) {
        return Manifests.idle(NAMESPACE, name, Manifests.GOOD_IMAGE);
    }

    /// Whom the first entry of the gate trusts, PEM.
    private static String bundle() {
        String encoded = cluster.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName("interlock")
                .get()
                .getWebhooks()
                .getFirst()
                .getClientConfig()
                .getCaBundle();
        return encoded == null ? "" : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    /// Calls through the API server, which keeps its connections, and calls that each make a connection of their
    /// own and trust whom the gate trusts at that moment. What fails is put into the queue.
    private static Load calls(String prefix, Queue<String> failed, Set<String> bundles) {
        KubernetesClient promoter = Interlock.client(plane, "promoter");
        return new Load(3, Duration.ofMillis(50), i -> {
            if (i % 3 == 0) {
                String bundle = bundle();
                synchronized (bundles) {
                    bundles.add(bundle);
                }
                for (Interlock webhook : webhooks) {
                    try (DirectCaller caller = new DirectCaller(webhook, bundle)) {
                        caller.trouble()
                                .ifPresent(trouble -> failed.add("%s a new connection to %s: %s"
                                        .formatted(Instant.now(), webhook.webhookPort(), trouble)));
                    }
                }
            } else {
                try {
                    promoter.resource(deployment("%s-%d".formatted(prefix, i))).create();
                } catch (KubernetesClientException e) {
                    failed.add(String.valueOf(e.getMessage()));
                }
            }
        });
    }

    /// As one authority follows another: alone, with its follower, its follower alone.
    private static List<Integer> sizes(Set<String> bundles) {
        synchronized (bundles) {
            return bundles.stream().map(CertificatesIT::certificates).toList();
        }
    }

    private static int certificates(String bundle) {
        return bundle.split("BEGIN CERTIFICATE", -1).length - 1;
    }

    @Test
    void authorityAndCertificateAreRenewedAgainAndAgainUnderLoadAndNoCallFails() {
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        Set<String> bundles = new LinkedHashSet<>();
        int renewals = TORTURE ? 20 : 1;
        if (!TORTURE) {
            await("no renewal of a test before").atMost(SOON).until(() -> certificates(bundle()) == 1);
        }
        try (Load load = calls("renewed", failed, bundles)) {
            for (int i = 1; i <= renewals; i++) {
                int wanted = i;
                if (!TORTURE) {
                    // A new authority is asked for by deleting the one that is there: nobody waits for its time.
                    admin.run("delete", "secret", "interlock-ca", "-n", "interlock-system")
                            .ok();
                }
                await("renewal " + i)
                        .atMost(SOON)
                        .until(() -> sizes(bundles).stream()
                                        .filter(size -> size == 1)
                                        .count()
                                > wanted);
                Progress.say(
                        "%d of %d renewals of authority and certificate, %d calls".formatted(i, renewals, load.done()));
            }
            assertThat(load.done()).isGreaterThan(100);
        }
        assertThat(failed).isEmpty();
        assertThat(sizes(bundles))
                .as("one, or the old one and the new one; one more where one is deleted in the middle of that")
                .allMatch(size -> size <= (TORTURE ? 2 : 3));
        assertThat(webhooks).allSatisfy(webhook -> {
            assertThat(webhook.running()).isTrue();
            assertThat(webhook.metric("interlock_certificate_expiry_timestamp_seconds", "serving"))
                    .isBetween(now(-1), now(46));
            assertThat(webhook.metric("interlock_certificate_expiry_timestamp_seconds", "authority"))
                    .isBetween(now(-1), now(46));
        });
        assertThat(operator.metric("interlock_certificate_expiry_timestamp_seconds", "serving"))
                .isBetween(now(-1), now(46));
        assertThat(operator.metric("interlock_certificate_expiry_timestamp_seconds", "authority"))
                .isBetween(now(-1), now(46));
    }

    private static double now(int plusSeconds) {
        return Instant.now().plusSeconds(plusSeconds).getEpochSecond();
    }

    private static void serving(CertifiedKey key, String authority, boolean own) {
        admin.apply(
                        """
                apiVersion: v1
                kind: Secret
                metadata: {name: interlock-serving, namespace: interlock-system%s}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s, ca.crt: %s}
                """.formatted(
                                        own ? ", labels: {app.kubernetes.io/managed-by: interlock-operator}" : "",
                                        base64(key.certificatePem()),
                                        base64(key.keyPem()),
                                        base64(authority)),
                        "--server-side",
                        "--force-conflicts",
                        "--field-manager=somebody")
                .ok();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void trust(String bundle) {
        admin.run("patch", "validatingwebhookconfiguration", "interlock", "--type=json", "-p", """
                        [{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":"%1$s"},
                         {"op":"replace","path":"/webhooks/1/clientConfig/caBundle","value":"%1$s"}]
                        """.formatted(
                                base64(bundle)))
                .ok();
    }

    /// @param broken  what somebody does
    /// @param problem what the webhook says then
    record Breakage(String name, Runnable broken, String problem) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Breakage> breakages() {
        Instant now = Instant.now();
        List<String> names = List.of("127.0.0.1");
        CertifiedKey good = TestCertificates.authority(now, Duration.ofDays(1));
        CertifiedKey other = TestCertificates.authority(now, Duration.ofDays(1));
        CertifiedKey ended = TestCertificates.authority(now.minus(Duration.ofDays(2)), Duration.ofDays(1));
        return Stream.of(
                new Breakage(
                        "the certificate is over",
                        () -> {
                            trust(good.certificatePem());
                            serving(
                                    TestCertificates.serving(
                                            good, names, now.minus(Duration.ofDays(2)), Duration.ofDays(1)),
                                    good.certificatePem(),
                                    true);
                        },
                        "it has expired at"),
                new Breakage(
                        "its authority is over",
                        () -> {
                            trust(ended.certificatePem());
                            serving(
                                    TestCertificates.longer(ended, names, now.plus(Duration.ofDays(1))),
                                    ended.certificatePem(),
                                    true);
                        },
                        "its authority has expired at"),
                new Breakage(
                        "the Secret is deleted",
                        () -> admin.run("delete", "secret", "interlock-serving", "-n", "interlock-system")
                                .ok(),
                        "it is not there yet, the operator makes it"),
                new Breakage(
                        "it is for another name",
                        () -> {
                            trust(good.certificatePem());
                            serving(
                                    TestCertificates.serving(good, List.of("example.com"), now, Duration.ofDays(1)),
                                    good.certificatePem(),
                                    true);
                        },
                        "it is not valid for `127.0.0.1`"),
                new Breakage(
                        "it is of an authority that the gate does not trust",
                        () -> {
                            trust(good.certificatePem());
                            serving(
                                    TestCertificates.serving(other, names, now, Duration.ofDays(1)),
                                    other.certificatePem(),
                                    true);
                        },
                        "no authority in the caBundle of the gate has signed it"));
    }

    /// The operator stands still while it is broken: it would mend it before anybody could look.
    @ParameterizedTest(name = "{0}")
    @MethodSource("breakages")
    void webhookWaitsAndSaysWhyAndTheOperatorMendsIt(Breakage breakage) {
        Interlock webhook = webhooks.getFirst();
        operator.signal(Role.OPERATOR, "STOP");
        try {
            webhook.kill();
            breakage.broken().run();
            webhook.launch();
            await("it says why")
                    .atMost(SOON)
                    .until(() -> webhook.get(Role.WEBHOOK, "/health/ready")
                            .filter(ready -> ready.statusCode() == 503
                                    && ready.body().contains("the certificate in Secret `interlock-serving`: ")
                                    && ready.body().contains(breakage.problem()))
                            .isPresent());
            assertThat(webhook.log())
                    .content()
                    .containsPattern(
                            "the port stays closed, waiting for the certificate in Secret `interlock-serving`: .*"
                                    + Pattern.quote(breakage.problem()));
            assertThat(webhook.running()).as("it waits, it does not end").isTrue();
        } finally {
            operator.signal(Role.OPERATOR, "CONT");
        }
        webhook.awaitReady();
        // The other one went on serving what it had, and follows by itself.
        await("calls succeed through both")
                .atMost(SOON)
                .until(() -> webhooks.stream().allMatch(each -> {
                    try (DirectCaller caller = new DirectCaller(each, bundle())) {
                        return caller.trouble().isEmpty() && each.ready();
                    }
                }));
        promoterCreates("mended-" + breakage.problem().hashCode());
    }

    private static void promoterCreates(String name) {
        plane.kubectl("promoter").apply(deployment(name.replace("--", "-"))).ok();
    }

    @Test
    void oneThatServesAGoodCertificateDoesNotTakeABadOneAndSaysWhenItsOwnIsOver() {
        Interlock webhook = webhooks.getFirst();
        operator.signal(Role.OPERATOR, "STOP");
        try {
            admin.run("delete", "secret", "interlock-serving", "-n", "interlock-system")
                    .ok();
            CertifiedKey other = TestCertificates.authority(Instant.now(), Duration.ofDays(1));
            serving(
                    TestCertificates.serving(other, List.of("127.0.0.1"), Instant.now(), Duration.ofDays(1)),
                    other.certificatePem(),
                    true);
            await("it says so")
                    .atMost(SOON)
                    .until(() -> Files.readString(webhook.log()).contains("is not served, the one before still is: "));
            Instant refused = Instant.now();
            await("longer than another one would wait to be served")
                    .atMost(SOON)
                    .until(() -> Instant.now()
                            .isAfter(refused.plus(ServingCertificate.SETTLE).plusSeconds(2)));
            promoterCreates("goes-on");
            assertThat(webhook.ready()).isTrue();
            if (!TORTURE) {
                return;
            }
            await("what it serves is over")
                    .atMost(SOON)
                    .until(() -> webhook.get(Role.WEBHOOK, "/health/ready")
                            .filter(ready ->
                                    ready.statusCode() == 503 && ready.body().contains("it has expired at"))
                            .isPresent());
        } finally {
            operator.signal(Role.OPERATOR, "CONT");
        }
        webhooks.forEach(Interlock::awaitReady);
        promoterCreates("came-back");
    }

    /// Failure 19: nobody else's authority stays in the gate.
    @Test
    void bundleThatSomebodyHasChangedIsMendedWithinTenSeconds() {
        CertifiedKey other = TestCertificates.authority(Instant.now(), Duration.ofDays(1));
        trust(other.certificatePem());
        await("it is ours alone again")
                .atMost(Duration.ofSeconds(10))
                .until(() -> !bundle().contains(other.certificatePem().strip()) && !bundle().isEmpty());
        promoterCreates("mended-bundle");
    }

    @Test
    void certificateOfSomebodyElsesIsServedAsItIsAndNoCallFailsOnTheWayThereAndBack() {
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        Set<String> bundles = new LinkedHashSet<>();
        CertifiedKey authority = TestCertificates.authority(Instant.now(), Duration.ofDays(1));
        CertifiedKey theirs =
                TestCertificates.serving(authority, List.of("127.0.0.1"), Instant.now(), Duration.ofDays(1));
        try (Load load = calls("theirs", failed, bundles)) {
            admin.run("label", "secret", "interlock-serving", "-n", "interlock-system", "app.kubernetes.io/managed-by-")
                    .ok();
            serving(theirs, authority.certificatePem(), false);
            await("the gate trusts theirs alone")
                    .atMost(SOON)
                    .until(() ->
                            bundle().strip().equals(authority.certificatePem().strip()));
            int before = load.done();
            await("calls go on").atMost(SOON).until(() -> load.done() > before + 60);
            admin.run("delete", "secret", "interlock-serving", "-n", "interlock-system")
                    .ok();
            await("it is ours again")
                    .atMost(SOON)
                    .until(() -> !bundle().contains(authority.certificatePem().strip()));
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void processesWhoseSettingsCannotBeKeptUpWithEndWithASentence() throws IOException {
        Interlock hasty = Interlock.replica(plane, Role.OPERATOR, "hasty", places);
        hasty.set("INTERLOCK_CERTIFICATES_SERVING_VALIDITY", "10s");
        hasty.launch();
        assertThat(hasty.awaitEnd(Role.OPERATOR)).isEqualTo(2);
        assertThat(Files.readString(hasty.log()))
                .contains("Interlock does not start: INTERLOCK_CERTIFICATES_SERVING_VALIDITY is at least 45s");
    }
}
