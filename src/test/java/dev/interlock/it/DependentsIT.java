package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.it.Lookout.Found;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What controllers make is compared with what was approved for its owner, and nobody gets an approval by
/// writing an owner reference (catalogue 11).
class DependentsIT {
    private static final String STAGE = "dependents";
    private static final String REQUIRED = "dependents";
    private static final String OPTIONAL = "dependents-optional";
    private static final String NEXT = Manifests.GOOD_IMAGE.replace("aaaa", "bbbb");
    private static final String IMAGE = "spec.containers[name=app].image";
    private static final String TEMPLATE_IMAGE = "spec.template." + IMAGE;
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Kubectl admin;
    private static Kubectl promoter;
    private static Kubectl tenant;
    private static Lookout lookout;

    @BeforeAll
    static void prepare() {
        Interlock.shared();
        admin = ControlPlane.shared().kubectl();
        promoter = ControlPlane.shared().kubectl("promoter");
        tenant = ControlPlane.shared().kubectl("tenant");
        lookout = new Lookout(REQUIRED);
        Lookout.prepare(STAGE, "required", REQUIRED, OPTIONAL);
        admin.run("label", "namespace", OPTIONAL, "interlock.dev/gate=optional", "--overwrite")
                .ok();
    }

    @AfterAll
    static void remove() {
        Lookout.remove(STAGE, REQUIRED, OPTIONAL);
    }

    private static void release(WorkloadKind kind, String name) {
        promoter.apply(Manifests.workload(kind, REQUIRED, name, Manifests.podSpec(Manifests.GOOD_IMAGE)))
                .ok();
    }

    private static void releaseDeployment(String name) {
        release(WorkloadKind.DEPLOYMENT, name);
        awaitPod(name);
    }

    private static void awaitPod(String app) {
        admin.run("wait", "pod", "-l", "app=" + app, "-n", REQUIRED, "--for=create", "--timeout=30s")
                .ok();
        lookout.settled();
    }

    /// The events of objects whose names begin so.
    private static List<Found> eventsOf(String prefix) {
        return lookout.everythingBefore().stream()
                .filter(event -> event.subject().contains("/" + prefix))
                .toList();
    }

    private static JsonNode only(String kinds, String app) {
        List<JsonNode> found = lookout.objects(kinds, "-l", "app=" + app);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static String uid(String object) {
        return admin.run("get", object, "-n", REQUIRED, "-o", "jsonpath={.metadata.uid}")
                .ok()
                .out();
    }

    private static void setImage(Kubectl who, String object, String image) {
        who.run("set", "image", object, "app=" + image, "-n", REQUIRED).ok();
    }

    private static void restart() {
        Interlock interlock = Interlock.shared();
        interlock.kill();
        interlock.start();
    }

    @Test
    void whatControllersMakeOfAReleaseARolloutAndARollbackIsInSyncAlsoAfterARestart() {
        releaseDeployment("released");
        release(WorkloadKind.STATEFUL_SET, "released-set");
        release(WorkloadKind.JOB, "released-job");
        release(WorkloadKind.CRON_JOB, "released-cron");
        awaitPod("released-set");
        // Its last run was long ago, so that one is due now.
        admin.run(
                        "patch",
                        "cronjob/released-cron",
                        "-n",
                        REQUIRED,
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"status\": {\"lastScheduleTime\": \"2024-06-01T00:00:00Z\"}}")
                .ok();

        setImage(promoter, "deployment/released", NEXT);
        setImage(promoter, "statefulset/released-set", NEXT);
        promoter.run("scale", "deployment/released", "--replicas=3", "-n", REQUIRED)
                .ok();
        lookout.settled();
        promoter.run("rollout", "undo", "deployment/released", "-n", REQUIRED).ok();
        promoter.run("rollout", "restart", "deployment/released", "-n", REQUIRED)
                .ok();
        tenant.run("delete", "pod", "-l", "app=released-set", "--wait=false", "-n", REQUIRED)
                .ok();
        admin.run(
                        "wait",
                        "cronjob/released-cron",
                        "-n",
                        REQUIRED,
                        "--for=jsonpath={.status.active[0].kind}=Job",
                        "--timeout=60s")
                .ok();

        assertThat(eventsOf("released")).isEmpty();
        assertThat(lookout.objects("replicasets", "-l", "app=released")).hasSizeGreaterThan(1);
        restart();
        assertThat(eventsOf("released")).isEmpty();
    }

    @Test
    void ownerThatDriftedHasOneEventAndWhatIsMadeFromItNone() {
        releaseDeployment("edited");
        release(WorkloadKind.STATEFUL_SET, "edited-set");
        awaitPod("edited-set");
        setImage(tenant, "deployment/edited", NEXT);
        setImage(tenant, "statefulset/edited-set", NEXT);
        tenant.run("delete", "pod", "-l", "app=edited-set", "--wait=false", "-n", REQUIRED)
                .ok();
        lookout.settled();
        assertThat(lookout.objects("replicasets", "-l", "app=edited")).hasSize(2);
        assertThat(eventsOf("edited"))
                .extracting(Found::subject, Found::drift, Found::requester, Found::paths)
                .containsExactlyInAnyOrder(
                        tuple("Deployment/edited", "Drifted", "tenant", TEMPLATE_IMAGE),
                        tuple("StatefulSet/edited-set", "Drifted", "tenant", TEMPLATE_IMAGE));
        restart();
        assertThat(eventsOf("edited")).hasSize(2);
    }

    @Test
    void replicaSetThatATenantEditedIsDriftedAndItsPodsAreNot() {
        releaseDeployment("by-hand");
        String set = name(only("replicasets", "by-hand"));
        setImage(tenant, "replicaset/" + set, "evil.example.com/app:1");
        tenant.run("delete", "pod", "-l", "app=by-hand", "--wait=false", "-n", REQUIRED)
                .ok();
        awaitPod("by-hand");
        assertThat(eventsOf("by-hand"))
                .extracting(Found::subject, Found::drift, Found::cause, Found::requester, Found::paths)
                .containsExactly(tuple("ReplicaSet/" + set, "Drifted", "Edit", "tenant", TEMPLATE_IMAGE));
    }

    @Test
    void podOfADeploymentWhoseImageATenantChangedIsDriftedUntilItIsReplaced() {
        releaseDeployment("pod-image");
        String pod = name(only("pods", "pod-image"));
        setImage(tenant, "pod/" + pod, "evil.example.com/app:1");
        assertThat(eventsOf("pod-image"))
                .extracting(Found::subject, Found::drift, Found::cause, Found::state, Found::requester, Found::paths)
                .containsExactly(tuple("Pod/" + pod, "Drifted", "Edit", "Open", "tenant", IMAGE));

        tenant.run("delete", "pod", pod, "-n", REQUIRED).ok();
        assertThat(eventsOf("pod-image"))
                .extracting(Found::subject, Found::state)
                .containsExactly(tuple("Pod/" + pod, "Resolved"));
    }

    @Test
    void ephemeralContainerOfATenantIsDriftAndThatOfAPromoterIsNot() {
        releaseDeployment("debugged");
        releaseDeployment("debugged-by-promoter");
        String pod = name(only("pods", "debugged"));
        debug(tenant, pod);
        admin.run("create", "rolebinding", "debugging-promoter", "--role=debuggers", "--user=promoter", "-n", REQUIRED)
                .ok();
        await().atMost(SOON)
                .until(() -> promoter.run(
                                        "auth",
                                        "can-i",
                                        "patch",
                                        "pods",
                                        "--subresource=ephemeralcontainers",
                                        "-n",
                                        REQUIRED)
                                .exit()
                        == 0);
        debug(promoter, name(only("pods", "debugged-by-promoter")));
        assertThat(eventsOf("debugged"))
                .extracting(Found::subject, Found::drift, Found::cause, Found::requester, Found::paths)
                .containsExactly(
                        tuple("Pod/" + pod, "Drifted", "Edit", "tenant", "spec.ephemeralContainers[name=shell]"));
    }

    private static void debug(Kubectl who, String pod) {
        who.run(
                        "debug",
                        pod,
                        "--image=registry.example.com/shell:1",
                        "--container=shell",
                        "--profile=general",
                        "--attach=false",
                        "-n",
                        REQUIRED)
                .ok();
    }

    /// @param image of the forged object
    private static String forged(WorkloadKind kind, String namespace, String name, String image, String owner) {
        return Manifests.workload(kind, namespace, name, Manifests.podSpec(image))
                .replace(
                        "metadata: {name: %s, namespace: %s}".formatted(name, namespace),
                        "metadata: {name: %s, namespace: %s, ownerReferences: [%s]}".formatted(name, namespace, owner));
    }

    private static String selected(String replicaSet) {
        return replicaSet
                .replaceAll("app: [a-z-]+", "app: genuine")
                .replaceFirst("metadata: \\{", "metadata: {labels: {app: genuine}, ");
    }

    private static String owner(String kind, String name, String uid) {
        return "{apiVersion: %s, kind: %s, name: %s, uid: \"%s\", controller: true}"
                .formatted(kind.equals("ConfigMap") ? "v1" : "apps/v1", kind, name, uid);
    }

    private static void create(Kubectl who, String manifest, String manager) {
        who.run(manifest, List.of("create", "--field-manager=" + manager, "-f", "-"))
                .ok();
    }

    /// By subject, what its records say of it.
    private static List<JsonNode> records(String namespace, String subject) {
        return new Lookout(namespace)
                .objects("decrec").stream()
                        .filter(record ->
                                record.at("/spec/subject/name").asText().equals(subject))
                        .toList();
    }

    private static void assertNotApproved(String namespace, String subject) {
        await("the record of " + subject)
                .atMost(SOON)
                .untilAsserted(() -> assertThat(records(namespace, subject))
                        .isNotEmpty()
                        .allSatisfy(record -> {
                            assertThat(record.at("/spec/approves").asBoolean(true))
                                    .isFalse();
                            assertThat(record.at("/spec/requester").asText()).isEqualTo("tenant");
                            assertThat(record.at("/spec/admitted").asBoolean()).isTrue();
                        }));
    }

    @Test
    void case11_forgedOwnerReferenceThroughTheGateIsARootAndApprovesNothingAlsoAfterARestart() {
        releaseDeployment("genuine");
        String owner = owner("Deployment", "genuine", uid("deployment/genuine"));
        // Neither the name of the controller manager nor the approved content helps.
        for (String manager : List.of("kubectl", "kube-controller-manager")) {
            String suffix = manager.equals("kubectl") ? "" : "-disguised";
            for (WorkloadKind kind : List.of(WorkloadKind.POD, WorkloadKind.REPLICA_SET)) {
                String name = "forged-" + Manifests.resource(kind) + suffix;
                create(tenant, forged(kind, REQUIRED, name, "evil.example.com/app:1", owner), manager);
                create(tenant, forged(kind, REQUIRED, name + "-same", Manifests.GOOD_IMAGE, owner), manager);
                assertNotApproved(REQUIRED, name);
                assertNotApproved(REQUIRED, name + "-same");
            }
        }
        // Its labels are those that the owner selects, so the Deployment controller takes it for one of its own.
        create(
                tenant,
                selected(forged(WorkloadKind.REPLICA_SET, REQUIRED, "forged-kept", Manifests.BAD_IMAGE, owner)),
                "kubectl");
        assertNotApproved(REQUIRED, "forged-kept");
        assertThat(eventsOf("forged")).isEmpty();
        restart();
        assertThat(eventsOf("forged")).isEmpty();
        assertThat(eventsOf("genuine")).isEmpty();

        // It is a root, so an edit of it is measured by its own approvals, of which there are none.
        setImage(tenant, "pod/forged-pod", "evil.example.com/app:2");
        setImage(tenant, "pod/forged-pod-disguised", "evil.example.com/app:2");
        assertThat(eventsOf("forged")).isEmpty();
        assertNotApproved(REQUIRED, "forged-pod");
    }

    @Test
    void case11_ownerReferenceWithAnotherUidOrKindIsNoOwner() {
        releaseDeployment("other");
        String uid = uid("deployment/other");
        String authority = uid("configmap/kube-root-ca.crt");
        create(tenant, wrong("uid", owner("Deployment", "other", uid.replaceAll("[0-9]", "0"))), "kubectl");
        create(tenant, wrong("kind", owner("StatefulSet", "other", uid)), "kubectl");
        create(tenant, wrong("configmap", owner("ConfigMap", "kube-root-ca.crt", authority)), "kubectl");
        for (String what : List.of("uid", "kind", "configmap")) {
            assertNotApproved(REQUIRED, "wrong-" + what);
        }
        assertThat(eventsOf("wrong")).isEmpty();
        assertThat(eventsOf("other")).isEmpty();
    }

    @Test
    void case11_ownerReferenceToANodeEndsNoComparison() {
        releaseDeployment("mirrored");
        admin.apply("{apiVersion: v1, kind: Node, metadata: {name: forged-owner}}")
                .ok();
        try {
            String node = admin.run("get", "node/forged-owner", "-o", "jsonpath={.metadata.uid}")
                    .ok()
                    .out();
            tenant.run(
                            "patch",
                            "deployment/mirrored",
                            "-n",
                            REQUIRED,
                            "--type=merge",
                            "-p",
                            "{\"metadata\": {\"ownerReferences\": [{\"apiVersion\": \"v1\", \"kind\": \"Node\","
                                    + " \"name\": \"forged-owner\", \"uid\": \"%s\", \"controller\": true}]}}"
                                            .formatted(node))
                    .ok();
            setImage(tenant, "deployment/mirrored", NEXT);
            assertThat(eventsOf("mirrored"))
                    .extracting(Found::subject, Found::drift, Found::requester)
                    .containsExactly(tuple("Deployment/mirrored", "Drifted", "tenant"));
        } finally {
            admin.run("delete", "node/forged-owner").ok();
        }
    }

    /// It was there before the gate, so no request to create it was ever let in.
    @Test
    void case11_whatWasThereBeforeTheGateBecomesNoDependentByAForgedManager() {
        String before = "dependents-before";
        admin.apply("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(before))
                .ok();
        admin.apply(Manifests.deployment(before, "brownfield", Manifests.GOOD_IMAGE))
                .ok();
        Lookout.prepare("dependents-before", "required", before);
        try {
            Lookout found = new Lookout(before);
            // It changes nothing, but the promoter answers for it.
            promoter.apply(
                            Manifests.deployment(before, "brownfield", Manifests.GOOD_IMAGE),
                            "--server-side",
                            "--force-conflicts")
                    .ok();
            tenant.apply(Manifests.idle(before, "decoy", "evil.example.com/app:1"))
                    .ok();
            assertThat(found.everythingBefore()).isEmpty();
            String decoy = admin.run("get", "deployment/decoy", "-n", before, "-o", "jsonpath={.metadata.uid}")
                    .ok()
                    .out();
            tenant.run(
                            "patch",
                            "deployment/brownfield",
                            "-n",
                            before,
                            "--field-manager=kube-controller-manager",
                            "-p",
                            """
                            {"metadata": {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "decoy",
                              "uid": "%s", "controller": true}]},
                             "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "%s"}]}}}}
                            """.formatted(decoy, NEXT))
                    .ok();
            assertThat(found.everythingBefore())
                    .extracting(Found::subject, Found::drift, Found::state, Found::requester)
                    .containsExactly(tuple("Deployment/brownfield", "Drifted", "Open", "tenant"));
        } finally {
            Lookout.remove("dependents-before", before);
        }
    }

    private static String wrong(String what, String owner) {
        return forged(WorkloadKind.POD, REQUIRED, "wrong-" + what, Manifests.GOOD_IMAGE, owner);
    }

    @Test
    void case11_forgedOwnerReferenceWhileTheGateIsAwayIsBypassed() {
        Lookout optional = new Lookout(OPTIONAL);
        promoter.apply(Manifests.deployment(OPTIONAL, "genuine", Manifests.GOOD_IMAGE))
                .ok();
        String uid = admin.run("get", "deployment/genuine", "-n", OPTIONAL, "-o", "jsonpath={.metadata.uid}")
                .ok()
                .out();
        String authority = admin.run(
                        "get", "configmap/kube-root-ca.crt", "-n", OPTIONAL, "-o", "jsonpath={.metadata.uid}")
                .ok()
                .out();
        String owner = owner("Deployment", "genuine", uid);
        assertThat(optional.everythingBefore()).isEmpty();

        Interlock interlock = Interlock.shared();
        interlock.kill();
        try {
            for (WorkloadKind kind : List.of(WorkloadKind.POD, WorkloadKind.REPLICA_SET)) {
                String name = Manifests.resource(kind);
                create(tenant, forged(kind, OPTIONAL, name + "-same", Manifests.GOOD_IMAGE, owner), "kubectl");
                create(tenant, forged(kind, OPTIONAL, name + "-evil", Manifests.BAD_IMAGE, owner), "kubectl");
                create(
                        tenant,
                        forged(kind, OPTIONAL, name + "-disguised", Manifests.BAD_IMAGE, owner),
                        "kube-controller-manager");
            }
            String configMap = owner("ConfigMap", "kube-root-ca.crt", authority);
            create(
                    tenant,
                    forged(WorkloadKind.POD, OPTIONAL, "pod-configmap", Manifests.GOOD_IMAGE, configMap),
                    "kube-controller-manager");
            String kept = forged(WorkloadKind.REPLICA_SET, OPTIONAL, "replicaset-kept", Manifests.BAD_IMAGE, owner);
            create(tenant, selected(kept), "kubectl");
            // This one the Deployment controller adopts: it writes the owner reference, and nothing else.
            String adopted = Manifests.workload(
                    WorkloadKind.REPLICA_SET, OPTIONAL, "replicaset-adopted", Manifests.podSpec(Manifests.GOOD_IMAGE));
            create(tenant, selected(adopted), "kubectl");
            await("the owner to adopt it")
                    .atMost(SOON)
                    .until(() -> optional.objects("replicasets").stream()
                            .filter(set -> name(set).equals("replicaset-adopted"))
                            .anyMatch(set -> set.at("/metadata/ownerReferences/0/uid")
                                    .asText()
                                    .equals(uid)));
            // It does not have the labels that its owner selects, so the Deployment controller disowns it.
            await("the owner to disown it")
                    .atMost(SOON)
                    .until(() -> optional.objects("replicasets").stream()
                            .filter(set -> name(set).equals("replicaset-disguised"))
                            .allMatch(set -> set.at("/metadata/ownerReferences").isMissingNode()));
        } finally {
            interlock.start();
        }

        assertThat(optional.everythingBefore())
                .extracting(Found::subject, Found::drift, Found::cause, Found::state, Found::requester)
                .containsExactlyInAnyOrder(
                        tuple("Pod/pod-same", "Bypassed", "Gap", "Open", ""),
                        tuple("Pod/pod-evil", "Bypassed", "Gap", "Open", ""),
                        tuple("Pod/pod-configmap", "Bypassed", "Gap", "Open", ""),
                        tuple("ReplicaSet/replicaset-same", "Bypassed", "Gap", "Open", ""),
                        tuple("ReplicaSet/replicaset-evil", "Bypassed", "Gap", "Open", ""),
                        tuple("ReplicaSet/replicaset-kept", "Bypassed", "Gap", "Open", ""),
                        tuple("ReplicaSet/replicaset-adopted", "Bypassed", "Gap", "Open", ""),
                        tuple("ReplicaSet/replicaset-disguised", "Bypassed", "Gap", "Open", ""),
                        // Whoever calls itself the controller manager where nobody asked is held against the template.
                        tuple("Pod/pod-disguised", "Bypassed", "Gap", "Open", ""));
    }
}
