package dev.interlock.decision;

import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Says;
import dev.interlock.workload.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
                List.of(Fixture.check(check, Mode.ENFORCE, failing)),
                List.of());
    }

    private static Request with(String uid, ObjectRef subject, String subresource, String user, String image) {
        return new Request(
                uid,
                Trigger.ADMISSION,
                Gate.REQUIRED,
                Operation.CREATE,
                subject,
                subresource,
                new Requester(user, Set.of()),
                Caller.UNVERIFIED,
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
                        new Evidence(
                                "cluster-2",
                                Fixture.AT,
                                Optional.of(Fixture.PRODUCTION),
                                new Policies(List.of(POLICY)),
                                List.of(),
                                Approvals.NONE,
                                Map.of(),
                                Optional.empty())),
                Arguments.of("another policy", REQUEST, evidence(policy("other", 1, "check", "is bad"))),
                Arguments.of("another generation", REQUEST, evidence(policy("uid", 2, "check", "is bad"))),
                Arguments.of("another check", REQUEST, evidence(policy("uid", 1, "other", "is bad"))),
                Arguments.of(
                        "another outcome",
                        REQUEST,
                        evidence(Fixture.policy(
                                "p", OnUndecided.DENY, Fixture.check("check", Mode.ENFORCE, Says.PASSED.check())))));
    }

    private static Tightening tightening(String check, Optional<Mode> mode, Map<String, Long> set, String cause) {
        return new Tightening(
                new CheckId(check),
                Optional.empty(),
                mode,
                set,
                cause,
                List.of(cause),
                Fixture.AT.minusSeconds(cause.length()),
                Fixture.AT.plusSeconds(cause.length()));
    }

    private static Evidence tightened(Tightening... tightenings) {
        return evidence(Fixture.withTightenings(POLICY, tightenings));
    }

    /// Each is another decision than each other, though all of them are denied for the same reason.
    @Test
    void whatFeedbackMadeOfTheChecksTellsDecisionsApart() {
        List<Evidence> each = List.of(
                EVIDENCE,
                tightened(tightening("check", Optional.of(Mode.ENFORCE), Map.of(), "a")),
                tightened(tightening("check", Optional.empty(), Map.of("maxOpenDrift", 1L), "a")),
                tightened(tightening("check", Optional.empty(), Map.of("maxOpenDrift", 2L), "a")),
                tightened(tightening("check", Optional.empty(), Map.of("maxDrift", 1L), "a")),
                tightened(tightening("check", Optional.of(Mode.ENFORCE), Map.of("maxDrift", 1L), "a")));
        assertThat(each.stream().map(given -> decide(REQUEST, given).id()).distinct())
                .hasSameSizeAs(each);
    }

    @Test
    void whyAndUntilWhenFeedbackDidItDoesNot() {
        assertThat(decide(REQUEST, tightened(tightening("check", Optional.of(Mode.ENFORCE), Map.of(), "a")))
                        .id())
                .isEqualTo(decide(
                                REQUEST,
                                tightened(tightening("check", Optional.of(Mode.ENFORCE), Map.of(), "another cause")))
                        .id());
        assertThat(decide(REQUEST, tightened(tightening("other", Optional.of(Mode.ENFORCE), Map.of(), "a")))
                        .id())
                .as("of a check that the policy has not")
                .isEqualTo(ID);
    }

    @Test
    void triggerServiceAndApprovalTellDecisionsApart() {
        Policy allows = Fixture.policy("p", OnUndecided.DENY);
        Request baseline = new Request(
                REQUEST.uid(),
                Trigger.BASELINE,
                Gate.REQUIRED,
                Operation.CREATE,
                REQUEST.subject(),
                "",
                REQUEST.requester(),
                REQUEST.caller(),
                REQUEST.workload(),
                Optional.empty(),
                false);
        DeliveryPath everybodys =
                Fixture.path("path", Map.of("app", "checkout"), new Promoters(Set.of("jane"), Set.of()));
        DeliveryPath nobodys = Fixture.path("path", Map.of("app", "checkout"), new Promoters(Set.of(), Set.of()));
        DeliveryPath orphans = Fixture.path("path", Map.of("app", "none"), new Promoters(Set.of(), Set.of()));
        assertThat(Stream.of(
                                decide(REQUEST, evidence(allows)),
                                decide(baseline, evidence(allows)),
                                decide(REQUEST, Fixture.withPaths(evidence(allows), everybodys)),
                                decide(REQUEST, Fixture.withPaths(evidence(allows), nobodys)),
                                decide(REQUEST, Fixture.withPaths(evidence(allows), orphans)))
                        .map(Decision::id)
                        .distinct())
                .hasSize(5);
    }

    @Test
    void timeOfTheEvidenceAndGroupsOfTheRequesterAreNotHashed() {
        Evidence later = new Evidence(
                EVIDENCE.cluster(),
                Fixture.AT.plusSeconds(60),
                EVIDENCE.namespaceLabels(),
                EVIDENCE.policies(),
                List.of(),
                Approvals.NONE,
                Map.of(),
                Optional.empty());
        assertThat(decide(REQUEST, later).id()).isEqualTo(ID);
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
                                        new Match(Set.of("staging"), LabelSelector.EVERYTHING),
                                        OnUndecided.DENY,
                                        Fixture.OWNER,
                                        List.of(),
                                        List.of()))),
                Arguments.of(
                        "other labels of the namespace",
                        REQUEST,
                        evidence(Optional.of(Map.of("interlock.dev/stage", "production", "x", "y")), List.of(POLICY))));
    }

    @ParameterizedTest(name = "{0} is the same decision")
    @MethodSource("sames")
    void whatIsNotHashedDoesNot(String what, Request request, Evidence evidence) {
        assertThat(decide(request, evidence).id()).as(what).isEqualTo(ID);
    }

    @Test
    void idIsTheSameOnEveryMachine() {
        assertThat(ID).isEqualTo("24676e89aa672d2a67ae827486ca4bf4e5b8c5e4a7504618783d47bb5ee0d925");
        assertThat(Decision.recordName(ID)).hasSize(32).isEqualTo(ID.substring(0, 32));
    }
}
