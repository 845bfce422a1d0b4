package dev.interlock.decision;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.workload.Workload;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How many bytes a decision takes, with a ceiling. A count, not a time: it is the same on every machine, but for what
/// the compiler saves.
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int TIMES = 200;

    private static final Workload WORKLOAD = Fixture.deployment(obj(
            "containers",
            IntStream.range(0, 2)
                    .mapToObj(i -> obj(
                            "name", "c" + i,
                            "image", "registry.example.com/shop/checkout@sha256:" + "a".repeat(64),
                            "securityContext", obj("runAsNonRoot", true)))
                    .toList()));

    private static long bytesOf(Evidence evidence) {
        return bytesOf(WORKLOAD, evidence);
    }

    private static long bytesOf(Workload workload, Evidence evidence) {
        Request request = Fixture.create(workload);
        IntStream.range(0, TIMES).forEach(_ -> Fixture.EVALUATOR.evaluate(request, evidence));
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TIMES; i++) {
            Fixture.EVALUATOR.evaluate(request, evidence);
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / TIMES;
    }

    private static Policy policy(int number, Match match) {
        return new Policy.Loaded(
                new PolicyRef("p" + number, "u" + number, 1),
                match,
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(
                        Fixture.check("pinned", Mode.ENFORCE, new ImagesAllowed(true, List.of(), List.of())),
                        Fixture.check(
                                "non-root",
                                Mode.ENFORCE,
                                new ExpressionHolds(
                                        Expression.bool(
                                                "workload.containers.all(c, c.?securityContext.?runAsNonRoot.orValue(false))",
                                                Variables.NONE),
                                        Optional.empty(),
                                        Optional.empty()))),
                List.of());
    }

    private static Evidence evidence(int others, Match match) {
        return Fixture.evidence(IntStream.rangeClosed(0, others)
                .<Policy>mapToObj(i -> policy(i, i == 0 ? Match.ALL : match))
                .toList());
    }

    @Test
    void decisionByOnePolicyStaysUnderItsCeiling() {
        assertThat(bytesOf(evidence(0, Match.ALL))).isLessThan(150_000);
    }

    @Test
    void decisionAboutTwentyContainersStaysUnderItsCeiling() {
        assertThat(bytesOf(SizedObjects.deployment(), evidence(0, Match.ALL))).isLessThan(1_500_000);
    }

    @Test
    void decisionAboutALargeCustomResourceStaysUnderItsCeiling() {
        Workload custom = SizedObjects.custom();
        Match match = new Match(
                Set.of(),
                LabelSelector.EVERYTHING,
                Set.of(custom.kind().groupVersionResource()),
                Set.of(),
                LabelSelector.EVERYTHING,
                List.of());
        assertThat(bytesOf(custom, Fixture.evidence(policy(0, match)))).isLessThan(6_000_000);
    }

    @Test
    void policyThatDoesNotGuardTakesNothing() {
        Match elsewhere = new Match(Set.of("staging"), LabelSelector.EVERYTHING);
        long alone = bytesOf(evidence(0, Match.ALL));
        assertThat(bytesOf(evidence(1000, elsewhere)) - alone).isLessThan(10_000);
    }

    @Test
    void policyThatAConditionKeepsAwayTakesLittle() {
        Match never = new Match(
                Set.of(),
                LabelSelector.EVERYTHING,
                Set.of(),
                Set.of(),
                LabelSelector.EVERYTHING,
                List.of(new Condition("never", Expression.bool("object.metadata.name == 'other'", Variables.NONE))));
        long alone = bytesOf(evidence(0, Match.ALL));
        assertThat((bytesOf(evidence(100, never)) - alone) / 100).isLessThan(2_000);
    }
}
