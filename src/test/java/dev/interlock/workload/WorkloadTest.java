package dev.interlock.workload;

import static dev.interlock.decision.Fixture.container;
import static dev.interlock.decision.Fixture.node;
import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.decision.Fixture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One view over all governed kinds, and what of an object is significant.
class WorkloadTest {
    private static final Node.Obj POD_SPEC = obj(
            "containers", List.of(container("app", "a:1"), container("log", "b:1")),
            "initContainers",
                    List.of(container("setup", "c:1"), container("proxy", "d:1").with("restartPolicy", node("Always"))),
            "ephemeralContainers", List.of(container("debug", "e:1")),
            "volumes",
                    List.of(
                            obj("name", "model", "image", obj("reference", "f:1")),
                            obj("name", "tmp", "emptyDir", obj())));

    private static Node.Obj object(WorkloadKind kind, Node.Obj podSpec) {
        Node.Obj inner =
                kind == WorkloadKind.POD ? obj("spec", podSpec) : nest(kind.templatePath(), obj("spec", podSpec));
        return inner.with("apiVersion", node(kind.apiVersion()))
                .with("kind", node(kind.kind()))
                .with("metadata", obj("name", "x", "namespace", "shop"));
    }

    private static Node.Obj nest(List<String> path, Node.Obj leaf) {
        return path.isEmpty() ? leaf : obj(path.getFirst(), nest(path.subList(1, path.size()), leaf));
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void everyImageOfEveryGovernedKindIsSeen(WorkloadKind kind) {
        Workload workload = Workload.of(kind, object(kind, POD_SPEC));
        String prefix = String.join(".", kind.podSpecPath());
        assertThat(workload.images())
                .containsExactlyInAnyOrder(
                        new ImageUse(prefix + ".containers[0].image", "container app", "a:1"),
                        new ImageUse(prefix + ".containers[1].image", "container log", "b:1"),
                        new ImageUse(prefix + ".initContainers[0].image", "init container setup", "c:1"),
                        new ImageUse(prefix + ".initContainers[1].image", "sidecar proxy", "d:1"),
                        new ImageUse(prefix + ".ephemeralContainers[0].image", "ephemeral container debug", "e:1"),
                        new ImageUse(prefix + ".volumes[0].image.reference", "image volume model", "f:1"));
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void governedKindIsFoundByVersionAndKind(WorkloadKind kind) {
        assertThat(WorkloadKind.of(kind.apiVersion(), kind.kind())).contains(kind);
        assertThat(WorkloadKind.of("example.com/v1", kind.kind())).isEmpty();
    }

    @Test
    void replicationControllerWithoutTemplateHasNoImages() {
        Node.Obj object = obj(
                "apiVersion",
                "v1",
                "kind",
                "ReplicationController",
                "metadata",
                obj("name", "x"),
                "spec",
                obj("replicas", 1));
        Workload workload = Workload.of(WorkloadKind.REPLICATION_CONTROLLER, object);
        assertThat(workload.images()).isEmpty();
        assertThat(workload.template()).isEqualTo(Optional.empty());
    }

    @Test
    void absentImageIsSeenAsAnEmptyOne() {
        Workload workload = Fixture.deployment(obj("containers", List.of(obj("name", "app"))));
        assertThat(workload.images())
                .singleElement()
                .extracting(ImageUse::image)
                .isEqualTo("");
    }

    @Test
    void wrongTypeOnTheWayToAnImageIsMalformedNotSkipped() {
        assertThatThrownBy(() -> Fixture.deployment(obj("containers", "nginx")))
                .isInstanceOf(MalformedObject.class)
                .hasMessage("`containers` must be a list");
        assertThatThrownBy(() -> Fixture.deployment(obj("containers", List.of("nginx"))))
                .isInstanceOf(MalformedObject.class);
    }

    private static boolean significant(Workload before, Node.Obj after) {
        return !Content.equal(before, Workload.of(before.kind(), after), Fixture.MASK);
    }

    @Test
    void statusScalingRestartAndBookkeepingAreNotSignificant() {
        Workload before = Fixture.deployment("nginx");
        Node.Obj object = before.object();
        assertThat(significant(before, object.with("status", obj("replicas", 3))))
                .isFalse();
        assertThat(significant(before, object.change(List.of("spec"), spec -> spec.with("replicas", node(9)))))
                .isFalse();
        assertThat(significant(
                        before, object.change(List.of("metadata"), meta -> meta.with("annotations", obj("a", "b")))))
                .isFalse();
        assertThat(significant(
                        before, object.change(List.of("metadata"), meta -> meta.with("resourceVersion", node("7")))))
                .isFalse();
        assertThat(significant(
                        before,
                        object.change(
                                List.of("spec", "template", "metadata"),
                                meta -> meta.with(
                                        "annotations",
                                        obj("kubectl.kubernetes.io/restartedAt", "2026-01-01T00:00:00Z")))))
                .isFalse();
    }

    @Test
    void labelsTemplateAndEverythingElseOfTheSpecAreSignificant() {
        Workload before = Fixture.deployment("nginx");
        Node.Obj object = before.object();
        assertThat(significant(
                        before, object.change(List.of("metadata", "labels"), labels -> labels.with("a", node("b")))))
                .isTrue();
        assertThat(significant(before, object.change(List.of("spec"), spec -> spec.with("paused", node(true)))))
                .isTrue();
        assertThat(significant(
                        before,
                        object.change(
                                List.of("spec", "template", "metadata"),
                                meta -> meta.with("annotations", obj("a", "b")))))
                .isTrue();
        assertThat(significant(before, Fixture.deployment("httpd").object())).isTrue();
    }

    @Test
    void annotationsOfAPodAreSignificantButNotWhatKubectlLastApplied() {
        Workload before = Workload.of(WorkloadKind.POD, object(WorkloadKind.POD, POD_SPEC));
        Node.Obj object = before.object();
        assertThat(significant(
                        before, object.change(List.of("metadata"), meta -> meta.with("annotations", obj("a", "b")))))
                .isTrue();
        assertThat(significant(
                        before,
                        object.change(
                                List.of("metadata"),
                                meta -> meta.with(
                                        "annotations", obj("kubectl.kubernetes.io/last-applied-configuration", "{}")))))
                .isFalse();
    }

    @Test
    void law18_valuesOfEnvironmentVariablesAreMaskedAndStillCompared() {
        Workload one = Fixture.deployment(obj(
                "containers",
                List.of(container("app", "a")
                        .with("env", node(List.of(obj("name", "PASSWORD", "value", "canary-1")))))));
        Workload other = Fixture.deployment(obj(
                "containers",
                List.of(container("app", "a")
                        .with("env", node(List.of(obj("name", "PASSWORD", "value", "canary-2")))))));
        Content content = Content.of(one, Fixture.MASK);
        assertThat(Canonical.text(content.value())).doesNotContain("canary").contains("salted-sha256:");
        assertThat(Content.equal(one, one, Fixture.MASK)).isTrue();
        assertThat(Content.equal(one, other, Fixture.MASK)).isFalse();
    }

    @Test
    void canonicalBytesDependOnNothingButTheTree() {
        Node.Obj tree = obj("b", List.of(1, true, new Node.Null(), new Node.Dec(1.5)), "a", "tab\t quote\" ü \u0001");
        assertThat(Canonical.text(tree)).isEqualTo("{\"a\":\"tab\\t quote\\\" ü \\u0001\",\"b\":[1,true,null,1.5]}");
        assertThat(Canonical.sha256(Node.Obj.EMPTY))
                .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }
}
