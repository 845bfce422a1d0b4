package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Objects that were stored under another CRD and cannot be read any more stop nothing (catalogue 23 and 24),
/// neither when they are there at the start nor when they come later.
class PoisonIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String OPERATOR = "system:serviceaccount:interlock-system:interlock";

    /// That lets in whatever is asked for.
    private static void lax(Kubectl admin, String kind) {
        String crd = "crd/%s.interlock.dev".formatted(kind);
        boolean selectable = !admin.run("get", crd, "-o", "jsonpath={.spec.versions[0].selectableFields}")
                .ok()
                .out()
                .isEmpty();
        String fields = selectable ? ", {\"op\": \"remove\", \"path\": \"/spec/versions/0/selectableFields\"}" : "";
        admin.run("patch", crd, "--type=json", "-p", """
                [{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema",
                  "value": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}%s]
                """.formatted(fields)).ok();
    }

    private static String policy(String name, String spec) {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: %s}
                spec: {match: {stages: [poison]}, owner: {team: platform}, onUndecided: Deny, %s}
                """.formatted(name, spec);
    }

    private static List<String> poison(String suffix) {
        return List.of(
                policy(
                        "integer" + suffix,
                        "mode: Enforce, checks: [{id: stable, stability: {maxOpenDrift: 92233720368547758080}}]"),
                policy("enum" + suffix, "mode: Someday, checks: [{id: owned, ownership: {}}]"),
                policy("list" + suffix, "mode: Enforce, checks: 7"),
                policy(
                        "duration" + suffix,
                        "mode: Enforce, checks: [{id: stable, stability: {maxDrift: {count: 1, within: tomorrow}}}]"),
                """
                apiVersion: interlock.dev/v1alpha1
                kind: DeliveryPath
                metadata: {name: path%s}
                spec: {service: 7, owner: [], workloads: {}, stages: [{name: poison, namespaces: [poisoned], promoters: 3}]}
                """.formatted(suffix),
                """
                apiVersion: interlock.dev/v1alpha1
                kind: FeedbackRelease
                metadata: {name: release%s}
                spec: {policy: {not: a name}, check: 1e30, requester: admin, reason: poison}
                """.formatted(suffix));
    }

    private static List<String> evidence(String suffix) {
        return List.of("""
                apiVersion: interlock.dev/v1alpha1
                kind: DriftEvent
                metadata: {name: drift%s, namespace: healthy}
                spec: {drift: 7, subject: nobody, onset: yesterday, service: 92233720368547758080}
                """.formatted(suffix), """
                apiVersion: interlock.dev/v1alpha1
                kind: DecisionRecord
                metadata: {name: record%s, namespace: healthy}
                spec: {decision: [], decidedAt: never, checks: 92233720368547758080}
                """.formatted(suffix));
    }

    private static void store(ControlPlane plane, String suffix) {
        Kubectl admin = plane.kubectl();
        List.of("promotionpolicies", "deliverypaths", "feedbackreleases", "driftevents", "decisionrecords")
                .forEach(kind -> lax(admin, kind));
        Interlock.asksAboutNewPolicies(admin, false);
        for (String object : poison(suffix)) {
            await("the lax CRD")
                    .atMost(SOON)
                    .untilAsserted(() -> admin.run(object, List.of("apply", "--validate=false", "-f", "-"))
                            .ok());
        }
        Interlock.asksAboutNewPolicies(admin, true);
        for (String object : evidence(suffix)) {
            await("the lax CRD")
                    .atMost(SOON)
                    .untilAsserted(() -> admin.run(
                                    object, List.of("create", "--validate=false", "--as=" + OPERATOR, "-f", "-"))
                            .ok());
        }
    }

    /// As long as the API server takes a status for such an object: where the CRD is strict again it refuses every one.
    private static void assertSaid(Kubectl admin, String suffix) {
        await("every condition says what cannot be read").atMost(SOON).untilAsserted(() -> {
            for (String name : List.of("integer", "enum", "list", "duration")) {
                assertThat(admin.run(
                                        "get",
                                        "pp",
                                        name + suffix,
                                        "-o",
                                        "jsonpath={.status.conditions[?(@.type=='Ready')].status} {.status.conditions[?(@.type=='Ready')].reason}")
                                .ok()
                                .out())
                        .as(name + suffix)
                        .isEqualTo("False Unreadable");
            }
            assertThat(admin.run("get", "dpath", "path" + suffix, "-o", "jsonpath={.status.conditions[0].reason}")
                            .ok()
                            .out())
                    .isEqualTo("Unreadable");
            assertThat(admin.run("get", "frel", "release" + suffix, "-o", "jsonpath={.status.problem}")
                            .ok()
                            .out())
                    .contains("it cannot be read: `spec.");
        });
    }

    private static void assertWorks(Interlock interlock, Kubectl admin, String suffix) {
        admin.run("wait", "--for=condition=Ready", "pp/healthy", "--timeout=60s")
                .ok();
        assertThat(interlock.ready()).isTrue();
        assertThat(admin.apply(Manifests.deployment("healthy", "bad" + suffix, Manifests.BAD_IMAGE))
                        .refused()
                        .err())
                .contains("denied by policy healthy");
        await("its record")
                .atMost(SOON)
                .until(() -> admin.run("get", "decrec", "-n", "healthy", "-o", "jsonpath={.items[*].spec.subject.name}")
                        .out()
                        .contains("bad" + suffix));
        // Law 16: whoever its raw match names is undecided, and nobody else.
        assertThat(admin.apply(Manifests.deployment("poisoned", "good" + suffix, Manifests.GOOD_IMAGE))
                        .refused()
                        .err())
                .contains("policy cannot be read");
        admin.apply(Manifests.deployment("healthy", "good" + suffix, Manifests.GOOD_IMAGE))
                .ok();
    }

    @Test
    void case23_case24_objectsThatCannotBeReadStopNothingAtTheStartNorLater() {
        try (ControlPlane plane = ControlPlane.start();
                Interlock interlock = Interlock.install(plane)) {
            Kubectl admin = plane.kubectl();
            admin.apply(Manifests.namespace("healthy", "healthy", "required")).ok();
            admin.apply(Manifests.namespace("poisoned", "poison", "required")).ok();
            admin.apply(Manifests.policy("healthy", "healthy", "Enforce")).ok();
            admin.run("wait", "--for=condition=Ready", "pp/healthy", "--timeout=60s")
                    .ok();

            store(plane, "-later");
            assertSaid(admin, "-later");
            assertWorks(interlock, admin, "-later");

            interlock.stop();
            store(plane, "-before");
            interlock.applyManifests();
            interlock.start();
            assertWorks(interlock, admin, "-before");
        }
    }
}
