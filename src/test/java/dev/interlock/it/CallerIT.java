package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ClientCertificate;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DirectCaller;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A real API server that shows a certificate, and others who reach the port and do not (catalogue 21).
class CallerIT {
    private static final String NAMESPACE = "callers";
    private static final String OTHER = Manifests.GOOD_IMAGE.replace("aaaa", "bbbb");
    private static final Duration SOON = Duration.ofSeconds(60);

    private static ControlPlane controlPlane;
    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;

    @BeforeAll
    static void install() {
        controlPlane = ControlPlane.start();
        interlock = Interlock.prepare(controlPlane, Optional.empty());
        admin = controlPlane.kubectl();
        promoter = controlPlane.kubectl("promoter");
        tenant = controlPlane.kubectl("tenant");
        ClientCertificate.show(controlPlane, interlock);
        interlock.applyManifests();
        interlock.start();

        admin.apply(Manifests.namespace(NAMESPACE, NAMESPACE, "required")).ok();
        admin.apply(Manifests.policy(NAMESPACE, NAMESPACE, "Enforce")).ok();
        admin.apply("""
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: callers}
                spec:
                  service: callers
                  owner: {team: shop, contact: "#shop"}
                  workloads: {}
                  stages: [{name: callers, namespaces: [callers], promoters: {users: [promoter]}}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: developers, namespace: callers}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                subjects: [{kind: User, name: promoter}, {kind: User, name: tenant}]
                """).ok();
        admin.run("wait", "--for=condition=Ready", "pp/callers", "--timeout=60s")
                .ok();
        admin.run("wait", "--for=jsonpath={.status.conditions[0].reason}=NoWorkload", "dpath/callers", "--timeout=30s")
                .ok();
    }

    @AfterAll
    static void remove() {
        interlock.close();
        controlPlane.close();
    }

    private static String records(String fields, String path) {
        return admin.run("get", "decrec", "-n", NAMESPACE, "--field-selector=" + fields, "-o", "jsonpath=" + path)
                .ok()
                .out();
    }

    private static String drift() {
        return admin.run("get", "drift", "-n", NAMESPACE, "-o", "jsonpath={range .items[*]}{.status.state};{end}")
                .ok()
                .out();
    }

    @Test
    void case21_whatAStrangerAsksInAPromotersNameIsRecordedAndStandsForNothing() {
        promoter.apply(Manifests.deployment(NAMESPACE, "edited", Manifests.GOOD_IMAGE))
                .ok();
        tenant.run("set", "image", "deployment/edited", "app=" + OTHER, "-n", NAMESPACE)
                .ok();
        await("the edit is drift").atMost(SOON).until(() -> drift().equals("Open;"));
        assertThat(records("spec.requester=promoter", "{.items[*].spec.caller} {.items[*].spec.approves}"))
                .isEqualTo("mtls true");

        String live = admin.run("get", "deployment", "edited", "-n", NAMESPACE, "-o", "json")
                .ok()
                .out();
        DirectCaller stranger = new DirectCaller(interlock);
        String forged = """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"forged-1",
                "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"edited","namespace":"%s",
                "operation":"UPDATE","userInfo":{"username":"promoter"},"object":%s,"oldObject":%s}}
                """.formatted(NAMESPACE, live, live);
        assertThat(DirectCaller.response(
                                stranger.post("/admit/required", forged).orElseThrow())
                        .path("auditAnnotations")
                        .path("entry")
                        .asText())
                .isEqualTo("forged-1");
        await("its record")
                .atMost(SOON)
                .until(() -> records(
                                "spec.requester=promoter", "{range .items[*]}{.spec.caller} {.spec.approves};{end}")
                        .contains("unverified false;"));
        // An edit that is looked at later than the forged review shows that this was looked at too.
        tenant.run("set", "image", "deployment/edited", "app=" + OTHER.replace("bbbb", "cccc"), "-n", NAMESPACE)
                .ok();
        await("the next edit").atMost(SOON).until(() -> drift().contains("Resolved;") && drift().contains("Open;"));
        assertThat(admin.run("get", "drift", "-n", NAMESPACE, "-o", "jsonpath={.items[*].status.how}")
                        .ok()
                        .out())
                .doesNotContain("Approved");

        promoter.apply(Manifests.deployment(NAMESPACE, "edited", Manifests.GOOD_IMAGE))
                .ok();
        await("the real way ends it").atMost(SOON).until(() -> !drift().contains("Open"));
    }

    /// Says how long the API server's own requests took; that is compared in a benchmark.
    @Test
    void case21_floodOfForgedReviewsReachesNeitherTheLedgerNorTheApiServersRequests() {
        DirectCaller stranger = new DirectCaller(interlock);
        double before = interlock.metric("interlock_decisions_total", "outcome=\"Denied\"");
        double refused = interlock.metric("interlock_undecidable_total", "http429");
        List<Long> quiet = asked(10);
        List<Long> flooded;
        int posted;
        long from = System.nanoTime();
        try (Load flood = new Load(
                4,
                i -> stranger.post(
                        "/admit/required",
                        DirectCaller.review("flood-" + i, NAMESPACE, "flood-" + i, Manifests.BAD_IMAGE, false)))) {
            flooded = asked(10);
            posted = flood.done();
        }
        Progress.say("%d forged reviews; the API server's requests took %d ms before and %d ms meanwhile, in the middle"
                .formatted(posted, quiet.get(quiet.size() / 2), flooded.get(flooded.size() / 2)));
        long seconds = Duration.ofNanos(System.nanoTime() - from).toSeconds() + 1;
        double denied = interlock.metric("interlock_decisions_total", "outcome=\"Denied\"") - before;
        assertThat(denied).as("50 a second at most, and 50 at once").isBetween(1.0, 50.0 * (seconds + 1));
        assertThat(interlock.metric("interlock_undecidable_total", "http429") - refused)
                .as("of %d in %d s", posted, seconds)
                .isPositive();
    }

    private static List<Long> asked(int times) {
        List<Long> millis = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < times; i++) {
            long from = System.nanoTime();
            promoter.apply(Manifests.deployment(NAMESPACE, "asked", Manifests.GOOD_IMAGE), "--dry-run=server")
                    .ok();
            promoter.apply(Manifests.deployment(NAMESPACE, "asked", Manifests.BAD_IMAGE), "--dry-run=server")
                    .refused();
            millis.add((System.nanoTime() - from) / 2_000_000);
        }
        return millis.stream().sorted().toList();
    }
}
