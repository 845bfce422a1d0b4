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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What drift is, and what it is not, on the real API server.
class DriftIT {
    private static final String REQUIRED = "drift-required";
    private static final String OPTIONAL = "drift-optional";
    private static final String STAGE = "drifting";
    private static final String OTHER_IMAGE = "registry.example.com/shop/app@sha256:" + "b".repeat(64);
    private static final String LATER_IMAGE = "registry.example.com/shop/app@sha256:" + "c".repeat(64);

    private static Interlock interlock;
    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;
    private static DriftEvents required;
    private static DriftEvents optional;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        admin = ControlPlane.shared().kubectl();
        promoter = ControlPlane.shared().kubectl("promoter");
        tenant = ControlPlane.shared().kubectl("tenant");
        required = new DriftEvents(admin, REQUIRED);
        optional = new DriftEvents(admin, OPTIONAL);
        admin.apply(Manifests.namespace(REQUIRED, STAGE, "required")).ok();
        admin.apply(Manifests.namespace(OPTIONAL, STAGE, "optional")).ok();
        admin.apply(Manifests.path("drifting", STAGE, REQUIRED, OPTIONAL)).ok();
        admin.apply(Manifests.policy("drifting", STAGE, "Warn")).ok();
        for (String namespace : List.of(REQUIRED, OPTIONAL)) {
            for (String user : List.of("promoter", "tenant")) {
                admin.run(
                                "create",
                                "rolebinding",
                                user,
                                "--clusterrole=edit",
                                "--user=" + user,
                                "--namespace=" + namespace)
                        .ok();
            }
        }
        admin.run("wait", "--for=condition=Ready", "--timeout=30s", "pp/drifting")
                .ok();
        await("the gate asks in both namespaces")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Stream.of(REQUIRED, OPTIONAL)
                        .allMatch(namespace -> promoter.apply(
                                        Manifests.deployment(namespace, "probe", Manifests.BAD_IMAGE),
                                        "--dry-run=server")
                                .err()
                                .contains("[drifting/images-pinned]")));
        interlock.awaitDrift();
    }

    @AfterAll
    static void remove() {
        admin.run("delete", "pp/drifting", "dpath/drifting").ok();
        admin.run("delete", "namespace", REQUIRED, OPTIONAL, "--wait=false").ok();
        interlock.awaitRecords();
    }

    private static void release(String namespace, String name, String image) {
        promoter.apply(Manifests.deployment(namespace, name, image)).ok();
    }

    private static void edit(Kubectl who, String namespace, String name, String image) {
        who.run("set", "image", "deployment/" + name, "app=" + image, "-n", namespace)
                .ok();
    }

    private static String text(JsonNode event, String pointer) {
        return event.at(pointer).asText();
    }

    @Test
    void editByNoPromoterIsAdmittedAndIsDriftThatNamesTheRequester() {
        release(REQUIRED, "edited", Manifests.GOOD_IMAGE);
        edit(tenant, REQUIRED, "edited", OTHER_IMAGE);
        JsonNode event = required.awaitOpen("edited");
        assertThat(text(event, "/spec/drift")).isEqualTo("Drifted");
        assertThat(text(event, "/spec/cause")).isEqualTo("Edit");
        assertThat(text(event, "/spec/requester")).isEqualTo("tenant");
        assertThat(text(event, "/spec/manager")).isEqualTo("kubectl-set");
        assertThat(text(event, "/spec/service")).isEqualTo("drifting");
        assertThat(text(event, "/spec/stage")).isEqualTo(STAGE);
        assertThat(text(event, "/spec/owner/contact")).isEqualTo("#payments-oncall");
        assertThat(text(event, "/spec/paths")).isEqualTo("spec.template.spec.containers[name=app].image");
        assertThat(text(event, "/spec/differences/0/approved")).isEqualTo(Manifests.GOOD_IMAGE);
        assertThat(text(event, "/spec/differences/0/observed")).isEqualTo(OTHER_IMAGE);
        assertThat(event.at("/spec/continues").isMissingNode()).isTrue();
        String row = admin.run("get", "drift", "-n", REQUIRED, "--field-selector=spec.subject.name=edited")
                .ok()
                .out();
        assertThat(row.lines().findFirst().orElseThrow().split("\\s+"))
                .containsExactly("NAME", "STATE", "CLASS", "KIND", "OBJECT", "STAGE", "PATHS", "MANAGER", "BY", "AGE");
        assertThat(row).contains("Open", "Drifted", "Deployment", "edited", "kubectl-set", "tenant");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(admin.run("describe", "deployment", "edited", "-n", REQUIRED)
                                .ok()
                                .out())
                        .contains("changed by tenant, see driftevent " + text(event, "/metadata/name")));

        release(REQUIRED, "edited", Manifests.GOOD_IMAGE);
        required.awaitResolved("edited", "Restored");
        edit(tenant, REQUIRED, "edited", OTHER_IMAGE);
        JsonNode again = required.awaitOpen("edited");
        assertThat(text(again, "/metadata/name")).isNotEqualTo(text(event, "/metadata/name"));
        admin.run("delete", "deployment", "edited", "-n", REQUIRED).ok();
        required.awaitResolved("edited", "Gone");
        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
            assertThat(ledger.notes().stream()
                            .filter(row2 -> row2 instanceof Stored.Drifted drifted
                                    && drifted.drift().subject().namespace().equals(REQUIRED)
                                    && drifted.drift().subject().name().equals("edited")))
                    .hasSize(2);
        }
    }

    @Test
    void anotherEditContinuesTheDriftAndIsNoOnset() {
        release(REQUIRED, "twice", Manifests.GOOD_IMAGE);
        edit(tenant, REQUIRED, "twice", OTHER_IMAGE);
        JsonNode first = required.awaitOpen("twice");
        edit(tenant, REQUIRED, "twice", LATER_IMAGE);
        required.awaitResolved("twice", "Superseded");
        JsonNode second = required.awaitOpen("twice");
        assertThat(text(second, "/spec/continues")).isEqualTo(text(first, "/metadata/name"));
        assertThat(required.of("twice")).hasSize(2);
    }

    @Test
    void releaseByAPromoterWithAViolationThatWarnsIsNoDrift() {
        release(REQUIRED, "warned", Manifests.GOOD_IMAGE);
        assertThat(promoter.apply(Manifests.deployment(REQUIRED, "warned", Manifests.BAD_IMAGE))
                        .ok()
                        .err())
                .contains("[drifting/images-pinned]");
        interlock.awaitDrift();
        sentinel("after-warned");
        assertThat(required.of("warned")).isEmpty();
    }

    /// A real edit after something else: once its drift is seen, what came before it has been looked at.
    private static void sentinel(String name) {
        release(REQUIRED, name, Manifests.GOOD_IMAGE);
        edit(tenant, REQUIRED, name, OTHER_IMAGE);
        required.awaitOpen(name);
    }

    @Test
    void promoterWhoAppliesWhatDriftedApprovesIt() {
        release(REQUIRED, "ratified", Manifests.GOOD_IMAGE);
        edit(tenant, REQUIRED, "ratified", OTHER_IMAGE);
        required.awaitOpen("ratified");
        promoter.apply(Manifests.deployment(REQUIRED, "ratified", OTHER_IMAGE)).ok();
        required.awaitResolved("ratified", "Approved");
    }

    @Test
    void promoterWhoAppliesWhatDriftedDoesNotApproveWhatACheckWouldDeny() {
        release(REQUIRED, "unratified", Manifests.GOOD_IMAGE);
        edit(tenant, REQUIRED, "unratified", "nginx:1.28");
        required.awaitOpen("unratified");
        admin.apply(Manifests.policy("drifting", STAGE, "Enforce")).ok();
        try {
            admin.run("wait", "--for=jsonpath={.status.observedGeneration}=2", "--timeout=30s", "pp/drifting");
            admin.run("wait", "--for=condition=Ready", "--timeout=30s", "pp/drifting")
                    .ok();
            assertThat(promoter.apply(Manifests.deployment(REQUIRED, "unratified", "nginx:1.28"))
                            .ok()
                            .err())
                    .contains("AlreadyPresent");
            interlock.awaitDrift();
            assertThat(required.open().stream().map(event -> text(event, "/spec/subject/name")))
                    .contains("unratified");
        } finally {
            admin.apply(Manifests.policy("drifting", STAGE, "Warn")).ok();
            admin.run("wait", "--for=condition=Ready", "--timeout=30s", "pp/drifting")
                    .ok();
        }
    }

    @Test
    void tenantWhoRelabelsAWorkloadInTheSameEditCannotApproveIt() {
        String namespace = "drift-shared";
        admin.apply(Manifests.namespace(namespace, STAGE, "required")).ok();
        admin.apply(Manifests.partialPath("mine", STAGE, "{matchLabels: {owner: mine}}", "tenant", namespace))
                .ok();
        admin.apply(Manifests.partialPath("theirs", STAGE, "{matchLabels: {owner: theirs}}", "promoter", namespace))
                .ok();
        admin.letEdit(namespace, "promoter", "tenant");
        DriftEvents events = new DriftEvents(admin, namespace);
        String labelled = Manifests.deployment(namespace, "stolen", Manifests.GOOD_IMAGE)
                .replace("metadata: {name: stolen,", "metadata: {labels: {owner: theirs}, name: stolen,");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> promoter.apply(labelled).exit() == 0);
        interlock.awaitDrift();
        tenant.run("patch", "deployment", "stolen", "-n", namespace, "--type=merge", "-p", """
                        {"metadata": {"labels": {"owner": "mine"}},
                         "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "%s"}]}}}}
                        """.formatted(OTHER_IMAGE))
                .ok();
        JsonNode event = events.awaitOpen("stolen");
        assertThat(text(event, "/spec/requester")).isEqualTo("tenant");
        assertThat(text(event, "/spec/paths")).contains("metadata.labels");
        admin.run("delete", "namespace", namespace, "--wait=false").ok();
        admin.run("delete", "dpath", "mine", "theirs").ok();
    }

    @Test
    void recallChangesNoDriftState() {
        promoter.apply(Manifests.deployment(REQUIRED, "recalled", Manifests.BAD_IMAGE))
                .ok();
        interlock.awaitDrift();
        admin.apply(Manifests.policy("drifting", STAGE, "Enforce")).ok();
        try {
            await("the reassessment that recalls")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
                            return ledger.after(0, Integer.MAX_VALUE).stream()
                                    .anyMatch(row -> row instanceof Stored.Decided decided
                                            && decided.entry().subject().name().equals("recalled")
                                            && decided.entry().trigger().equals("Reassessment")
                                            && decided.entry().outcome().equals("Denied"));
                        }
                    });
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> admin.run("get", "pp", "drifting", "-o", "jsonpath={.status.wouldDenyNames}")
                            .ok()
                            .out()
                            .contains("Deployment %s/recalled".formatted(REQUIRED)));
            interlock.awaitDrift();
            assertThat(required.of("recalled")).isEmpty();
        } finally {
            admin.apply(Manifests.policy("drifting", STAGE, "Warn")).ok();
            admin.run("wait", "--for=condition=Ready", "--timeout=30s", "pp/drifting")
                    .ok();
        }
    }

    @Test
    void refusalByAnotherWebhookAfterOurAllowIsNoDrift() {
        release(REQUIRED, "refused", Manifests.GOOD_IMAGE);
        admin.apply("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingWebhookConfiguration
                metadata: {name: another}
                webhooks:
                - name: another.example.com
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  failurePolicy: Fail
                  timeoutSeconds: 1
                  clientConfig: {url: "https://127.0.0.1:1/refuse"}
                  rules: [{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}]
                  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}
                  matchConditions: [{name: one, expression: "object.metadata.name == 'refused'"}]
                """.formatted(REQUIRED)).ok();
        try {
            await("the other webhook refuses")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> promoter.apply(Manifests.deployment(REQUIRED, "refused", OTHER_IMAGE))
                            .err()
                            .contains("another.example.com"));
        } finally {
            admin.run("delete", "validatingwebhookconfiguration", "another").ok();
        }
        sentinel("after-refused");
        assertThat(required.of("refused")).as("what is live was approved").isEmpty();
        // The difference is shown against what was live, not against what another webhook refused.
        edit(tenant, REQUIRED, "refused", LATER_IMAGE);
        assertThat(text(required.awaitOpen("refused"), "/spec/differences/0/approved"))
                .isEqualTo(Manifests.GOOD_IMAGE);
        // Law 7: allowed is not applied.
        await("what became of both allows")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(admin.run(
                                        "get",
                                        "decrec",
                                        "-n",
                                        REQUIRED,
                                        "--field-selector=spec.subject.name=refused",
                                        "-o",
                                        "jsonpath={range .items[*]}{.spec.operation} {.spec.requester} {.status.applied}{'\\n'}{end}")
                                .ok()
                                .out()
                                .lines())
                        .containsExactlyInAnyOrder(
                                "CREATE promoter Persisted",
                                "UPDATE promoter NotPersisted",
                                "UPDATE tenant Persisted"));
    }

    @Test
    void undecidedEditThatIsLetInIsDrift() throws IOException {
        release(OPTIONAL, "undecided", Manifests.GOOD_IMAGE);
        interlock.awaitDrift();
        String name = "promotionpolicies.interlock.dev";
        admin.run("patch", "crd", name, "--type=json", "-p", """
                [{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema",
                  "value": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}]
                """).ok();
        Interlock.asksAboutNewPolicies(admin, false);
        try {
            await("a policy that cannot be read")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> admin.apply("""
                    apiVersion: interlock.dev/v1alpha1
                    kind: PromotionPolicy
                    metadata: {name: unreadable}
                    spec: {match: {stages: [%s]}, mode: Someday}
                    """.formatted(STAGE)).exit() == 0);
            await("an undecided edit")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> tenant.run(
                                    "set",
                                    "image",
                                    "deployment/undecided",
                                    "app=" + OTHER_IMAGE,
                                    "-n",
                                    OPTIONAL,
                                    "--dry-run=server")
                            .err()
                            .contains("undecided, let in"));
            edit(tenant, OPTIONAL, "undecided", OTHER_IMAGE);
            JsonNode event = optional.awaitOpen("undecided");
            assertThat(text(event, "/spec/cause")).isEqualTo("Undecided");
            assertThat(text(event, "/spec/requester")).isEqualTo("tenant");
        } finally {
            admin.run("delete", "pp", "unreadable", "--ignore-not-found").ok();
            Interlock.asksAboutNewPolicies(admin, true);
            admin.apply(
                            Files.readString(Path.of("crds/promotionpolicies.interlock.dev-v1.yml")),
                            "--server-side",
                            "--force-conflicts")
                    .ok();
            await("the unreadable policy to be gone")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> promoter.apply(
                                            Manifests.deployment(REQUIRED, "probe", Manifests.GOOD_IMAGE),
                                            "--dry-run=server")
                                    .exit()
                            == 0);
        }
    }

    @Test
    void editAndCreateWhileNoWebhookAnswersAreFoundAfterwards() {
        release(OPTIONAL, "edited-in-gap", Manifests.GOOD_IMAGE);
        release(OPTIONAL, "left-alone", Manifests.GOOD_IMAGE);
        interlock.awaitDrift();
        interlock.kill();
        edit(promoter, OPTIONAL, "edited-in-gap", OTHER_IMAGE);
        promoter.apply(Manifests.deployment(OPTIONAL, "created-in-gap", Manifests.GOOD_IMAGE))
                .ok();
        interlock.start();
        JsonNode edited = optional.awaitOpen("edited-in-gap");
        JsonNode created = optional.awaitOpen("created-in-gap");
        assertThat(text(edited, "/spec/drift")).isEqualTo("Drifted");
        assertThat(text(edited, "/spec/cause")).isEqualTo("Gap");
        assertThat(edited.at("/spec/requester").isMissingNode()).isTrue();
        assertThat(text(edited, "/spec/gap")).isNotEmpty();
        assertThat(text(created, "/spec/drift")).isEqualTo("Bypassed");
        interlock.awaitDrift();
        assertThat(optional.of("left-alone")).isEmpty();
        // A promoter answers for what came in unseen.
        promoter.apply(Manifests.deployment(OPTIONAL, "created-in-gap", Manifests.GOOD_IMAGE), "--server-side")
                .ok();
        optional.awaitResolved("created-in-gap", "Approved");
    }

    @Test
    void whatComesInWhileTheConfigurationIsDeletedIsFound() {
        release(REQUIRED, "before-exit", Manifests.GOOD_IMAGE);
        interlock.awaitDrift();
        String gate = admin.run("kustomize", "deploy/overlays/host").ok().out();
        admin.run("delete", "validatingwebhookconfiguration", "interlock").ok();
        await("the gap").atMost(Duration.ofSeconds(20)).until(() -> interlock.metric("interlock_gate_gap") == 1);
        await("the API server to ask nobody")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !tenant.apply(
                                Manifests.deployment(REQUIRED, "probe", Manifests.BAD_IMAGE), "--dry-run=server")
                        .err()
                        .contains("images-pinned"));
        edit(tenant, REQUIRED, "before-exit", OTHER_IMAGE);
        tenant.apply(Manifests.deployment(REQUIRED, "during-exit", Manifests.GOOD_IMAGE))
                .ok();
        assertThat(text(required.awaitOpen("before-exit"), "/spec/cause")).isEqualTo("Gap");
        assertThat(text(required.awaitOpen("during-exit"), "/spec/drift")).isEqualTo("Bypassed");
        assertThat(gate).contains("kind: ValidatingWebhookConfiguration");
        interlock.applyManifests();
        await("the end of the gap")
                .atMost(Duration.ofSeconds(30))
                .until(() -> interlock.metric("interlock_gate_gap") == 0);
        try (LedgerReader ledger = LedgerReader.open(interlock.operatorLedger())) {
            assertThat(ledger.notes().stream()
                            .filter(row -> row instanceof Stored.GapBegan began
                                    && began.gap().cause().equals("GateMissing")))
                    .isNotEmpty();
        }
        await("the gate asks again")
                .atMost(Duration.ofSeconds(30))
                .until(() -> tenant.apply(
                                Manifests.deployment(REQUIRED, "probe", Manifests.BAD_IMAGE), "--dry-run=server")
                        .err()
                        .contains("images-pinned"));
    }
}
