package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Interlock's own kinds that are not there yet, go, and come back. `make torture` takes them away in six orders.
class KindsIT {
    private static final List<String> KINDS =
            List.of("promotionpolicies", "deliverypaths", "decisionrecords", "driftevents", "feedbackreleases");
    private static final String REQUIRED = "kinds";
    private static final String OPTIONAL = "kinds-optional";
    private static final Duration SOON = Duration.ofSeconds(90);

    private static ControlPlane plane;
    private static Interlock interlock;
    private static Kubectl admin;
    private static DirectCaller direct;

    @BeforeAll
    static void install() {
        plane = ControlPlane.start();
        interlock = Interlock.install(plane);
        admin = plane.kubectl();
        direct = new DirectCaller(interlock);
        admin.apply(Manifests.namespace(REQUIRED, "kinds", "required")).ok();
        admin.apply(Manifests.namespace(OPTIONAL, "kinds", "optional")).ok();
    }

    @AfterAll
    static void remove() {
        direct.close();
        interlock.close();
        plane.close();
    }

    @BeforeEach
    void denies() {
        interlock.start();
        admin.apply(Manifests.policy("kinds", "kinds", "Enforce")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/kinds", "--timeout=90s").ok();
        assertThat(refused("before")).contains("denied by policy kinds");
    }

    private static String refused(String name) {
        return admin.apply(Manifests.idle(REQUIRED, name, Manifests.BAD_IMAGE))
                .refused()
                .err();
    }

    private static void take(List<String> kinds) {
        kinds.forEach(kind -> admin.run("delete", "crd/%s.interlock.dev".formatted(kind), "--timeout=60s")
                .ok());
    }

    private static void give(List<String> kinds) {
        for (String kind : kinds) {
            admin.run("apply", "--server-side", "-f", "crds/%s.interlock.dev-v1.yml".formatted(kind))
                    .ok();
            admin.run("wait", "--for=condition=Established", "crd/%s.interlock.dev".formatted(kind), "--timeout=30s")
                    .ok();
        }
    }

    static Stream<List<String>> orders() {
        Stream<List<String>> all = Stream.concat(
                Stream.of(KINDS.reversed()), IntStream.range(0, KINDS.size()).mapToObj(KindsIT::from));
        return Boolean.getBoolean("interlock.torture") ? all : all.limit(1);
    }

    private static List<String> from(int first) {
        List<String> kinds = new ArrayList<>(KINDS);
        Collections.rotate(kinds, first);
        return kinds;
    }

    @ParameterizedTest
    @MethodSource("orders")
    void failure16_kindsThatGoEndNothingAndWhatNobodyCanKnowIsDecidedByTheGate(List<String> order) {
        take(order);
        await("a path that requires a decision to be closed")
                .atMost(SOON)
                .until(() -> direct.askBad("/admit/required", REQUIRED).contains("\"allowed\":false"));
        assertThat(direct.askBad("/admit/required", REQUIRED)).contains("EvidenceStale");
        assertThat(direct.askBad("/admit/optional", OPTIONAL))
                .contains("\"allowed\":true", "undecided, let in: policies may have changed since");
        assertThat(interlock.get("/health/ready").map(HttpResponse::statusCode)).contains(503);
        give(order.reversed());
        await("it recovers by itself").atMost(SOON).until(interlock::ready);
        admin.apply(Manifests.policy("kinds", "kinds", "Enforce")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/kinds", "--timeout=90s").ok();
        assertThat(refused("after")).contains("denied by policy kinds");
        assertThat(interlock.running()).as("it has not ended meanwhile").isTrue();
    }

    @Test
    void failure16_decisionsGoOnWithoutTheKindsOfEvidenceAndTheirRecordsFollow() {
        List<String> evidence = List.of("decisionrecords", "driftevents");
        take(evidence);
        for (int i = 0; i < 5; i++) {
            assertThat(refused("meanwhile-" + i)).contains("denied by policy kinds");
        }
        give(evidence);
        await("a record of each")
                .atMost(SOON)
                .until(() -> IntStream.range(0, 5)
                        .allMatch(i -> admin.run("get", "decisionrecords", "-n", REQUIRED)
                                .ok()
                                .out()
                                .contains("meanwhile-" + i)));
    }

    @Test
    void failure16_startsBeforeItsKindsAreThereAndIsClosedUntilTheyAre() {
        interlock.stop();
        take(KINDS);
        interlock.launch();
        await("readiness to say what is missing")
                .atMost(SOON)
                .until(() -> interlock
                        .get("/health/ready")
                        .filter(ready -> ready.statusCode() == 503
                                && ready.body().contains("policies, paths and namespaces to be loaded"))
                        .isPresent());
        assertThat(direct.trouble()).as("nobody listens").isPresent();
        give(KINDS);
        interlock.awaitReady();
    }
}
