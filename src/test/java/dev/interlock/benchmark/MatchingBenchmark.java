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
import dev.interlock.decision.WorkedTime;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.workload.Node;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/// A decision by many policies, of which one guards the object and asks one expression, and by which part of their
/// match the others are kept from it; `nothing`: all of them guard it. Time is looked at by the clock that the webhook
/// has. Bytes: `-prof gc`.
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

    @Param({"pod", "deployment", "large"})
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
                    case "pod" -> Objects.pod();
                    case "deployment" -> Objects.deployment();
                    case "large" -> Objects.large();
                    default -> throw new IllegalArgumentException(object);
                });
        List<Policy> all = new ArrayList<>(List.of(policy(0, Match.ALL)));
        for (int i = 1; i < policies; i++) {
            all.add(policy(i, other()));
        }
        evidence = Fixture.evidence(all);
    }

    private Match other() {
        LabelSelector any = LabelSelector.EVERYTHING;
        return switch (keptBy) {
            case "namespace" -> new Match(Set.of(), new LabelSelector(Map.of("team", "other"), List.of()));
            case "kind" ->
                new Match(Set.of(), any, Set.of(WorkloadKind.JOB.groupVersionResource()), Set.of(), any, List.of());
            case "stage" -> new Match(Set.of("staging"), any);
            case "condition" ->
                new Match(
                        Set.of(),
                        any,
                        Set.of(),
                        Set.of(),
                        any,
                        List.of(new Condition(
                                "other", Expression.bool("object.metadata.name == 'other'", Variables.NONE))));
            case "nothing" -> Match.ALL;
            default -> throw new IllegalArgumentException(keptBy);
        };
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

    /// A Pod of 5 KB, a Deployment of 20 containers and 40 KB, and one of 900 KB, which keep to what is asked.
    private static final class Objects {
        private Objects() {}

        static Workload pod() {
            return Workload.of(
                    WorkloadKind.POD,
                    Fixture.obj(
                            "metadata", Fixture.obj("name", "checkout", "namespace", "shop"),
                            "spec", Fixture.obj("containers", List.of(container(0), container(1)))));
        }

        static Workload deployment() {
            List<Object> containers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                containers.add(container(i));
            }
            return Fixture.deployment(Fixture.obj("containers", containers));
        }

        /// As an object that carries data: few fields, and one long list of texts.
        static Workload large() {
            List<String> args = IntStream.range(0, 18_000)
                    .mapToObj("--route=service-%05d.shop.svc.example.com:8443"::formatted)
                    .toList();
            Node.Obj container =
                    Fixture.node(container(0)).asObject("container").with("args", Fixture.node(args));
            return Fixture.deployment(Fixture.obj("containers", List.of(container)));
        }

        private static Object container(int number) {
            List<Object> env = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                env.add(Fixture.obj(
                        "name", "VARIABLE_%02d".formatted(i), "value", "a value of some length, %04d".formatted(i)));
            }
            return Fixture.obj(
                    "name",
                    "c" + number,
                    "image",
                    "registry.example.com/shop/checkout@sha256:" + "a".repeat(64),
                    "env",
                    env,
                    "securityContext",
                    Fixture.obj("runAsNonRoot", true, "allowPrivilegeEscalation", false));
        }
    }
}
