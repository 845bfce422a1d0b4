package dev.interlock.benchmark;

import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.Request;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.drift.DriftFixture;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.Node;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.List;
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

/// From a read request to a decision, where one policy matches and all others guard other stages.
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class DecisionBenchmark {
    @Param({"1", "10", "100", "500"})
    public int policies;

    private Request request;
    private Evidence evidence;

    @Setup
    public void prepare() {
        Node object = DriftFixture.node(Deployments.json("shop", "checkout", Manifests.GOOD_IMAGE));
        request = Fixture.create(Workload.of(WorkloadKind.DEPLOYMENT, object.asObject("object")));
        Policy matching = Fixture.policy(
                "matching",
                OnUndecided.DENY,
                Fixture.check("pinned", Mode.ENFORCE, new ImagesAllowed(true, List.of(), List.of())));
        List<Policy> all = new ArrayList<>(List.of(matching));
        for (int i = 1; i < policies; i++) {
            Policy.Loaded other = (Policy.Loaded) matching;
            all.add(new Policy.Loaded(
                    other.ref(),
                    new Match(Set.of("stage-" + i), LabelSelector.EVERYTHING),
                    other.onUndecided(),
                    other.owner(),
                    other.checks(),
                    List.of()));
        }
        evidence = Fixture.evidence(all);
    }

    @Benchmark
    public Evaluation evaluate() {
        return Fixture.EVALUATOR.evaluate(request, evidence);
    }
}
