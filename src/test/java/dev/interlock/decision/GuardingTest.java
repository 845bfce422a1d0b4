package dev.interlock.decision;

import static dev.interlock.decision.Fixture.evidence;
import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Which policies guard what is asked, beyond its namespace.
class GuardingTest {
    private static final List<WorkloadKind> KINDS = List.of(WorkloadKind.values());
    private static final List<Operation> OPERATIONS = List.of(Operation.values());
    private static final LabelSelector ANY = LabelSelector.EVERYTHING;
    private static final Workload WORKLOAD = Fixture.deployment("nginx");

    private static LabelSelector labelled(String key, String value) {
        return new LabelSelector(Map.of(key, value), List.of());
    }

    private static Workload labelled(String app) {
        return Workload.of(
                WorkloadKind.POD,
                obj(
                        "metadata",
                        obj("labels", obj("app", app)),
                        "spec",
                        obj("containers", List.of(Fixture.container("app", app)))));
    }

    private static Match kinds(WorkloadKind... kinds) {
        return new Match(
                Set.of(),
                ANY,
                Stream.of(kinds).map(WorkloadKind::groupVersionResource).collect(Collectors.toSet()),
                Set.of(),
                ANY,
                List.of());
    }

    private static Match operations(Operation... operations) {
        return new Match(Set.of(), ANY, Set.of(), Set.of(operations), ANY, List.of());
    }

    private static Match objects(String app) {
        return new Match(Set.of(), ANY, Set.of(), Set.of(), labelled("app", app), List.of());
    }

    private static Match where(String... conditions) {
        return new Match(
                Set.of(),
                ANY,
                Set.of(),
                Set.of(),
                ANY,
                IntStream.range(0, conditions.length)
                        .mapToObj(i -> new Condition("c" + i, Expression.bool(conditions[i], Variables.NONE)))
                        .toList());
    }

    private static Policy.Loaded policy(String name, Match match, OnUndecided onUndecided, ConfiguredCheck... checks) {
        return new Policy.Loaded(
                new PolicyRef(name, name, 1), match, onUndecided, Fixture.OWNER, List.of(checks), List.of());
    }

    private static Decision decide(Request request, Policy... policies) {
        return switch (Fixture.EVALUATOR.evaluate(request, evidence(policies))) {
            case Evaluation.Decided(Decision decision) -> decision;
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ -> throw new AssertionError("something changes");
        };
    }

    /// Catalogue 8: which version somebody writes an object in is theirs to choose.
    @Test
    void case8_whatIsInAnotherVersionThanThePolicyNamesIsUndecidedAndNeverLetBy() {
        GroupVersionResource v1 = new GroupVersionResource("example.com", "v1", "widgets");
        Match named = new Match(
                Set.of(),
                ANY,
                Set.of(new GroupVersionResource("example.com", "v2", "widgets")),
                Set.of(),
                ANY,
                List.of());
        Workload widget = Workload.of(new OtherKind(v1, "Widget"), obj("metadata", obj("name", "w")));
        Policy policy =
                policy("widgets", named, OnUndecided.DENY, Fixture.check("any", Mode.ENFORCE, Says.PASSED.check()));
        assertThat(decide(Fixture.create(widget), policy))
                .isInstanceOfSatisfying(Decision.Undecided.class, undecided -> {
                    assertThat(undecided.basis().onUndecided()).isEqualTo(OnUndecided.DENY);
                    assertThat(undecided.causes().items())
                            .singleElement()
                            .satisfies(
                                    reason -> assertThat(reason.violation())
                                            .isEqualTo(
                                                    new Violation(
                                                            "VersionNotNamed",
                                                            "",
                                                            "the policy names widgets.v2.example.com, and this object is in version `v1`; write it in the version that the policy names, or name both in the policy")));
                });
    }

    static List<Arguments> guarded() {
        Request create = Fixture.create(WORKLOAD);
        Request update = Fixture.update(Fixture.deployment("nginx:1"), WORKLOAD);
        Request relabelled = Fixture.update(labelled("old"), labelled("new"));
        return List.of(
                Arguments.of("its kind", kinds(WorkloadKind.JOB, WorkloadKind.DEPLOYMENT), create, true),
                Arguments.of("another kind", kinds(WorkloadKind.JOB), create, false),
                Arguments.of("its operation", operations(Operation.CREATE), create, true),
                Arguments.of("another operation", operations(Operation.UPDATE), create, false),
                Arguments.of("an update", operations(Operation.UPDATE), update, true),
                Arguments.of("its labels", objects("checkout"), create, true),
                Arguments.of("other labels", objects("cart"), create, false),
                Arguments.of("labels that it gets", objects("new"), relabelled, true),
                Arguments.of("labels that it loses, which is no way out", objects("old"), relabelled, true),
                Arguments.of("a condition that holds", where("object.kind != 'Job'"), create, true),
                Arguments.of("a condition that does not", where("object.kind == 'Job'"), create, false),
                Arguments.of("one of two conditions that does not", where("true", "false"), create, false),
                Arguments.of(
                        "one that does not, after one without a value",
                        where("object.x == 1", "false"),
                        create,
                        false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("guarded")
    void policyIsAskedWhereAllPartsOfItsMatchHold(String what, Match match, Request request, boolean guards) {
        Decision decision = decide(
                request,
                policy("p", match, OnUndecided.DENY, Fixture.check("check", Mode.ENFORCE, Says.FAILED.check())));
        assertThat(decision.basis().policies()).as(what).hasSize(guards ? 1 : 0);
        assertThat(decision.outcome()).isEqualTo(guards ? "Denied" : "Allowed");
    }

    static Stream<Arguments> unknown() {
        return Stream.of(
                Arguments.of(Mode.ENFORCE, OnUndecided.DENY, "Undecided", false),
                Arguments.of(Mode.ENFORCE, OnUndecided.ALLOW, "Undecided", true),
                Arguments.of(Mode.WARN, OnUndecided.DENY, "Warned", true),
                Arguments.of(Mode.AUDIT, OnUndecided.DENY, "Allowed", true));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void case34_aConditionWithoutAValueIsNoNo(Mode strictest, OnUndecided onUndecided, String outcome, boolean admits) {
        Decision decision = decide(
                Fixture.create(WORKLOAD),
                policy(
                        "p",
                        where("true", "object.spec.foo == 1"),
                        onUndecided,
                        Fixture.check("audited", Mode.AUDIT, Says.FAILED.check()),
                        Fixture.check("strictest", strictest, Says.PASSED.check())));
        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(decision.admits()).isEqualTo(admits);
        assertThat(decision.basis().policies()).hasSize(1);
        assertThat(decision.basis().reasons()).singleElement().satisfies(reason -> {
            assertThat(reason.violation().code()).isEqualTo("ConditionErrored");
            assertThat(reason.violation().message())
                    .isEqualTo(
                            "condition `c1`: line 1, column 12: there is no such field or key; ask has() first, or write .? before it");
            assertThat(reason.owner()).contains(Fixture.OWNER);
        });
    }

    /// What is live is there already: it is told, and never denied.
    @Test
    void conditionWithoutAValueWarnsAboutWhatIsLive() {
        Request request = Fixture.update(WORKLOAD, WORKLOAD);
        Evidence evidence = Fixture.withPaths(
                evidence(policy(
                        "p",
                        where("object.spec.foo == 1"),
                        OnUndecided.DENY,
                        Fixture.check("check", Mode.ENFORCE, Says.PASSED.check()))),
                Fixture.path("checkout", Map.of(), new Promoters(Set.of("jane"), Set.of())));
        assertThat(Fixture.EVALUATOR.evaluate(request, evidence))
                .isInstanceOfSatisfying(
                        Evaluation.Decided.class,
                        decided -> assertThat(decided.decision().outcome()).isEqualTo("Warned"));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void policyWhoseConditionDoesNotHoldIsNotCounted(Mode mode) {
        Decision decision = decide(
                Fixture.create(WORKLOAD),
                policy("p", where("false"), OnUndecided.DENY, Fixture.check("check", mode, Says.ERRORED.check())));
        assertThat(decision.basis().checks()).isZero();
        assertThat(decision.basis().reasons()).isEmpty();
    }

    private static ConfiguredCheck expression(String text) {
        return Fixture.check(
                "expression",
                Mode.ENFORCE,
                new ExpressionHolds(Expression.bool(text, Variables.NONE), Optional.empty(), Optional.empty()));
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("who asks", "request.userInfo.username == 'release'", "Denied"),
                Arguments.of("what changes", "oldObject.metadata.labels.app == object.metadata.labels.app", "Denied"),
                Arguments.of("what was there", "object.metadata.name == 'other'", "Warned"));
    }

    /// A stored object has no violation of a rule that is about the change.
    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void law9_onlyWhatTheStoredObjectViolatesTooIsPresentAlready(String what, String text, String outcome) {
        Workload relabelled = Workload.of(
                WORKLOAD.kind(),
                WORKLOAD.object().with("metadata", obj("name", "checkout", "labels", obj("app", "other"))));
        assertThat(decide(
                                Fixture.update(WORKLOAD, relabelled),
                                policy("p", Match.ALL, OnUndecided.DENY, expression(text)))
                        .outcome())
                .as(what)
                .isEqualTo(outcome);
    }

    /// A promoter's write that changes nothing is decided as the CREATE that it stands for.
    @Test
    void law9_whatIsLiveIsAskedAboutAsForACreate() {
        Request request = Fixture.update(WORKLOAD, WORKLOAD);
        Evidence evidence = Fixture.withPaths(
                evidence(
                        policy("created", operations(Operation.CREATE), OnUndecided.DENY, expression("false")),
                        policy("asked", Match.ALL, OnUndecided.DENY, expression("oldObject != null")),
                        policy("updated", operations(Operation.UPDATE), OnUndecided.DENY, expression("false"))),
                Fixture.path("checkout", Map.of(), new Promoters(Set.of("jane"), Set.of())));
        assertThat(Fixture.EVALUATOR.evaluate(request, evidence))
                .isInstanceOfSatisfying(Evaluation.Decided.class, decided -> {
                    assertThat(decided.decision().basis().reasons())
                            .extracting(Reason::policy)
                            .containsExactly("asked", "created");
                    assertThat(decided.decision().approves()).isFalse();
                });
    }

    /// The index finds what asking each policy finds, however often it is asked.
    @Test
    void indexFindsWhatAskingEachPolicyFinds() {
        Random random = new Random(7);
        List<Policy> policies = IntStream.range(0, 300)
                .<Policy>mapToObj(i -> policy(
                        "p" + i,
                        new Match(
                                random.nextBoolean() ? Set.of() : Set.of("s" + random.nextInt(5)),
                                random.nextBoolean() ? ANY : labelled("tier", "t" + random.nextInt(3)),
                                random.nextBoolean()
                                        ? Set.of()
                                        : Set.of(KINDS.get(random.nextInt(KINDS.size()))
                                                .groupVersionResource()),
                                random.nextBoolean()
                                        ? Set.of()
                                        : Set.of(OPERATIONS.get(random.nextInt(OPERATIONS.size()))),
                                ANY,
                                List.of()),
                        OnUndecided.DENY))
                .toList();
        Policies index = new Policies(policies);
        for (int i = 0; i < 2_000; i++) {
            Map<String, String> labels =
                    Map.of("interlock.dev/stage", "s" + random.nextInt(6), "tier", "t" + random.nextInt(4));
            GroupVersionResource kind = KINDS.get(random.nextInt(KINDS.size())).groupVersionResource();
            Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
            assertThat(index.guarding(labels, kind, operation))
                    .isEqualTo(index.all().stream()
                            .filter(policy -> policy.match().matches(labels, kind, operation))
                            .toList());
        }
        assertThat(index.all()).isSortedAccordingTo((one, other) -> one.ref().compareTo(other.ref()));
    }

    /// Each namespace has a label of its own, its name: what is found for one is found for all that are alike.
    @Test
    void whatIsFoundIsFoundOnceForNamespacesThatAreAlikeToPolicies() {
        Policies index =
                new Policies(List.of(policy("p", new Match(Set.of("s1"), labelled("tier", "t1")), OnUndecided.DENY)));
        Set<List<Policy>> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 10_000; i++) {
            found.add(index.guarding(
                    Map.of("kubernetes.io/metadata.name", "n" + i, Stage.LABEL, "s1", "tier", "t1"),
                    KINDS.getFirst().groupVersionResource(),
                    Operation.CREATE));
        }
        assertThat(found)
                .singleElement()
                .satisfies(policies -> assertThat(policies).hasSize(1));
    }
}
