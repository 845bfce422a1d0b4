package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Relay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Watches that say nothing and do not end (catalogue 26, failures 9 and 15).
class WatchIT {
    private static final String NAMESPACE = "watched";

    private static ControlPlane controlPlane;
    private static Relay relay;
    private static Interlock interlock;
    private static Kubectl admin;

    @BeforeAll
    static void install() {
        controlPlane = ControlPlane.start();
        relay = new Relay(URI.create(controlPlane.server()).getPort());
        interlock = Interlock.prepare(controlPlane, Optional.empty());
        interlock.reach("https://127.0.0.1:" + relay.port());
        interlock.applyManifests();
        interlock.start();
        admin = controlPlane.kubectl();
        admin.apply(Manifests.namespace(NAMESPACE, NAMESPACE, "required")).ok();
        admin.apply(Manifests.policy(NAMESPACE, NAMESPACE, "Audit")).ok();
        admin.run("wait", "--for=condition=Ready", "pp/" + NAMESPACE, "--timeout=60s")
                .ok();
    }

    @AfterAll
    static void remove() {
        interlock.close();
        relay.close();
        controlPlane.close();
    }

    @Test
    void case26_watchThatGoesSilentIsBegunAnewAndTheChangedPolicyDecides() throws IOException {
        admin.apply(Manifests.policy(NAMESPACE, NAMESPACE, "Audit")).ok();
        DirectCaller direct = new DirectCaller(interlock);
        await("the declared mode")
                .atMost(Duration.ofSeconds(30))
                .until(() -> direct.askBad("/admit/required", NAMESPACE).contains("\"allowed\":true"));
        relay.freeze();
        admin.apply(Manifests.policy(NAMESPACE, NAMESPACE, "Enforce")).ok();
        await("what no watch told")
                .atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(direct.askBad("/admit/required", NAMESPACE))
                        .contains("denied by policy " + NAMESPACE));
        assertThat(Files.readString(interlock.log())).contains("promotionpolicies misses what the API server has");
        await("it recovers by itself").atMost(Duration.ofSeconds(90)).until(interlock::ready);
    }

    @Test
    void failure8_failure9_whoCannotAskDecidesByNoOldPolicyAndIsNotReady() {
        admin.apply(Manifests.policy(NAMESPACE, NAMESPACE, "Audit")).ok();
        DirectCaller direct = new DirectCaller(interlock);
        await("the declared mode")
                .atMost(Duration.ofSeconds(90))
                .until(() -> direct.askBad("/admit/required", NAMESPACE).contains("\"allowed\":true"));
        relay.silence();
        await("readiness to say since when")
                .atMost(Duration.ofSeconds(90))
                .until(() -> interlock
                        .get("/health/ready")
                        .filter(ready ->
                                ready.statusCode() == 503 && ready.body().contains("the API server to be asked again"))
                        .isPresent());
        assertThat(direct.askBad("/admit/required", NAMESPACE)).contains("\"allowed\":false", "EvidenceStale");
        relay.end();
        await("it recovers by itself")
                .atMost(Duration.ofSeconds(90))
                .until(() -> interlock.ready()
                        && direct.askBad("/admit/required", NAMESPACE).contains("\"allowed\":true"));
    }

    @Test
    void failure15_watchesOfLiveObjectsThatGoSilentAreBegunAnewAndWhatTheyMissedIsFound() {
        String namespace = "unheard";
        admin.apply(Manifests.namespace(namespace, "hearing", "optional")).ok();
        admin.apply(Manifests.path(namespace, "hearing", namespace)).ok();
        admin.apply(Manifests.policy(namespace, "hearing", "Warn")).ok();
        admin.letEdit(namespace, "promoter", "tenant");
        admin.run("wait", "--for=condition=Ready", "pp/" + namespace, "--timeout=60s")
                .ok();
        controlPlane
                .kubectl("promoter")
                .apply(Manifests.idle(namespace, "app", 3, Manifests.GOOD_IMAGE))
                .ok();
        interlock.awaitDrift();
        relay.freeze();
        controlPlane
                .kubectl("tenant")
                .apply(Manifests.idle(namespace, "app", 3, Manifests.GOOD_IMAGE.replace("aaaa", "bbbb")))
                .ok();
        new DriftEvents(admin, namespace).assertOneEach("app", 3, interlock);
        await("the watch to be begun anew")
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(interlock.log())
                        .contains("the watch of deployments misses what the API server has"));
    }
}
