package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.DriftEvents;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Drift tightens the next decision, for the service that earned it and for a while; the way back stays open.
class FeedbackIT {
    private static final String MINE = "feedback-mine";
    private static final String OTHERS = "feedback-others";
    private static final String STAGE = "feeding";
    private static final String V1 = "registry.example.com/shop/app@sha256:" + "1".repeat(64);
    private static final String V2 = "registry.example.com/shop/app@sha256:" + "2".repeat(64);
    private static final String V3 = "registry.example.com/shop/app@sha256:" + "3".repeat(64);
    private static final String BY_HAND = "registry.example.com/shop/app@sha256:" + "4".repeat(64);

    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;
    private static DriftEvents mine;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        admin = ControlPlane.shared().kubectl();
        promoter = ControlPlane.shared().kubectl("promoter");
        tenant = ControlPlane.shared().kubectl("tenant");
        mine = new DriftEvents(admin, MINE);
        for (String namespace : List.of(MINE, OTHERS)) {
            admin.apply(Manifests.namespace(namespace, STAGE, "required")).ok();
            admin.apply(Manifests.path(namespace, STAGE, namespace)).ok();
            admin.letEdit(namespace, "promoter", "tenant");
        }
        admin.apply("""
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: feeding}
            spec:
              owner: {team: platform, contact: "#platform"}
              match: {stages: [feeding]}
              mode: Warn
              onUndecided: Deny
              checks:
              - {id: internal, images: {digest: Optional, registries: ["internal.example.com/"]}}
              - id: named
                expression: "workload.images.all(i, i.registry == 'internal.example.com')"
                message: images come from internal.example.com
              - {id: calm, mode: Enforce, stability: {maxOpenDrift: 5}}
              feedback:
              - {when: {drift: {count: 3, within: 1h}}, tighten: {check: named, mode: Enforce}, hold: 1h}
              - {when: {drift: {count: 3, within: 1h}}, tighten: {check: internal, mode: Enforce}, hold: 1h}
              - {when: {drift: {count: 3, within: 1h}}, tighten: {check: calm, set: {maxOpenDrift: 0}}, hold: 1h}
            """).ok();
        admin.run("wait", "--for=condition=Ready", "--timeout=30s", "pp/feeding")
                .ok();
        await("the gate asks")
                .atMost(Duration.ofSeconds(30))
                .until(() -> promoter.apply(Manifests.deployment(OTHERS, "probe", V1), "--dry-run=server")
                        .err()
                        .contains("[feeding/internal]"));
        interlock.awaitDrift();
    }

    @AfterAll
    static void remove() {
        admin.run("delete", "pp/feeding", "dpath/" + MINE, "dpath/" + OTHERS).ok();
        admin.run("delete", "namespace", MINE, OTHERS, "--wait=false").ok();
        interlock.awaitRecords();
    }

    private static String tightened() {
        return admin.run("get", "pp", "feeding", "-o", "jsonpath={.status.tightened}")
                .ok()
                .out();
    }

    private static Kubectl.Result release(String namespace, String image) {
        return promoter.apply(Manifests.deployment(namespace, "app", image));
    }

    @Test
    void law11_thirdDriftTightensForItsServiceAndLaw10_theWayBackStaysOpen() {
        release(MINE, V1).ok();
        release(MINE, V2).ok();
        release(OTHERS, V1).ok();
        for (int i = 0; i < 2; i++) {
            drift(BY_HAND);
            release(MINE, V2).ok();
            await().atMost(Duration.ofSeconds(20)).until(() -> mine.open().isEmpty());
        }
        assertThat(tightened()).isEmpty();
        drift(BY_HAND);
        await("the third drift to tighten")
                .atMost(Duration.ofSeconds(20))
                .until(() -> tightened().startsWith(MINE + ": calm"));
        JsonNode open = mine.open().getFirst();

        await("new content is denied")
                .atMost(Duration.ofSeconds(20))
                .until(() -> release(MINE, V3).exit() != 0);
        assertThat(release(MINE, V3).refused().err())
                .contains("denied by policy feeding (3 of 3 checks violated)")
                .contains("[internal] ")
                .containsPattern(
                        "tightened from Warn to Enforce until [0-9 :-]+ UTC because of 3 drifts in 1h \\(drift-")
                .contains(open.at("/metadata/name").asText())
                .contains("Owner payments, #payments-oncall");
        release(OTHERS, V3).ok();

        // Right after a restart too.
        interlock.kill();
        interlock.start();
        assertThat(release(MINE, V3).refused().err()).contains("tightened");
        assertThat(release(MINE, V2).ok().err())
                .contains("[feeding/internal] WayBack", "[feeding/named] WayBack", "[feeding/calm] WayBack");
        await().atMost(Duration.ofSeconds(20)).until(() -> mine.open().isEmpty());
        promoter.run("rollout", "undo", "deployment/app", "--to-revision=1", "-n", MINE)
                .ok();
        assertThat(admin.run("get", "deployment", "app", "-n", MINE, "-o", "jsonpath={..image}")
                        .ok()
                        .out())
                .isEqualTo(V1);
        release(MINE, V2).ok();
        assertThat(release(MINE, V3).refused().err()).contains("tightened");

        // Another user's name is refused by the API server itself; who may is recorded, and the count starts anew.
        String release = """
                apiVersion: interlock.dev/v1alpha1
                kind: FeedbackRelease
                metadata: {name: %s}
                spec: {policy: feeding, check: %s, service: %s, requester: %s, reason: "the cause was found"}
                """;
        assertThat(tenant.apply(release.formatted("forged", "internal", MINE, "tenant"))
                        .refused()
                        .err())
                .contains("forbidden");
        admin.apply(release.formatted("r1", "internal", MINE, adminName())).ok();
        admin.apply(release.formatted("r2", "calm", MINE, adminName())).ok();
        admin.apply(release.formatted("r3", "named", MINE, adminName())).ok();
        await("feedback is released")
                .atMost(Duration.ofSeconds(20))
                .until(() -> tightened().isEmpty());
        await("new content passes")
                .atMost(Duration.ofSeconds(20))
                .until(() -> release(MINE, V3).exit() == 0);
        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
            assertThat(ledger.notes())
                    .anyMatch(row -> row instanceof Stored.Released released
                            && released.release().requester().equals(adminName())
                            && released.release().reason().equals("the cause was found"))
                    .anyMatch(row -> row instanceof Stored.Tightened entry
                            && entry.tightening().effective().size() == 3);
        }
        admin.run("delete", "frel", "r1", "r2", "r3").ok();
        await("Events for whoever never saw an answer")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(events(MINE))
                        .contains(
                                "FeedbackTightened PromotionPolicy/feeding check internal of policy feeding is stricter for service "
                                        + MINE + ": Enforce, until ")
                        .contains(
                                "FeedbackEnded PromotionPolicy/feeding check internal of policy feeding is as declared again"
                                        + " for service " + MINE)
                        .contains("PromotionDenied Deployment/app update by promoter"));
        assertThat(events(OTHERS)).doesNotContain("of policy feeding");
    }

    private static String events(String namespace) {
        return admin.run(
                        "get",
                        "events",
                        "-n",
                        namespace,
                        "-o",
                        "jsonpath={range .items[*]}{.reason} {.involvedObject.kind}/{.involvedObject.name} {.message}{\"\\n\"}{end}")
                .ok()
                .out();
    }

    private static String adminName() {
        return admin.run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
                .ok()
                .out();
    }

    private static void drift(String image) {
        tenant.run("set", "image", "deployment/app", "app=" + image, "-n", MINE).ok();
        mine.awaitOpen("app");
    }

    @Test
    void denialsFeedBackAndTheHoldEndsByItself() {
        admin.apply("""
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: denying}
                spec:
                  owner: {team: platform}
                  match: {stages: [feeding]}
                  mode: Warn
                  onUndecided: Deny
                  checks:
                  - {id: pinned, mode: Enforce, images: {digest: Required}}
                  - {id: internal, images: {digest: Optional, registries: ["internal.example.com/"]}}
                  feedback:
                  - {when: {violations: {check: pinned, count: 2, within: 1h}}, tighten: {check: internal, mode: Enforce}, hold: 12s}
                """).ok();
        try {
            admin.run("wait", "--for=condition=Ready", "--timeout=30s", "pp/denying")
                    .ok();
            promoter.apply(Manifests.deployment(OTHERS, "one", "nginx:1")).refused();
            assertThat(promoter.apply(Manifests.deployment(OTHERS, "three", V1)).exit())
                    .isZero();
            promoter.apply(Manifests.deployment(OTHERS, "two", "nginx:2")).refused();
            await("denials to tighten")
                    .atMost(Duration.ofSeconds(12))
                    .until(() -> promoter.apply(Manifests.deployment(OTHERS, "four", V1), "--dry-run=server")
                            .err()
                            .contains("because of 2 denials by pinned in 1h"));
            await("the hold to end")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> promoter.apply(Manifests.deployment(OTHERS, "four", V1), "--dry-run=server")
                                    .exit()
                            == 0);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> admin.run("get", "pp", "denying", "-o", "jsonpath={.status.effective}")
                            .ok()
                            .out()
                            .isEmpty());
        } finally {
            admin.run("delete", "pp", "denying").ok();
        }
    }
}
