package dev.interlock.decision;

import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.workload.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which decisions are the same decision.
class DecisionIdTest {
    private static final Request REQUEST = Fixture.create(Fixture.deployment("nginx"));
    private static final Policy POLICY = policy("uid", 1, "check", "is bad");
    private static final Evidence EVIDENCE = evidence(POLICY);
    private static final String ID = decide(REQUEST, EVIDENCE).id();

    private static Policy policy(String uid, long generation, String check, String message) {
        Check failing = (_, _) -> new CheckResult.Failed(
                new dev.interlock.workload.NonEmpty<>(List.of(new Violation("Bad", "spec", message))));
        return new Policy.Loaded(
                new PolicyRef("p", uid, generation),
                Match.ALL,
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(Fixture.check(check, Mode.ENFORCE, failing)));
    }

    private static Request with(String uid, ObjectRef subject, String subresource, String user, String image) {
        return new Request(
                uid,
                Gate.REQUIRED,
                Operation.CREATE,
                subject,
                subresource,
                new Requester(user),
                Fixture.deployment(image),
                Optional.empty(),
                false);
    }

    private static ObjectRef subject(String namespace, String name, String uid) {
        return new ObjectRef("apps/v1", "Deployment", namespace, name, uid);
    }

    static Stream<Arguments> others() {
        ObjectRef same = subject("shop", "checkout", "uid-1");
        return Stream.of(
                Arguments.of(
                        "another namespace",
                        with("r", subject("store", "checkout", "uid-1"), "", "jane", "nginx"),
                        EVIDENCE),
                Arguments.of(
                        "another name", with("r", subject("shop", "cart", "uid-1"), "", "jane", "nginx"), EVIDENCE),
                Arguments.of("another user", with("r", same, "", "joe", "nginx"), EVIDENCE),
                Arguments.of("another content", with("r", same, "", "jane", "httpd"), EVIDENCE),
                Arguments.of("a subresource", with("r", same, "resize", "jane", "nginx"), EVIDENCE),
                Arguments.of(
                        "another cluster",
                        REQUEST,
                        new Evidence("cluster-2", Optional.of(Fixture.PRODUCTION), List.of(POLICY))),
                Arguments.of("another policy", REQUEST, evidence(policy("other", 1, "check", "is bad"))),
                Arguments.of("another generation", REQUEST, evidence(policy("uid", 2, "check", "is bad"))),
                Arguments.of("another check", REQUEST, evidence(policy("uid", 1, "other", "is bad"))),
                Arguments.of(
                        "another outcome",
                        REQUEST,
                        evidence(Fixture.policy(
                                "p", OnUndecided.DENY, Fixture.check("check", Mode.ENFORCE, Says.PASSED.check())))));
    }

    @Test
    void undecidedThatIsLetInIsAnotherDecisionThanUndecidedThatIsRefused() {
        Evidence unreadable = evidence(new Policy.Unreadable(new PolicyRef("odd", "odd-uid", 1), Match.ALL, "no mode"));
        String refused = decide(
                        Fixture.request(Operation.CREATE, Fixture.deployment("nginx"), Optional.empty(), Gate.REQUIRED),
                        unreadable)
                .id();
        String admitted = decide(
                        Fixture.request(Operation.CREATE, Fixture.deployment("nginx"), Optional.empty(), Gate.OPTIONAL),
                        unreadable)
                .id();
        assertThat(admitted).isNotEqualTo(refused);
    }

    @ParameterizedTest(name = "{0} is another decision")
    @MethodSource("others")
    void whatIsHashedTellsDecisionsApart(String what, Request request, Evidence evidence) {
        assertThat(decide(request, evidence).id()).as(what).isNotEqualTo(ID);
    }

    static Stream<Arguments> sames() {
        return Stream.of(
                Arguments.of(
                        "another review",
                        with("another-review", subject("shop", "checkout", "uid-1"), "", "jane", "nginx"),
                        EVIDENCE),
                Arguments.of(
                        "another uid of the object",
                        with("r", subject("shop", "checkout", "uid-2"), "", "jane", "nginx"),
                        EVIDENCE),
                Arguments.of("another message", REQUEST, evidence(policy("uid", 1, "check", "is not good"))),
                Arguments.of(
                        "a policy that does not match beside it",
                        REQUEST,
                        evidence(
                                POLICY,
                                new Policy.Loaded(
                                        new PolicyRef("q", "q", 1),
                                        new Match(java.util.Set.of("staging"), LabelSelector.EVERYTHING),
                                        OnUndecided.DENY,
                                        Fixture.OWNER,
                                        List.of()))),
                Arguments.of(
                        "other labels of the namespace",
                        REQUEST,
                        new Evidence(
                                "cluster-1",
                                Optional.of(Map.of("interlock.dev/stage", "production", "x", "y")),
                                List.of(POLICY))));
    }

    @ParameterizedTest(name = "{0} is the same decision")
    @MethodSource("sames")
    void whatIsNotHashedDoesNot(String what, Request request, Evidence evidence) {
        assertThat(decide(request, evidence).id()).as(what).isEqualTo(ID);
    }

    @Test
    void idIsTheSameOnEveryMachine() {
        assertThat(ID).isEqualTo("4c8c0eef40ffe797a4af094738068e1606eb0acbcb70f8efee446d36675eb299");
        assertThat(Decision.recordName(ID)).hasSize(32).isEqualTo(ID.substring(0, 32));
    }
}
