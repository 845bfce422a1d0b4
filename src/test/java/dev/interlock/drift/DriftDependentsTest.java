package dev.interlock.drift;

import static dev.interlock.drift.DriftFixture.DEPLOYMENT;
import static dev.interlock.drift.DriftFixture.NOON;
import static dev.interlock.drift.DriftFixture.both;
import static dev.interlock.drift.DriftFixture.entry;
import static dev.interlock.drift.DriftFixture.managers;
import static dev.interlock.drift.DriftFixture.node;
import static dev.interlock.drift.DriftFixture.observation;
import static dev.interlock.drift.DriftFixture.remove;
import static dev.interlock.drift.DriftFixture.reverse;
import static dev.interlock.drift.DriftFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.WorkloadKind;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a controller made against the template that it made it from.
class DriftDependentsTest {
    private static final Node.Obj RAW =
            DEPLOYMENT.object("spec").orElseThrow().object("template").orElseThrow();
    private static final Node.Obj TEMPLATE = template(DEPLOYMENT);
    private static final Managers CONTROLLER = managers("kube-controller-manager", """
            {"f:metadata": {"f:ownerReferences": {".": {}, "k:{\\"uid\\":\\"u\\"}": {}}},
             "f:spec": {"f:replicas": {}, "f:template": {"f:metadata": {"f:labels": {".": {}, "f:x": {}}}}}}
            """);

    private static final Node.Obj REPLICA_SET = copy(WorkloadKind.REPLICA_SET, "pod-template-hash");
    private static final Node.Obj POD = pod();

    private static Node.Obj template(Node.Obj deployment) {
        return Content.templateOf(DriftFixture.content(deployment).value(), WorkloadKind.DEPLOYMENT)
                .orElseThrow();
    }

    private static Node.Obj copy(WorkloadKind kind, String label) {
        UnaryOperator<Node.Obj> labelled = set("/metadata/labels/" + label, "\"abc\"");
        return Node.Obj.EMPTY
                .with("apiVersion", node("\"%s\"".formatted(kind.apiVersion())))
                .with("kind", node("\"%s\"".formatted(kind.kind())))
                .with("metadata", node("{\"name\": \"checkout-abc\"}"))
                .with("spec", Node.Obj.EMPTY.with("template", labelled.apply(RAW)));
    }

    private static Node.Obj pod() {
        UnaryOperator<Node.Obj> added =
                both(set("/metadata/labels/pod-template-hash", "\"abc\""), set("/spec/nodeName", "\"node-1\""));
        return added.apply(RAW.with("apiVersion", node("\"v1\"")).with("kind", node("\"Pod\"")));
    }

    private static List<Difference> differences(
            WorkloadKind kind, Node.Obj object, Managers managers, Node.Obj... templates) {
        return Dependents.differences(observation(kind, object, managers), new NonEmpty<>(List.of(templates)), false);
    }

    /// The manager's name is what a client calls itself.
    @Test
    void law_additionToACopyThatOthersWroteIsADifferenceWhateverItsManagerCallsItself() {
        Node.Obj labelled = set("/spec/template/metadata/labels/x", "\"y\"").apply(REPLICA_SET);
        assertThat(Dependents.differences(
                        observation(WorkloadKind.REPLICA_SET, labelled, CONTROLLER),
                        new NonEmpty<>(List.of(TEMPLATE)),
                        true))
                .extracting(Difference::path)
                .containsExactly("spec.template.metadata.labels.x");
        assertThat(Dependents.differences(
                        observation(WorkloadKind.REPLICA_SET, REPLICA_SET, CONTROLLER),
                        new NonEmpty<>(List.of(TEMPLATE)),
                        true))
                .isEmpty();
    }

    /// Only what Kubernetes' own controllers make is a dependent.
    @Test
    void law_noControllerMakesADeploymentOrAPodForADeployment() {
        for (WorkloadKind owner : WorkloadKind.values()) {
            assertThat(Dependents.makes(owner, WorkloadKind.DEPLOYMENT)).isFalse();
            assertThat(Dependents.makes(owner, WorkloadKind.REPLICA_SET)).isEqualTo(owner == WorkloadKind.DEPLOYMENT);
            assertThat(Dependents.makes(owner, WorkloadKind.JOB)).isEqualTo(owner == WorkloadKind.CRON_JOB);
        }
        assertThat(Dependents.makes(WorkloadKind.DEPLOYMENT, WorkloadKind.POD)).isFalse();
        assertThat(Dependents.makes(WorkloadKind.REPLICA_SET, WorkloadKind.POD)).isTrue();
    }

    @Test
    void law_replicaSetAndJobAreCopiesOfTheTemplate() {
        assertThat(differences(WorkloadKind.REPLICA_SET, REPLICA_SET, CONTROLLER, TEMPLATE))
                .isEmpty();
        Node.Obj job = copy(WorkloadKind.JOB, "controller-uid");
        Node.Obj labelled = set("/spec/template/metadata/labels/batch.kubernetes.io~1job-name", "\"x\"")
                .apply(job);
        assertThat(differences(WorkloadKind.JOB, labelled, CONTROLLER, TEMPLATE))
                .isEmpty();
    }

    @Test
    void law_templateOfAnOwnerAndOfWhatItMadeHaveOneDigest() {
        assertThat(observation(WorkloadKind.REPLICA_SET, REPLICA_SET, CONTROLLER)
                        .template())
                .isEqualTo(observation(DEPLOYMENT, CONTROLLER).template());
    }

    @ParameterizedTest
    @CsvSource({
        "/spec/template/spec/containers/0/image, spec.template.spec.containers[name=app].image",
        "/spec/template/spec/tolerations, spec.template.spec.tolerations",
        "/spec/template/metadata/labels/tier, spec.template.metadata.labels.tier"
    })
    void law_changedCopyIsADifference(String pointer, String path) {
        assertThat(differences(WorkloadKind.REPLICA_SET, remove(pointer).apply(REPLICA_SET), CONTROLLER, TEMPLATE))
                .extracting(Difference::path)
                .containsExactly(path);
    }

    @Test
    void law_additionToACopyIsADifferenceWhereSomeoneElseOwnsIt() {
        Node.Obj labelled = set("/spec/template/metadata/labels/x", "\"y\"").apply(REPLICA_SET);
        Managers other = DriftFixture.and(
                CONTROLLER,
                "kubectl-edit",
                "{\"f:spec\": {\"f:template\": {\"f:metadata\": {\"f:labels\": {\"f:x\": {}}}}}}");
        assertThat(differences(WorkloadKind.REPLICA_SET, labelled, CONTROLLER, TEMPLATE))
                .isEmpty();
        assertThat(differences(WorkloadKind.REPLICA_SET, labelled, other, TEMPLATE))
                .singleElement()
                .extracting(Difference::manager)
                .isEqualTo("kubectl-edit");
    }

    @Test
    void anyOfTheTemplatesWillDoAndTheClosestIsShown() {
        Node.Obj older = template(
                set("/spec/template/spec/containers/0/image", "\"old\"").apply(DEPLOYMENT));
        Node.Obj far = template(both(
                        set("/spec/template/spec/containers/0/image", "\"x\""),
                        set("/spec/template/spec/dnsPolicy", "\"x\""))
                .apply(DEPLOYMENT));
        assertThat(differences(WorkloadKind.REPLICA_SET, REPLICA_SET, CONTROLLER, TEMPLATE, far))
                .isEmpty();
        assertThat(differences(WorkloadKind.REPLICA_SET, REPLICA_SET, CONTROLLER, far, older))
                .hasSize(1);
        assertThat(differences(WorkloadKind.REPLICA_SET, REPLICA_SET, CONTROLLER, older, far))
                .hasSize(1);
    }

    static Stream<Arguments> allowedInAPod() {
        return Stream.of(
                arguments("nothing", UnaryOperator.<Node.Obj>identity()),
                arguments("pull policy", set("/spec/containers/0/imagePullPolicy", "\"Always\"")),
                arguments("injected container", set("/spec/containers/-", "{\"name\": \"proxy\", \"image\": \"p\"}")),
                arguments("injected first", set("/spec/containers/+0", "{\"name\": \"proxy\", \"image\": \"p\"}")),
                arguments("injected init container", set("/spec/initContainers/-", "{\"name\": \"i\"}")),
                arguments("injected volume", set("/spec/volumes/-", "{\"name\": \"kube-api-access\"}")),
                arguments("injected mount", set("/spec/containers/0/volumeMounts/-", "{\"mountPath\": \"/var/run\"}")),
                arguments("injected variable", set("/spec/containers/0/env/-", "{\"name\": \"X\", \"value\": \"1\"}")),
                arguments("toleration of a DaemonSet", set("/spec/tolerations/-", "{\"operator\": \"Exists\"}")),
                arguments("affinity", set("/spec/affinity", "{\"nodeAffinity\": {}}")),
                arguments("host name", set("/spec/hostname", "\"checkout-0\"")),
                arguments("host port", set("/spec/containers/0/ports/0/hostPort", "8080")),
                arguments("group", set("/spec/securityContext/fsGroup", "1")),
                arguments("resized", set("/spec/containers/0/resources/requests/cpu", "\"2\"")),
                arguments("label", set("/metadata/labels/x", "\"y\"")),
                arguments("annotation", set("/metadata/annotations/x", "\"y\"")),
                arguments("no host network", set("/spec/hostNetwork", "false")),
                arguments("order", reverse("/spec/volumes")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allowedInAPod")
    void law_whatIsAddedToAPodIsNoDifference(String name, UnaryOperator<Node.Obj> edit) {
        assertThat(differences(WorkloadKind.POD, edit.apply(POD), CONTROLLER, TEMPLATE))
                .as(name)
                .isEmpty();
    }

    static Stream<Arguments> notAllowedInAPod() {
        String app = "spec.containers[name=app]";
        return Stream.of(
                arguments(set("/spec/containers/0/image", "\"x\""), app + ".image"),
                arguments(set("/spec/initContainers/0/image", "\"x\""), "spec.initContainers[name=migrate].image"),
                arguments(remove("/spec/containers/1"), "spec.containers[name=log]"),
                arguments(
                        remove("/spec/initContainers"),
                        "spec.initContainers[name=migrate],spec.initContainers[name=warm]"),
                arguments(set("/spec/containers/0/command", "[\"sh\"]"), app + ".command"),
                arguments(set("/spec/containers/1/command", "[\"sh\"]"), "spec.containers[name=log].command"),
                arguments(remove("/spec/containers/0/args"), app + ".args"),
                arguments(set("/spec/containers/0/workingDir", "\"/x\""), app + ".workingDir"),
                arguments(set("/spec/containers/0/securityContext/privileged", "true"), app + ".securityContext"),
                arguments(set("/spec/containers/0/env/0/value", "\"x\""), app + ".env[name=REGION].value"),
                arguments(remove("/spec/containers/0/env/0"), app + ".env[name=REGION]"),
                arguments(
                        set("/spec/containers/0/env/-", "{\"name\": \"REGION\", \"value\": \"x\"}"),
                        app + ".env[name=REGION].value"),
                arguments(remove("/spec/containers/0/volumeMounts/0"), app + ".volumeMounts[mountPath=/tmp]"),
                arguments(
                        set("/spec/containers/0/volumeMounts/0/name", "\"config\""),
                        app + ".volumeMounts[mountPath=/tmp].name"),
                arguments(
                        set("/spec/containers/0/ports/0/name", "\"x\""),
                        app + ".ports[containerPort=8080,protocol=TCP].name"),
                arguments(set("/spec/volumes/1/configMap/name", "\"x\""), "spec.volumes[name=config].configMap.name"),
                arguments(remove("/spec/volumes/0"), "spec.volumes[name=tmp]"),
                arguments(set("/spec/volumes/0/hostPath", "{\"path\": \"/\"}"), "spec.volumes[name=tmp].hostPath"),
                arguments(set("/spec/serviceAccountName", "\"admin\""), "spec.serviceAccountName"),
                arguments(set("/spec/hostNetwork", "true"), "spec.hostNetwork"),
                arguments(set("/spec/hostPID", "true"), "spec.hostPID"),
                arguments(set("/spec/hostIPC", "true"), "spec.hostIPC"),
                arguments(set("/spec/securityContext/runAsNonRoot", "false"), "spec.securityContext.runAsNonRoot"),
                arguments(set("/metadata/labels/tier", "\"x\""), "metadata.labels.tier"),
                arguments(remove("/metadata/labels/app"), "metadata.labels.app"),
                arguments(
                        set("/spec/ephemeralContainers", "[{\"name\": \"debugger\", \"image\": \"busybox\"}]"),
                        "spec.ephemeralContainers[name=debugger]"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("notAllowedInAPod")
    void law_whatTheTemplateSaysIsInThePodUnchanged(UnaryOperator<Node.Obj> edit, String paths) {
        assertThat(differences(WorkloadKind.POD, edit.apply(POD), CONTROLLER, TEMPLATE))
                .extracting(Difference::path)
                .containsExactly(paths.split(",(?=spec)"));
    }

    @Test
    void podOfATemplateWithoutAnAccountHasTheDefaultOne() {
        Node.Obj template =
                template(remove("/spec/template/spec/serviceAccountName").apply(DEPLOYMENT));
        assertThat(differences(
                        WorkloadKind.POD,
                        set("/spec/serviceAccountName", "\"default\"").apply(POD),
                        CONTROLLER,
                        template))
                .isEmpty();
        assertThat(differences(WorkloadKind.POD, POD, CONTROLLER, template)).hasSize(1);
    }

    /// A controller that adopts what somebody else made writes the owner reference and the replicas.
    @Test
    void law_adoptionMakesNoDependent() {
        String adopted = "{\"f:metadata\": {\"f:ownerReferences\": {\".\": {}, \"k:{\\\"uid\\\":\\\"u\\\"}\": {}}},"
                + " \"f:spec\": {\"f:replicas\": {}}}";
        assertThat(Dependents.madeByController(managers("kube-controller-manager", adopted)))
                .isFalse();
    }

    @Test
    void law_forgedOwnerReferenceIsNotTheControllers() {
        String owner = "{\"f:metadata\": {\"f:ownerReferences\": {\".\": {}, \"k:{\\\"uid\\\":\\\"u\\\"}\": {}}}}";
        assertThat(Dependents.madeByController(CONTROLLER)).isTrue();
        assertThat(Dependents.madeByController(managers("kubectl-create", owner)))
                .isFalse();
        assertThat(Dependents.madeByController(Managers.NONE)).isFalse();
        assertThat(Dependents.madeByController(managers("kube-controller-manager", "{\"f:status\": {}}")))
                .isFalse();
        assertThat(Dependents.madeByController(
                        new Managers(List.of(entry("kube-controller-manager", "Apply", NOON, owner)))))
                .isFalse();
    }
}
