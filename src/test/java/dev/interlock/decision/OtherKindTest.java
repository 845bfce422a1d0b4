package dev.interlock.decision;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.decision.check.Stable;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is decided about objects that run nothing.
class OtherKindTest {
    private static final GroupVersionResource SERVICES = new GroupVersionResource("", "v1", "services");
    private static final GroupVersionResource SECRETS = new GroupVersionResource("", "v1", "secrets");
    private static final LabelSelector ANY = LabelSelector.EVERYTHING;

    private static Workload service(String type, int port) {
        return Workload.of(
                new OtherKind(SERVICES, "Service"),
                obj(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Service",
                        "metadata",
                        obj("name", "checkout", "namespace", "shop"),
                        "spec",
                        obj("type", type, "ports", List.of(obj("port", port)))));
    }

    private static Workload secret(String value) {
        return Workload.of(
                new OtherKind(SECRETS, "Secret"),
                obj(
                        "metadata",
                        obj(
                                "annotations",
                                obj(
                                        "kubectl.kubernetes.io/last-applied-configuration",
                                        "{\"data\":\"" + value + "\"}",
                                        "kept",
                                        "yes")),
                        "data",
                        obj("token", value)));
    }

    private static Match match(Set<GroupVersionResource> resources, String... stages) {
        return new Match(Set.of(stages), ANY, resources, Set.of(), ANY, List.of());
    }

    private static ExpressionHolds holds(String expression, String message) {
        return new ExpressionHolds(
                Expression.bool(expression, Variables.NONE),
                Optional.empty(),
                Optional.of(Expression.string(message, Variables.NONE)));
    }

    private static Policy policy(Match match, Check... checks) {
        return new Policy.Loaded(
                new PolicyRef("p", "p", 1),
                match,
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(checks).stream()
                        .map(check -> Fixture.check("rule", Mode.ENFORCE, check))
                        .toList(),
                List.of());
    }

    static List<Arguments> guarding() {
        return List.of(
                Arguments.of("its resource", match(Set.of(SERVICES)), "Denied"),
                Arguments.of("its resource in another stage", match(Set.of(SERVICES), "staging"), "NotGoverned"),
                Arguments.of(
                        "the same resource of another version",
                        match(Set.of(new GroupVersionResource("", "v2", "services"))),
                        "Undecided"),
                Arguments.of(
                        "the same resource of another group",
                        match(Set.of(new GroupVersionResource("example.com", "v1", "services"))),
                        "NotGoverned"),
                Arguments.of("every workload", new Match(Set.of(), ANY), "NotGoverned"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("guarding")
    void onlyAPolicyThatNamesItsResourceGuardsIt(String what, Match match, String expected) {
        Evaluation evaluation = Fixture.EVALUATOR.evaluate(
                Fixture.create(service("NodePort", 1)),
                Fixture.evidence(policy(match, holds("object.spec.type != 'NodePort'", "'no'"))));
        assertThat(
                        switch (evaluation) {
                            case Evaluation.Decided(Decision decision) -> decision.outcome();
                            case Evaluation.NotGoverned _ -> "NotGoverned";
                            case Evaluation.Unchanged _ -> "Unchanged";
                        })
                .isEqualTo(expected);
    }

    /// As the API server has it for a webhook's own namespaceSelector.
    @ParameterizedTest
    @CsvSource({
        "production, production, Denied",
        "staging, production, NotGoverned",
        ", production, NotGoverned",
        "production, , NotGoverned",
    })
    void aNamespaceIsChosenByItsOwnLabelsAndNotByThoseOfAnother(String own, String asked, String expected) {
        Workload namespace = Workload.of(
                new OtherKind(OtherKind.NAMESPACES, "Namespace"),
                obj("metadata", obj("name", "n", "labels", own == null ? obj() : obj(Stage.LABEL, own))));
        LabelSelector selector = asked == null
                ? new LabelSelector(Map.of("kubernetes.io/metadata.name", "shop"), List.of())
                : LabelSelector.EVERYTHING;
        Match match = new Match(
                asked == null ? Set.of() : Set.of(asked),
                selector,
                Set.of(OtherKind.NAMESPACES),
                Set.of(),
                ANY,
                List.of());
        Evaluation evaluation = Fixture.EVALUATOR.evaluate(
                Fixture.create(namespace),
                Fixture.evidence(
                        Optional.of(Map.of(Stage.LABEL, "production", "kubernetes.io/metadata.name", "shop")),
                        List.of(policy(match, holds("namespaceObject == null && false", "'no'")))));
        assertThat(evaluation instanceof Evaluation.Decided(Decision decision) ? decision.outcome() : "NotGoverned")
                .isEqualTo(expected);
    }

    /// Whoever changes a Namespace does not take it out of its policies by the same change.
    @Test
    void aNamespaceIsGuardedByTheLabelsThatItHadToo() {
        OtherKind kind = new OtherKind(OtherKind.NAMESPACES, "Namespace");
        Workload before =
                Workload.of(kind, obj("metadata", obj("name", "n", "labels", obj(Stage.LABEL, "production"))));
        Workload after = Workload.of(kind, obj("metadata", obj("name", "n", "labels", obj("free", "yes"))));
        Match match = match(Set.of(OtherKind.NAMESPACES), "production");
        Evidence evidence =
                Fixture.evidence(Optional.of(Map.of()), List.of(policy(match, holds("oldObject == null", "'no'"))));
        assertThat(Fixture.decide(Fixture.update(before, after), evidence)).isInstanceOf(Decision.Denied.class);
        assertThat(Fixture.decide(Fixture.update(after, before), evidence)).isInstanceOf(Decision.Denied.class);
        assertThat(Fixture.EVALUATOR.evaluate(Fixture.create(after), evidence))
                .isInstanceOf(Evaluation.NotGoverned.class);
    }

    @Test
    void law16_aPolicyOfWhichNothingCanBeReadGuardsItToo() {
        Policy unreadable = new Policy.Unreadable(new PolicyRef("p", "p", 1), Match.ALL, "torn");
        assertThat(Fixture.decide(Fixture.create(service("ClusterIP", 1)), Fixture.evidence(unreadable)))
                .isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void case34_whereTheNamespaceIsNotKnownNothingIsLetThroughAsNotGoverned() {
        Policy policy = policy(match(Set.of(SERVICES), "staging"), holds("true", "''"));
        assertThat(Fixture.decide(
                        Fixture.create(service("ClusterIP", 1)), Fixture.evidence(Optional.empty(), List.of(policy))))
                .isInstanceOf(Decision.Undecided.class);
    }

    private static Workload annotated(Workload workload) {
        return Workload.of(
                workload.kind(),
                workload.object().change(List.of("metadata"), metadata -> metadata.with("annotations", obj("a", "b"))));
    }

    /// As of a workload: what was there warns where only labels and annotations change.
    @Test
    void law9_aViolationThatWasThereWarnsWhereTheObjectStaysAsItIsAndDeniesWhereItIsChanged() {
        Evidence evidence =
                Fixture.evidence(policy(match(Set.of(SERVICES)), holds("object.spec.type != 'NodePort'", "'no'")));
        assertThat(Fixture.decide(Fixture.update(service("NodePort", 1), service("NodePort", 2)), evidence))
                .isInstanceOf(Decision.Denied.class);
        assertThat(Fixture.decide(Fixture.update(service("NodePort", 1), annotated(service("NodePort", 1))), evidence))
                .isInstanceOf(Decision.Warned.class)
                .satisfies(decision -> assertThat(decision.basis().reasons())
                        .extracting(Reason::relief)
                        .containsExactly(Relief.ALREADY_PRESENT));
        assertThat(Fixture.decide(Fixture.update(service("ClusterIP", 1), service("NodePort", 1)), evidence))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void law9_whatChangesNothingIsNotDecidedThoughItsAnnotationsAreContent() {
        Evidence evidence = Fixture.evidence(policy(match(Set.of(SERVICES)), holds("false", "'no'")));
        Workload service = service("NodePort", 1);
        assertThat(Fixture.EVALUATOR.evaluate(Fixture.update(service, service), evidence))
                .isInstanceOf(Evaluation.Unchanged.class);
        Workload annotated = Workload.of(
                service.kind(),
                service.object().change(List.of("metadata"), metadata -> metadata.with("annotations", obj("a", "b"))));
        assertThat(Fixture.EVALUATOR.evaluate(Fixture.update(service, annotated), evidence))
                .isInstanceOf(Evaluation.Decided.class);
    }

    @Test
    void whatIsAboutPromotionIsAskedOfEveryChangeButOfLabelsAndAnnotations() {
        Evidence evidence = Fixture.withDrift(
                Fixture.evidence(policy(match(Set.of(SERVICES)), new Stable(Optional.of(0L), Optional.empty()))),
                new DriftFact("drift-1", "shop", Instant.EPOCH, true, false));
        assertThat(Fixture.decide(Fixture.update(service("ClusterIP", 1), service("ClusterIP", 2)), evidence))
                .isInstanceOf(Decision.Denied.class);
        assertThat(Fixture.decide(
                        Fixture.update(service("ClusterIP", 1), annotated(service("ClusterIP", 1))), evidence))
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void case74_variablesOfAContainerInAnObjectOfAnUnknownKindAreSeenByDigest() {
        Workload rollout = Workload.of(
                new OtherKind(new GroupVersionResource("example.com", "v1", "rollouts"), "Rollout"),
                obj(
                        "spec",
                        obj(
                                "template",
                                obj(
                                        "spec",
                                        obj(
                                                "containers",
                                                List.of(obj(
                                                        "name",
                                                        "app",
                                                        "env",
                                                        List.of(obj("name", "PASSWORD", "value", "canary")))))))));
        Policy policy = policy(
                match(Set.of(rollout.kind().groupVersionResource())),
                holds("false", "string(object.spec.template.spec.containers[0].env[0].value)"));
        assertThat(Fixture.decide(Fixture.create(rollout), Fixture.evidence(policy))
                        .toString())
                .contains("salted-sha256:", "PASSWORD")
                .doesNotContain("canary");
    }

    static List<Arguments> passedBy() {
        LabelSelector other = new LabelSelector(Map.of("app", "other"), List.of());
        Condition never = new Condition("never", Expression.bool("false", Variables.NONE));
        return List.of(
                Arguments.of(new Match(Set.of(), ANY, Set.of(SERVICES), Set.of(), other, List.of())),
                Arguments.of(new Match(Set.of(), ANY, Set.of(SERVICES), Set.of(), ANY, List.of(never))));
    }

    /// Or a lock that is renewed each second would fill the ledger.
    @ParameterizedTest
    @MethodSource("passedBy")
    void whatLabelsOrConditionsKeepEachPolicyAwayFromIsNotDecided(Match match) {
        assertThat(Fixture.EVALUATOR.evaluate(
                        Fixture.create(service("NodePort", 1)), Fixture.evidence(policy(match, holds("false", "'a'")))))
                .isInstanceOf(Evaluation.NotGoverned.class);
    }

    /// Law 12: nothing is mended without it.
    @Test
    void law12_whatIsInNoNamespaceIsNotHeldByWhatCannotBeDecided() {
        Evidence nowhere = Fixture.evidence(
                Optional.of(Map.of()),
                List.of(policy(match(Set.of(SERVICES)), holds("object.spec.nothing == 1", "'a'"))));
        Request request = Fixture.create(service("ClusterIP", 1));
        assertThat(Fixture.decide(request, nowhere))
                .isInstanceOf(Decision.Undecided.class)
                .satisfies(decision -> assertThat(decision.admits()).isFalse());
        ObjectRef subject = request.subject();
        Request ofTheCluster = new Request(
                request.uid(),
                request.trigger(),
                Gate.OPTIONAL,
                request.operation(),
                new ObjectRef(subject.apiVersion(), subject.kind(), "", subject.name(), subject.uid()),
                "",
                request.requester(),
                request.caller(),
                request.workload(),
                Optional.empty(),
                false);
        assertThat(Fixture.decide(ofTheCluster, nowhere))
                .isInstanceOf(Decision.Undecided.class)
                .satisfies(decision -> assertThat(decision.admits()).isTrue());
    }

    @Test
    void case74_ofASecretChecksAndRecordsSeeDigests() {
        Evidence evidence = Fixture.evidence(policy(
                match(Set.of(SECRETS)),
                holds("object.data.token == oldObject.data.token", "string(object.data.token)")));
        Workload relabelled = Workload.of(
                secret("b2xk").kind(),
                secret("b2xk")
                        .object()
                        .change(List.of("metadata"), metadata -> metadata.with("labels", obj("a", "b"))));
        Decision same = Fixture.decide(Fixture.update(secret("b2xk"), relabelled), evidence);
        assertThat(same).isInstanceOf(Decision.Allowed.class);
        Decision other = Fixture.decide(Fixture.update(secret("b2xk"), secret("bmV3")), evidence);
        assertThat(other).isInstanceOf(Decision.Denied.class);
        assertThat(other.toString()).contains("salted-sha256:").doesNotContain("b2xk", "bmV3");
        assertThat(other.basis()
                        .request()
                        .workload()
                        .object()
                        .object("metadata")
                        .flatMap(metadata -> metadata.object("annotations")))
                .hasValueSatisfying(annotations ->
                        assertThat(annotations.members().keySet()).containsExactly("kept"))
                .isNotEqualTo(Optional.of(obj("kept", "yes")));
    }

    @Test
    void whatIsInNoNamespaceHasNoStage() {
        Evidence nowhere = Fixture.evidence(
                Optional.of(Map.of()),
                List.of(
                        policy(match(Set.of(SERVICES), "production"), holds("false", "'a'")),
                        policy(match(Set.of(SERVICES)), holds("false", "'b'"))));
        assertThat(Fixture.decide(Fixture.create(service("ClusterIP", 1)), nowhere)
                        .basis()
                        .reasons())
                .extracting(reason -> reason.violation().message())
                .containsExactly("b");
    }

    @Test
    void whatFilesHaveAsTextIsTheDataThatTheApiServerMakesOfIt() {
        Node.Obj written = obj("stringData", obj("token", "old"));
        Node.Obj stored = obj("data", obj("token", "b2xk"));
        OtherKind kind = new OtherKind(SECRETS, "Secret");
        assertThat(Workload.of(kind, written).withoutSecrets(Fixture.MASK).object())
                .isEqualTo(
                        Workload.of(kind, stored).withoutSecrets(Fixture.MASK).object());
    }
}
