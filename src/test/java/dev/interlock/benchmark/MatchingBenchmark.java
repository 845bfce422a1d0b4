package dev.interlock.benchmark;

import dev.interlock.decision.Condition;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evaluator;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Request;
import dev.interlock.decision.SizedObjects;
import dev.interlock.decision.WorkedTime;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A decision by many policies, of which one guards the object and asks one expression, and by which part of
/// their match the others are kept from it; `nothing`: all of them guard it. Time is looked at by the clock
/// that the webhook has. Bytes: `-prof gc`.
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class MatchingBenchmark {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Evaluator EVALUATOR =
            new Evaluator(Fixture.MASK, () -> new WorkedTime(THREADS::getCurrentThreadCpuTime, System::nanoTime));

    @Param({"pod", "deployment", "custom"})
    public String object;

    @Param({"1", "10", "100", "1000"})
    public int policies;

    @Param({"namespace", "kind", "stage", "condition", "nothing"})
    public String keptBy;

    private Request request;
    private Evidence evidence;

    @Setup
    public void prepare() {
        request = Fixture.create(
                switch (object) {
                    case "pod" -> SizedObjects.pod();
                    case "deployment" -> SizedObjects.deployment();
                    case "custom" -> SizedObjects.custom();
                    default -> throw new IllegalArgumentException(object);
                });
        Set<GroupVersionResource> resource = Set.of(request.workload().kind().groupVersionResource());
        List<Policy> all = new ArrayList<>(List.of(policy(0, match(resource, List.of()))));
        for (int i = 1; i < policies; i++) {
            all.add(policy(i, other(resource)));
        }
        evidence = Fixture.evidence(all);
    }

    private Match other(Set<GroupVersionResource> resource) {
        return switch (keptBy) {
            case "namespace" ->
                new Match(
                        Set.of(),
                        new LabelSelector(Map.of("team", "other"), List.of()),
                        resource,
                        Set.of(),
                        LabelSelector.EVERYTHING,
                        List.of());
            case "kind" -> match(Set.of(WorkloadKind.JOB.groupVersionResource()), List.of());
            case "stage" ->
                new Match(
                        Set.of("staging"),
                        LabelSelector.EVERYTHING,
                        resource,
                        Set.of(),
                        LabelSelector.EVERYTHING,
                        List.of());
            case "condition" ->
                match(
                        resource,
                        List.of(new Condition(
                                "other", Expression.bool("object.metadata.name == 'other'", Variables.NONE))));
            case "nothing" -> match(resource, List.of());
            default -> throw new IllegalArgumentException(keptBy);
        };
    }

    private static Match match(Set<GroupVersionResource> resources, List<Condition> conditions) {
        return new Match(Set.of(), LabelSelector.EVERYTHING, resources, Set.of(), LabelSelector.EVERYTHING, conditions);
    }

    private static Policy policy(int number, Match match) {
        ConfiguredCheck check = Fixture.check(
                "non-root",
                Mode.ENFORCE,
                new ExpressionHolds(
                        Expression.bool(
                                "workload.containers.all(c, c.?securityContext.?runAsNonRoot.orValue(false))",
                                Variables.NONE),
                        Optional.empty(),
                        Optional.empty()));
        return new Policy.Loaded(
                new PolicyRef("policy-" + number, "uid-" + number, 1),
                match,
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(check),
                List.of());
    }

    @Benchmark
    public Evaluation evaluate() {
        return EVALUATOR.evaluate(request, evidence);
    }
}
