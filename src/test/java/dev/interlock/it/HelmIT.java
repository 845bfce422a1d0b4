package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.ledger.Database;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Helm;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Load;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Postgres;
import dev.interlock.testing.Release;
import dev.interlock.testing.StandInKubelet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The chart by the real Helm on a real API server: installed, upgraded, rolled back and uninstalled, and refused where
/// it would not go well. Two parts stand in for what a machine without root has not: the node ([StandInKubelet]) and
/// the Service, for which Helm's post-renderer writes a URL into the gate.
class HelmIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String KINDS =
            "all,cm,secret,sa,pvc,ns,crd,role,rolebinding,clusterrole,clusterrolebinding,pdb,netpol,"
                    + "validatingwebhookconfiguration,validatingadmissionpolicy,validatingadmissionpolicybinding,resourcequota";

    private static ControlPlane plane;
    private static StandInKubelet node;
    private static Helm helm;
    private static Kubectl kubectl;
    private static Path renderer;
    private static Release release;

    @BeforeAll
    static void start() {
        helm = Helm.offline();
        plane = ControlPlane.start();
        helm = Helm.with(plane.kubeconfig());
        kubectl = plane.kubectl();
        node = new StandInKubelet(plane);
        renderer = node.renderer();
        release = new Release(helm, kubectl, "--post-renderer", renderer.toString());
        kubectl.run("wait", "--for=create", "namespace/default", "--timeout=30s")
                .ok();
    }

    @AfterAll
    static void stop() {
        node.close();
        plane.close();
    }

    /// Each test begins with a cluster that has no Interlock but its kinds, as after an uninstallation.
    @AfterEach
    void clear() {
        release.clear();
        node.webhooksStart(true);
    }

    private static String gate() {
        return release.get(
                "validatingwebhookconfiguration/interlock",
                ".metadata.uid}/{.metadata.generation}/{.webhooks[*].clientConfig.caBundle");
    }

    /// All that an installation could leave, but for what Helm itself notes of an attempt.
    private static List<String> everything(Kubectl admin) {
        return admin.run("get", KINDS, "-A", "-o", "name")
                .ok()
                .out()
                .lines()
                .filter(name -> !name.startsWith("secret/sh.helm.release"))
                .sorted()
                .toList();
    }

    @Test
    void withFilesItIsInstalledUpgradedRolledBackAndUninstalledAndKeepsItsEvidence() {
        release.install("{}").ok();
        assertThat(node.log("interlock-startup-check"))
                .contains("the API server asks Interlock about namespace interlock-check, caller unverified");
        release.test();
        release.govern();
        release.denies();
        kubectl.apply(Manifests.deployment("shop", "good", Manifests.GOOD_IMAGE))
                .ok();
        await("both records are there")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(release.records()).hasSize(2));
        assertThat(helm.run("install", "second", Helm.CHART.toString(), "-n", Helm.NAMESPACE)
                        .refused()
                        .err())
                .contains("this cluster has an Interlock already, release `interlock` in namespace `interlock-system`");

        String gate = gate();
        String pod = release.get("pod/interlock-0", ".metadata.uid");
        assertThat(gate).doesNotEndWith("/");
        release.helm("upgrade", "{}").ok();
        assertThat(gate()).as("an upgrade that changes nothing").isEqualTo(gate);
        assertThat(release.get("pod/interlock-0", ".metadata.uid")).isEqualTo(pod);

        release.helm("upgrade", "operator: {recordsPerSecond: 100}").ok();
        assertThat(gate()).as("an upgrade that restarts the Pod").isEqualTo(gate);
        assertThat(release.get("pod/interlock-0", ".metadata.uid")).isNotEqualTo(pod);
        release.denies();

        // What the operator has written since is not part of the release, so a rollback does not take it back.
        kubectl.run("delete", "secret", "interlock-ca", "-n", Helm.NAMESPACE).ok();
        await("the operator makes an authority anew").atMost(SOON).until(() -> !gate().equals(gate));
        await("and all of them know").atMost(SOON).untilAsserted(release::denies);
        helm.run("rollback", "interlock", "1", "-n", Helm.NAMESPACE, "--wait", "--timeout", "120s")
                .ok();
        assertThat(gate()).isNotEqualTo(gate);
        release.denies();
        assertThat(release.get("sts/interlock", ".spec.template.spec.containers[*].env[*].name"))
                .doesNotContain("INTERLOCK_RECORDS_PER_SECOND");

        // The emergency exit: an upgrade brings the gate back, where it is not told to leave it away.
        kubectl.run("delete", "validatingwebhookconfiguration", "interlock").ok();
        release.helm("upgrade", "operator: {recordsPerSecond: 100}").ok();
        release.denies();
        leaveAway(true);
        kubectl.run("get", "validatingwebhookconfiguration", "interlock").refused();
        kubectl.apply(Manifests.deployment("shop", "bad", Manifests.BAD_IMAGE), "--dry-run=server")
                .ok();
        leaveAway(false);
        release.denies();
        assertThat(helm.run("get", "values", "interlock", "-n", Helm.NAMESPACE)
                        .ok()
                        .out())
                .contains("enabled: true", "recordsPerSecond: 100");

        // A new version that never gets ready is taken back.
        node.webhooksStart(false);
        assertThat(release.helm("upgrade", "webhook: {drain: 1s}", "--timeout", "10s")
                        .refused()
                        .err())
                .contains("deadline exceeded");
        String stuck = release.get("pod/interlock-0", ".metadata.uid");
        helm.run("rollback", "interlock", "-n", Helm.NAMESPACE, "--no-hooks").ok();
        await("a Pod that is not ready is replaced")
                .atMost(SOON)
                .until(() -> !release.get("pod/interlock-0", ".metadata.uid").equals(stuck));
        node.webhooksStart(true);
        await().atMost(SOON).untilAsserted(release::denies);

        assertThat(release.helm("upgrade", "ledger: {files: {size: 20Gi}}")
                        .refused()
                        .err())
                .contains("ledger.files.size is 20Gi, the StatefulSet has 10Gi");
        assertThat(release.helm(
                                "upgrade",
                                "{ledger: {engine: postgresql, postgresql: {webhook: {existingSecret: a}, operator: {existingSecret: b}}}}")
                        .refused()
                        .err())
                .contains("StatefulSet interlock still writes its files")
                .contains("Secret `a` of ledger.postgresql.webhook is not in namespace interlock-system");

        // Nothing fails meanwhile: the gate goes before those who answer.
        int before = release.records().size();
        try (Load load = release.promotions()) {
            release.uninstall();
            assertThat(load.done()).isPositive();
        }
        assertThat(node.log("interlock-uninstall")).contains("nothing is asked any more");
        assertThat(release.records()).hasSizeGreaterThanOrEqualTo(before);
        assertThat(left())
                .containsExactly(
                        "customresourcedefinition.apiextensions.k8s.io/decisionrecords.interlock.dev",
                        "customresourcedefinition.apiextensions.k8s.io/deliverypaths.interlock.dev",
                        "customresourcedefinition.apiextensions.k8s.io/driftevents.interlock.dev",
                        "customresourcedefinition.apiextensions.k8s.io/feedbackreleases.interlock.dev",
                        "customresourcedefinition.apiextensions.k8s.io/promotionpolicies.interlock.dev");
        kubectl.run("get", "pvc", "data-interlock-0", "-n", Helm.NAMESPACE).ok();

        // A later installation finds what is there, and goes on with it.
        kubectl.run("wait", "--for=delete", "namespace/interlock-check", "--timeout=60s");
        release.helm("install", "{}").ok();
        await().atMost(SOON).untilAsserted(release::denies);
        assertThat(release.records()).hasSizeGreaterThanOrEqualTo(before);

        // Also where nobody answers any more, who uninstalls gets out.
        node.killWebhooks();
        release.uninstall();
        kubectl.apply(Manifests.deployment("shop", "bad", Manifests.BAD_IMAGE)).ok();
    }

    /// By the commands that the notes print.
    private static void leaveAway(boolean away) {
        helm.run(
                        "upgrade",
                        "interlock",
                        Helm.CHART.toString(),
                        "-n",
                        Helm.NAMESPACE,
                        "--reset-then-reuse-values",
                        "--set",
                        "gate.enabled=" + !away,
                        "--post-renderer",
                        renderer.toString())
                .ok();
    }

    /// What is left of an installation.
    private static List<String> left() {
        return kubectl.run("get", KINDS, "-A", "-l", "app.kubernetes.io/part-of=interlock", "-o", "name")
                .ok()
                .out()
                .lines()
                .filter(name -> !name.equals("namespace/interlock-check")) // being deleted
                .sorted()
                .toList();
    }

    @Test
    void withADatabaseItIsUpgradedAndRolledBackUnderLoadWithoutAFailedPromotion() {
        Postgres postgres = Postgres.shared();
        Database owner = postgres.empty();
        String database = owner.url().substring(owner.url().lastIndexOf('/') + 1);
        kubectl.run("create", "namespace", Helm.NAMESPACE).ok();
        release.secret("owner", owner);
        release.secret("webhook-role", postgres.as(postgres.roles().webhook(), database));
        release.secret("operator-role", postgres.as(postgres.roles().operator(), database));
        String values = """
                ledger:
                  engine: postgresql
                  postgresql: {webhook: {existingSecret: webhook-role}, operator: {existingSecret: operator-role}, migration: {existingSecret: owner}}
                """;
        assertThat(release.helm("install", values).ok().out())
                .contains("No namespace is under the gate yet")
                .contains("does not enforce the restricted Pod Security Standard");
        assertThat(release.get("deploy/interlock-webhook", ".status.readyReplicas"))
                .isEqualTo("2");
        assertThat(release.get("deploy/interlock-operator", ".status.readyReplicas"))
                .isEqualTo("2");
        release.test();
        release.govern();
        release.denies();
        String gate = gate();
        try (Load load = release.promotions()) {
            release.helm("upgrade", values + "webhook: {rollbackWindow: 7d}\n").ok();
            helm.run("rollback", "interlock", "1", "-n", Helm.NAMESPACE, "--wait", "--timeout", "120s")
                    .ok();
            assertThat(load.done()).isGreaterThan(20);
        }
        int promoted = kubectl.run("get", "deploy", "-n", "shop", "-o", "name")
                .ok()
                .out()
                .lines()
                .toList()
                .size();
        await("a record of each, and of the denial")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(release.records()).hasSize(promoted + 1));
        assertThat(gate()).isEqualTo(gate);
        release.denies();
        assertThat(release.helm("upgrade", "{}").refused().err()).contains("from there is no way back into files");
        release.uninstall();
        assertThat(left()).hasSize(5).allMatch(name -> name.startsWith("customresourcedefinition"));
    }

    @Test
    void anInstallationWhoseWebhooksNeverAnswerIsNoInstallation() {
        node.webhooksStart(false);
        Kubectl.Result result = helm.run(
                "startupCheck: {timeoutSeconds: 10}",
                List.of(
                        "install",
                        "interlock",
                        Helm.CHART.toString(),
                        "-n",
                        Helm.NAMESPACE,
                        "--create-namespace",
                        "--timeout",
                        "120s",
                        "-f",
                        "-",
                        "--post-renderer",
                        renderer.toString()));
        assertThat(result.refused().err()).contains("interlock-startup-check");
        assertThat(node.log("interlock-startup-check")).contains("not so within 10s: the gate has no caBundle yet");
    }

    /// Refused with what to change, and nothing is there that was not there before.
    ///
    /// @return what was said
    private static String refused(Kubectl admin, Helm as, String sentence, List<String> arguments) {
        List<String> before = everything(admin);
        Kubectl.Result result = as.run("", arguments).refused();
        assertThat(result.err()).contains(sentence);
        assertThat(everything(admin)).as(String.join(" ", arguments)).isEqualTo(before);
        return result.err();
    }

    private static List<String> installing(String... more) {
        return Stream.concat(
                        Stream.of("install", "interlock", Helm.CHART.toString(), "-n", Helm.NAMESPACE),
                        Arrays.stream(more))
                .toList();
    }

    @Test
    void whatWouldNotGoWellIsRefusedBeforeAnythingIsMade() {
        try (ControlPlane fresh = ControlPlane.start()) {
            Kubectl admin = fresh.kubectl();
            Helm installer = Helm.with(fresh.kubeconfig());
            admin.run("wait", "--for=create", "namespace/default", "--timeout=30s")
                    .ok();
            admin.run("create", "namespace", Helm.NAMESPACE).ok();
            refused(
                    admin,
                    installer,
                    "kube-system cannot have Interlock",
                    List.of("install", "interlock", Helm.CHART.toString(), "-n", "kube-system"));
            refused(
                    admin,
                    installer,
                    "CRD decisionrecords.interlock.dev is not there",
                    installing("--set", "crds.enabled=false"));
            refused(
                    admin,
                    installer,
                    "this cluster has no kind ServiceMonitor",
                    installing("--set", "monitoring.serviceMonitor.enabled=true"));
            refused(
                    admin,
                    installer,
                    "Secret `a` of ledger.postgresql.webhook is not in namespace",
                    installing(
                            "--set",
                            "ledger.engine=postgresql,ledger.postgresql.webhook.existingSecret=a,ledger.postgresql.operator.existingSecret=b"));
            refused(
                    admin,
                    installer,
                    "Secret `owner` of ledger.postgresql.migration is not in namespace",
                    installing(
                            "--set",
                            "ledger.engine=postgresql,ledger.postgresql.webhook.existingSecret=a,ledger.postgresql.operator.existingSecret=b,ledger.postgresql.migration.existingSecret=owner"));
            refused(
                    admin,
                    installer,
                    "ConfigMap `authority` of webhook.caller.authorityConfigMap is not in namespace interlock-system, or has no key `ca.crt`",
                    installing("--set", "webhook.caller.authorityConfigMap=authority"));
            admin.run("apply", "-f", "deploy/base/gate.yaml").ok();
            refused(admin, installer, "this cluster has an Interlock that Helm did not install", installing());
            admin.run("delete", "-f", "deploy/base/gate.yaml").ok();
            admin.apply(OLDER).ok();
            admin.run("wait", "--for=condition=Established", "crd/driftevents.interlock.dev", "--timeout=30s")
                    .ok();
            refused(
                    admin,
                    installer,
                    "CRD driftevents.interlock.dev has objects that are stored as v1alpha0",
                    installing());
            String orphans =
                    refused(admin, installer, "CRDs are there that do not belong to this release", installing());
            assertThat(orphans).contains("kubectl annotate crd driftevents.interlock.dev");
        }
    }

    private static final String OLDER = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: driftevents.interlock.dev, labels: {app.kubernetes.io/part-of: interlock}}
            spec:
              group: interlock.dev
              scope: Namespaced
              names: {kind: DriftEvent, plural: driftevents}
              versions:
              - name: v1alpha0
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;

    /// Who may not install all of it installs nothing: one who may do nothing but in the namespace, and one who lacks
    /// some of the rights that Interlock gets.
    @Test
    void whoMayNotInstallAllOfItIsToldWhichRightsAreMissing() {
        kubectl.run("create", "namespace", Helm.NAMESPACE).ok();
        kubectl.run("create", "rolebinding", "tenant", "--clusterrole=admin", "--user=tenant", "-n", Helm.NAMESPACE)
                .ok();
        refused(
                kubectl,
                Helm.with(plane.kubeconfig("tenant")),
                "User \"tenant\" cannot get resource \"namespaces\"",
                installing());

        kubectl.apply(ALMOST).ok();
        kubectl.run("create", "clusterrolebinding", "almost", "--clusterrole=almost", "--user=platform")
                .ok();
        kubectl.run("create", "rolebinding", "platform", "--clusterrole=admin", "--user=platform", "-n", Helm.NAMESPACE)
                .ok();
        refused(
                kubectl,
                Helm.with(plane.kubeconfig("platform")),
                "user \"platform\" (groups=[\"platform\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held",
                installing());
        Helm.with(plane.kubeconfig("platform"))
                .run("uninstall", "interlock", "-n", Helm.NAMESPACE, "--no-hooks")
                .ok();
        kubectl.run("delete", "clusterrolebinding/almost", "clusterrole/almost").ok();
    }

    private static final String ALMOST = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: almost}
            rules:
            - {apiGroups: ["", apps, batch, apiextensions.k8s.io, admissionregistration.k8s.io, rbac.authorization.k8s.io, policy, networking.k8s.io], resources: ["*"], verbs: [get, list, watch, create, patch, update, delete]}
            """;
}
