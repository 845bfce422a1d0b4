package dev.interlock.decision;

import static dev.interlock.decision.Fixture.decide;
import static dev.interlock.decision.Fixture.evidence;
import static dev.interlock.decision.Fixture.policyOf;
import static dev.interlock.decision.Fixture.withApprovals;
import static dev.interlock.decision.Fixture.withPaths;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture.Cell;
import dev.interlock.decision.Fixture.Says;
import dev.interlock.workload.Content;
import dev.interlock.workload.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What makes content intent: only an admission, by a promoter, that nothing would have denied.
class ApprovingTest {
    private static final Requester ANN = new Requester("ann", Set.of());
    private static final Requester JOE = new Requester("joe", Set.of("system:authenticated"));
    private static final DeliveryPath PATH =
            Fixture.path("checkout", Map.of("app", "checkout"), new Promoters(Set.of("ann"), Set.of()));
    private static final DeliveryPath JOES =
            Fixture.path("joes", Map.of("app", "joes"), new Promoters(Set.of("joe"), Set.of()));
    private static final Workload WORKLOAD = Fixture.deployment("nginx");
    private static final List<List<Cell>> WORLDS = Fixture.worlds(2);

    private static Request request(
            Trigger trigger, Requester requester, Workload workload, Optional<Workload> old, boolean dryRun) {
        Request plain = Fixture.create(workload);
        return new Request(
                plain.uid(),
                trigger,
                Gate.REQUIRED,
                old.isPresent() ? Operation.UPDATE : Operation.CREATE,
                plain.subject(),
                "",
                requester,
                Caller.UNVERIFIED,
                workload,
                old,
                dryRun);
    }

    private static Request create(Requester requester) {
        return request(Trigger.ADMISSION, requester, WORKLOAD, Optional.empty(), false);
    }

    private static Request update(Requester requester, Workload old, Workload workload) {
        return request(Trigger.ADMISSION, requester, workload, Optional.of(old), false);
    }

    private static Workload labelled(Workload workload, String name, String value) {
        return Workload.of(
                workload.kind(),
                workload.object()
                        .change(List.of("metadata", "labels"), labels -> labels.with(name, Fixture.node(value))));
    }

    private static Evidence given(List<Cell> world, DeliveryPath... paths) {
        return withPaths(evidence(policyOf("p", OnUndecided.ALLOW, world)), paths);
    }

    private static Approvals approved(Workload... workloads) {
        return new Approvals(
                Arrays.stream(workloads)
                        .map(workload -> Content.of(workload, Fixture.MASK).digest())
                        .collect(Collectors.toSet()),
                Set.of());
    }

    @Test
    void onlyAPromotersRealAdmissionThatIsAllowedOrWarnedApprovesInEveryWorld() {
        for (List<Cell> world : WORLDS) {
            for (Trigger trigger : Trigger.values()) {
                for (Requester requester : List.of(ANN, JOE)) {
                    for (boolean dryRun : List.of(true, false)) {
                        Decision decision = decide(
                                request(trigger, requester, WORKLOAD, Optional.empty(), dryRun), given(world, PATH));
                        boolean good = decision instanceof Decision.Allowed || decision instanceof Decision.Warned;
                        assertThat(decision.approves())
                                .as("%s %s %s dry run %s", world, trigger, requester, dryRun)
                                .isEqualTo(good && trigger == Trigger.ADMISSION && requester.equals(ANN) && !dryRun);
                    }
                }
            }
        }
    }

    @Test
    void whereNoPathListsTheNamespaceEverybodyApproves() {
        assertThat(decide(create(JOE), given(List.of())).approves()).isTrue();
        assertThat(decide(create(JOE), given(List.of(), PATH)).approves()).isFalse();
    }

    @Test
    void whatIsLetInUndecidedApprovesNothing() {
        Decision decision = decide(create(ANN), given(List.of(new Cell(Mode.ENFORCE, Says.ERRORED)), PATH));
        assertThat(decision.admits()).isTrue();
        assertThat(decision.approves()).isFalse();
    }

    @Test
    void law5_withoutItsEvidenceADecisionApprovesNothing() {
        assertThat(decide(create(ANN), given(List.of(), PATH))
                        .withoutEvidence("disk full")
                        .approves())
                .isFalse();
    }

    @Test
    void case21_whatAStrangerAsksInAPromotersNameApprovesNothingAndIsAnotherDecision() {
        Evidence given = given(List.of(), PATH);
        Request real = create(ANN);
        Request forged = new Request(
                real.uid(),
                real.trigger(),
                real.gate(),
                real.operation(),
                real.subject(),
                real.subresource(),
                real.requester(),
                Caller.STRANGER,
                real.workload(),
                real.old(),
                false);
        assertThat(decide(real, given).approves()).isTrue();
        assertThat(decide(forged, given).approves()).isFalse();
        assertThat(decide(forged, given).admits()).isTrue();
        Evidence denying = given(List.of(new Cell(Mode.ENFORCE, Fixture.Says.FAILED)), PATH);
        assertThat(decide(forged, denying).id())
                .isNotEqualTo(decide(real, denying).id());
    }

    @Test
    void unknownNamespaceHasNoPromoter() {
        Evidence unknown = withPaths(evidence(Optional.empty(), List.of()));
        Request optional = new Request(
                "r",
                Trigger.ADMISSION,
                Gate.OPTIONAL,
                Operation.CREATE,
                create(ANN).subject(),
                "",
                ANN,
                Caller.UNVERIFIED,
                WORKLOAD,
                Optional.empty(),
                false);
        assertThat(decide(optional, unknown).admits()).isTrue();
        assertThat(decide(optional, unknown).basis().mayApprove()).isFalse();
    }

    /// Labels are the tenant's to write: whoever moves a workload to their own path is not its promoter by that.
    @Test
    void whoRelabelsAWorkloadMustBePromoterOfWhatItWasAndOfWhatItBecomes() {
        Workload joes = labelled(Fixture.deployment("httpd"), "app", "joes");
        DeliveryPath both = Fixture.path("joes", Map.of("app", "joes"), new Promoters(Set.of("joe", "ann"), Set.of()));
        assertThat(decide(update(JOE, WORKLOAD, joes), given(List.of(), PATH, JOES))
                        .approves())
                .as("of what it becomes only")
                .isFalse();
        assertThat(decide(update(ANN, WORKLOAD, joes), given(List.of(), PATH, JOES))
                        .approves())
                .as("of what it was only")
                .isFalse();
        assertThat(decide(update(ANN, WORKLOAD, joes), given(List.of(), PATH, both))
                        .approves())
                .as("of both")
                .isTrue();
        assertThat(decide(update(JOE, WORKLOAD, joes), given(List.of(), PATH, JOES))
                        .admits())
                .as("that is no reason to refuse it")
                .isTrue();
    }

    @Test
    void whoTakesAWorkloadOutOfEveryPathCannotApproveItEither() {
        Workload orphan = labelled(Fixture.deployment("httpd"), "app", "none");
        assertThat(decide(update(ANN, WORKLOAD, orphan), given(List.of(), PATH)).approves())
                .isFalse();
        assertThat(decide(update(ANN, orphan, WORKLOAD), given(List.of(), PATH)).approves())
                .isFalse();
    }

    @Test
    void law9_reliefCarriesAnApprovalOnAndNeverMakesOne() {
        Workload relabelled = labelled(WORKLOAD, "team", "x");
        for (List<Cell> world : WORLDS) {
            boolean relieved = world.contains(new Cell(Mode.ENFORCE, Says.FAILED));
            boolean errored = world.contains(new Cell(Mode.ENFORCE, Says.ERRORED));
            Decision fresh = decide(update(ANN, WORKLOAD, relabelled), given(world, PATH));
            Decision carried =
                    decide(update(ANN, WORKLOAD, relabelled), withApprovals(given(world, PATH), approved(WORKLOAD)));
            assertThat(fresh.approves()).as("%s", world).isEqualTo(!relieved && !errored);
            assertThat(carried.approves()).as("%s", world).isEqualTo(!errored);
        }
    }

    @Test
    void law9_promoterWhoChangesNothingAnswersForContentThatNobodyApproved() {
        for (List<Cell> world : WORLDS) {
            Decision decision = decide(update(ANN, WORKLOAD, WORKLOAD), given(world, PATH));
            Decision asCreated = decide(create(ANN), given(world, PATH));
            assertThat(decision.basis().checks())
                    .as("asked as a CREATE: %s", world)
                    .isEqualTo(asCreated.basis().checks());
            assertThat(decision.basis().reasons())
                    .as("%s", world)
                    .hasSameSizeAs(asCreated.basis().reasons());
            assertThat(decision)
                    .as("it is live already: %s", world)
                    .isNotInstanceOf(Decision.Denied.class)
                    .isNotInstanceOf(Decision.Undecided.class);
            assertThat(decision.admits()).isTrue();
            assertThat(decision.approves())
                    .as("only what nothing would have denied or left undecided: %s", world)
                    .isEqualTo(asCreated.approves());
        }
    }

    @Test
    void law9_onlyANamedPromotersWriteOfContentThatIsNotApprovedIsAsked() {
        assertThat(Fixture.EVALUATOR.evaluate(update(JOE, WORKLOAD, WORKLOAD), given(List.of(), PATH)))
                .as("no promoter")
                .isInstanceOf(Evaluation.Unchanged.class);
        assertThat(Fixture.EVALUATOR.evaluate(update(JOE, WORKLOAD, WORKLOAD), given(List.of())))
                .as("everybody is promoter, and none is named")
                .isInstanceOf(Evaluation.Unchanged.class);
        assertThat(Fixture.EVALUATOR.evaluate(
                        update(ANN, WORKLOAD, WORKLOAD), withApprovals(given(List.of(), PATH), approved(WORKLOAD))))
                .as("approved")
                .isInstanceOf(Evaluation.Unchanged.class);
        assertThat(Fixture.EVALUATOR.evaluate(
                        update(ANN, WORKLOAD, WORKLOAD), withPaths(evidence(Optional.empty(), List.of()), PATH)))
                .as("namespace unknown")
                .isInstanceOf(Evaluation.Unchanged.class);
    }

    @Test
    void law9_otherApprovedContentDoesNotMakeThisOneApproved() {
        Decision decision = decide(
                update(ANN, WORKLOAD, WORKLOAD),
                withApprovals(given(List.of(), PATH), approved(Fixture.deployment("httpd"))));
        assertThat(decision.approves()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"BASELINE", "REASSESSMENT"})
    void whatIsLiveIsDecidedAsDeclaredAndNotAskedAboutPromotion(Trigger trigger) {
        Check stability = new Check() {
            @Override
            public CheckResult evaluate(Workload workload, Situation situation) {
                return Says.FAILED.check().evaluate(workload, situation);
            }

            @Override
            public boolean aboutPromotion() {
                return true;
            }
        };
        Policy policy = Fixture.withTightenings(
                Fixture.policy(
                        "p",
                        OnUndecided.DENY,
                        Fixture.check("content", Mode.WARN, Says.FAILED.check()),
                        Fixture.check("stable", Mode.ENFORCE, stability)),
                new Tightening(
                        new CheckId("content"),
                        Optional.empty(),
                        Optional.of(Mode.ENFORCE),
                        Map.of(),
                        "3 drifts in 1h",
                        List.of(),
                        Fixture.AT.minusSeconds(60),
                        Fixture.AT.plusSeconds(60)));
        Decision decision =
                decide(request(trigger, JOE, WORKLOAD, Optional.empty(), false), withPaths(evidence(policy), PATH));
        assertThat(decision).isInstanceOf(Decision.Warned.class);
        assertThat(decision.basis().reasons()).extracting(Reason::check).containsExactly("content");
        assertThat(decision.basis().tightened()).isEmpty();
        assertThat(decide(create(JOE), withPaths(evidence(policy), PATH))
                        .basis()
                        .reasons())
                .as("while an admission is asked both")
                .extracting(Reason::effect)
                .containsExactly(Effect.DENIES, Effect.DENIES);
    }
}
