package dev.interlock.workload;

import static dev.interlock.decision.Fixture.MASK;
import static dev.interlock.decision.Fixture.container;
import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.decision.Fixture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The normal form of significant content, and the pod template in it.
class ContentTest {
    private static Workload deployment(Node.Obj podSpec) {
        return Fixture.deployment(podSpec.with("containers", new Node.Arr(List.of(container("app", "nginx")))));
    }

    private static Workload with(Node.Obj more) {
        Node.Obj container = container("app", "nginx");
        for (var member : more.members().entrySet()) {
            container = container.with(member.getKey(), member.getValue());
        }
        return Fixture.deployment(obj("containers", List.of(container)));
    }

    private static boolean equal(Workload one, Workload other) {
        boolean equal = Content.equal(one, other, MASK);
        assertThat(Content.of(one, MASK).digest().equals(Content.of(other, MASK).digest()))
                .isEqualTo(equal);
        assertThat(Content.template(one, MASK).equals(Content.template(other, MASK)))
                .isEqualTo(equal);
        return equal;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "volumes",
                "tolerations",
                "imagePullSecrets",
                "hostAliases",
                "topologySpreadConstraints",
                "readinessGates",
                "schedulingGates",
                "resourceClaims"
            })
    void orderOfTheseListsOfAPodMeansNothing(String list) {
        Node.Obj one = obj("name", "b", "extra", 1);
        Node.Obj other = obj("name", "a", "extra", 2);
        assertThat(equal(deployment(obj(list, List.of(one, other))), deployment(obj(list, List.of(other, one)))))
                .isTrue();
        assertThat(equal(deployment(obj(list, List.of(one, other))), deployment(obj(list, List.of(one)))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"command", "args", "envFrom"})
    void orderOfTheseListsOfAContainerMeansSomething(String list) {
        assertThat(equal(with(obj(list, List.of("b", "a"))), with(obj(list, List.of("a", "b")))))
                .isFalse();
    }

    @Test
    void orderOfContainersMeansSomething() {
        Node.Obj one = container("a", "nginx");
        Node.Obj other = container("b", "nginx");
        assertThat(equal(
                        Fixture.deployment(obj("containers", List.of(one, other))),
                        Fixture.deployment(obj("containers", List.of(other, one)))))
                .isFalse();
    }

    @Test
    void orderOfVariablesMeansSomethingWhereOneRefersToAnotherOrTwoShareAName() {
        Node.Obj a = obj("name", "A", "value", "1");
        Node.Obj b = obj("name", "B", "value", "2");
        Node.Obj reference = obj("name", "C", "value", "$(A)/x");
        Node.Obj again = obj("name", "A", "value", "3");
        assertThat(equal(variables(a, b), variables(b, a))).isTrue();
        assertThat(equal(variables(a, b, reference), variables(b, a, reference)))
                .isFalse();
        assertThat(equal(variables(a, again, b), variables(b, a, again))).isTrue();
        assertThat(equal(variables(a, again), variables(again, a))).isFalse();
    }

    private static Workload variables(Node.Obj... variables) {
        return with(obj("env", List.of((Object[]) variables)));
    }

    @Test
    void nullMembersAreNotThere() {
        assertThat(equal(deployment(obj("volumes", new Node.Null())), deployment(Node.Obj.EMPTY)))
                .isTrue();
        Content content = Content.of(deployment(obj("securityContext", obj("seLinuxOptions", new Node.Null()))), MASK);
        assertThat(Canonical.text(content.value())).doesNotContain("null").contains("\"securityContext\":{}");
    }

    @Test
    void contentInNormalFormStaysAsItIs() {
        Content content = Content.of(deployment(obj("volumes", List.of(obj("name", "b"), obj("name", "a")))), MASK);
        assertThat(Normal.of(content.value())).isEqualTo(content.value());
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void templateHasADigestAndThatOfTheContentIsTheSame(WorkloadKind kind) {
        Node.Obj object = obj("spec", obj("containers", List.of(container("app", "nginx"))));
        for (String member : kind.templatePath().reversed()) {
            object = obj(member, object);
        }
        Workload workload = Workload.of(kind, object);
        assertThat(Content.template(workload, MASK))
                .hasSize(64)
                .isEqualTo(Content.of(workload, MASK).template(kind))
                .isEqualTo(Content.template(
                        Workload.of(
                                WorkloadKind.POD, obj("spec", obj("containers", List.of(container("app", "nginx"))))),
                        MASK));
    }

    @Test
    void objectWithoutTemplateHasNoTemplateDigest() {
        Workload workload = Workload.of(WorkloadKind.REPLICATION_CONTROLLER, obj("spec", obj("replicas", 1)));
        assertThat(Content.template(workload, MASK)).isEmpty();
    }

    @Test
    void templateDigestDependsOnNothingBesideTheTemplate() {
        Workload before = Fixture.deployment("nginx");
        Node.Obj paused = before.object().change(List.of("spec"), spec -> spec.with("paused", new Node.Bool(true)));
        Node.Obj hashed = before.object()
                .change(
                        List.of("spec", "template", "metadata", "labels"),
                        labels -> labels.with("pod-template-hash", new Node.Text("abc")));
        Node.Obj restarted = before.object()
                .change(
                        List.of("spec", "template", "metadata"),
                        metadata -> metadata.with(
                                "annotations", obj("kubectl.kubernetes.io/restartedAt", "2026-01-01T00:00:00Z")));
        for (Node.Obj after : List.of(paused, hashed, restarted)) {
            assertThat(Content.template(Workload.of(before.kind(), after), MASK))
                    .isEqualTo(Content.template(before, MASK));
        }
        assertThat(Content.template(Fixture.deployment("httpd"), MASK)).isNotEqualTo(Content.template(before, MASK));
    }

    @Test
    void wrongTypesAreMalformedNotNormal() {
        assertThatThrownBy(() -> Content.of(with(obj("env", "x")), MASK)).isInstanceOf(MalformedObject.class);
        assertThatThrownBy(() -> Content.of(with(obj("env", List.of("x", "y"))), MASK))
                .isInstanceOf(MalformedObject.class);
    }
}
