package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import dev.interlock.testing.Relay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// An API server that keeps nothing of what was, beside an etcd that is compacted each second: a watch that was away
/// for some seconds is answered 410 Gone, and has to begin with a list. `make torture` does so twenty times.
class ExpiredWatchIT {
    private static final String NAMESPACE = "expired";
    private static final String STAGE = "expiring";
    private static final int ROUNDS = Boolean.getBoolean("interlock.torture") ? 20 : 1;
    private static final int EACH = 100;
    private static final String OTHER = Manifests.GOOD_IMAGE.replace("aaaa", "bbbb");

    private static ControlPlane plane;
    private static Relay relay;
    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;
    private static DriftEvents drift;

    @BeforeAll
    static void install() throws IOException {
        plane = ControlPlane.start();
        Files.writeString(
                plane.directory().resolve("kube-apiserver.args"),
                "--watch-cache=false%n--etcd-compaction-interval=1s%n".formatted(),
                StandardOpenOption.APPEND);
        plane.kill("kube-apiserver");
        plane.startRole("kube-apiserver");
        relay = new Relay(URI.create(plane.server()).getPort());
        interlock = Interlock.prepare(plane, Optional.empty());
        interlock.reach("https://127.0.0.1:" + relay.port());
        interlock.applyManifests();
        interlock.start();
        admin = plane.kubectl();
        promoter = plane.kubectl("promoter");
        tenant = plane.kubectl("tenant");
        drift = new DriftEvents(admin, NAMESPACE);
        admin.apply(Manifests.namespace(NAMESPACE, STAGE, "optional")).ok();
        admin.apply(Manifests.path(NAMESPACE, STAGE, NAMESPACE)).ok();
        admin.apply(Manifests.policy(NAMESPACE, STAGE, "Warn")).ok();
        admin.letEdit(NAMESPACE, "promoter", "tenant");
        admin.run("wait", "--for=condition=Ready", "pp/" + NAMESPACE, "--timeout=60s")
                .ok();
    }

    @AfterAll
    static void remove() {
        interlock.close();
        relay.close();
        plane.close();
    }

    private static String deployments(int round, String image) {
        return Manifests.idle(NAMESPACE, "round-%02d".formatted(round), EACH, image);
    }

    /// How many watches asked for what etcd has not any more: each is told so by an event of type ERROR, code 410.
    /// Those of others are not cut off, and do not ask.
    private static long gone() {
        try (Stream<String> lines = Files.lines(plane.directory().resolve("kube-apiserver.log"))) {
            return lines.filter(line -> line.contains("required revision has been compacted"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void failure14_watchesThatAreGoneAgainAndAgainMissNoDriftAndMakeNoneTwice() {
        for (int round = 0; round < ROUNDS; round++) {
            promoter.apply(deployments(round, Manifests.GOOD_IMAGE)).ok();
        }
        interlock.awaitDrift();
        long before = gone();
        for (int round = 0; round < ROUNDS; round++) {
            relay.silence();
            tenant.apply(deployments(round, OTHER)).ok();
            Instant edited = Instant.now();
            await("compaction")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Instant.now().isAfter(edited.plusSeconds(4)));
            relay.end();
            drift.assertOneEach("round-%02d".formatted(round), EACH, interlock);
            Progress.say("%d of %d rounds, %d watches were gone".formatted(round + 1, ROUNDS, gone() - before));
        }
        assertThat(gone()).as("watches were answered 410 at all").isGreaterThan(before);
    }
}
