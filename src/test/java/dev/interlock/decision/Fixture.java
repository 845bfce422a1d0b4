package dev.interlock.decision;

import dev.interlock.workload.Mask;
import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Small values for tests: a Deployment, policies, requests. The least that is valid, to be changed by name.
public final class Fixture {
    public static final Mask MASK = new Mask(new byte[32]);
    public static final Evaluator EVALUATOR = new Evaluator(MASK);
    public static final Map<String, String> PRODUCTION = Map.of("interlock.dev/stage", "production");
    public static final Instant AT = Instant.parse("2026-11-25T13:20:00Z");
    public static final Requester JANE = new Requester("jane", Set.of());
    public static final Owner OWNER = new Owner("platform", "#platform");
    public static final Violation VIOLATION = new Violation("Bad", "spec", "is bad");

    private Fixture() {}

    public static Node.Obj obj(Object... namesAndValues) {
        Node.Obj object = Node.Obj.EMPTY;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object = object.with((String) namesAndValues[i], node(namesAndValues[i + 1]));
        }
        return object;
    }

    public static Node node(Object value) {
        return switch (value) {
            case Node node -> node;
            case String text -> new Node.Text(text);
            case Integer number -> new Node.Int(number);
            case Boolean bool -> new Node.Bool(bool);
            case List<?> list -> new Node.Arr(list.stream().map(Fixture::node).toList());
            default -> throw new IllegalArgumentException("no node for " + value);
        };
    }

    public static Node.Obj container(String name, String image) {
        return obj("name", name, "image", image);
    }

    /// A Deployment `shop/checkout` with one container of that image.
    public static Workload deployment(String image) {
        return deployment(obj("containers", List.of(container("app", image))));
    }

    public static Workload deployment(Node.Obj podSpec) {
        return Workload.of(
                WorkloadKind.DEPLOYMENT,
                obj(
                        "apiVersion",
                        "apps/v1",
                        "kind",
                        "Deployment",
                        "metadata",
                        obj("name", "checkout", "namespace", "shop", "labels", obj("app", "checkout")),
                        "spec",
                        obj(
                                "replicas",
                                2,
                                "template",
                                obj("metadata", obj("labels", obj("app", "checkout")), "spec", podSpec))));
    }

    public static Request create(Workload workload) {
        return request(Operation.CREATE, workload, Optional.empty(), Gate.REQUIRED);
    }

    public static Request update(Workload old, Workload workload) {
        return request(Operation.UPDATE, workload, Optional.of(old), Gate.REQUIRED);
    }

    public static Request request(Operation operation, Workload workload, Optional<Workload> old, Gate gate) {
        return new Request(
                "0d0c3c9e-0000-4000-8000-000000000001",
                Trigger.ADMISSION,
                gate,
                operation,
                new ObjectRef(workload.kind().apiVersion(), workload.kind().kind(), "shop", "checkout", "uid-1"),
                "",
                JANE,
                Caller.UNVERIFIED,
                workload,
                old,
                false);
    }

    public static Evidence evidence(List<Policy> policies) {
        return evidence(Optional.of(PRODUCTION), policies);
    }

    /// Where the namespace has those labels, or is not known; with no path, approval or drift.
    public static Evidence evidence(Optional<Map<String, String>> labels, List<Policy> policies) {
        return new Evidence(
                "cluster-1", AT, labels, new Policies(policies), List.of(), Approvals.NONE, Map.of(), Optional.empty());
    }

    public static Evidence evidence(Policy... policies) {
        return evidence(List.of(policies));
    }

    /// What a check looks at beside a workload that no path claims.
    public static Situation situation(DriftFact... drift) {
        return situation(new Claim.Unlisted(), drift);
    }

    public static Situation situation(Claim claim, DriftFact... drift) {
        return situation(create(deployment("nginx")), claim, drift);
    }

    public static Situation situation(Request request, Claim claim, DriftFact... drift) {
        return new Situation(
                request.subject(),
                claim,
                AT,
                List.of(drift),
                new Bindings(request, request.workload(), claim, PRODUCTION, new Budget(() -> 0)));
    }

    public static Evidence withPaths(Evidence evidence, DeliveryPath... paths) {
        return new Evidence(
                evidence.cluster(),
                evidence.at(),
                evidence.namespaceLabels(),
                evidence.policies(),
                List.of(paths),
                evidence.approvals(),
                evidence.drift(),
                evidence.staleSince());
    }

    public static Evidence withApprovals(Evidence evidence, Approvals approvals) {
        return new Evidence(
                evidence.cluster(),
                evidence.at(),
                evidence.namespaceLabels(),
                evidence.policies(),
                evidence.paths(),
                approvals,
                evidence.drift(),
                evidence.staleSince());
    }

    /// Of the service that the namespace stands for.
    public static Evidence withDrift(Evidence evidence, DriftFact... drift) {
        return new Evidence(
                evidence.cluster(),
                evidence.at(),
                evidence.namespaceLabels(),
                evidence.policies(),
                evidence.paths(),
                evidence.approvals(),
                Arrays.stream(drift).collect(Collectors.groupingBy(DriftFact::service)),
                evidence.staleSince());
    }

    /// The policy with what feedback made of its checks.
    public static Policy withTightenings(Policy policy, Tightening... tightenings) {
        Policy.Loaded loaded = (Policy.Loaded) policy;
        return new Policy.Loaded(
                loaded.ref(),
                loaded.match(),
                loaded.onUndecided(),
                loaded.owner(),
                loaded.checks(),
                List.of(tightenings));
    }

    /// A path of the namespace `shop`, stage production, for workloads that have these labels.
    public static DeliveryPath path(String name, Map<String, String> labels, Promoters promoters) {
        return new DeliveryPath(
                name,
                name,
                new Owner("payments", "#payments-oncall", "#payments-leads"),
                new LabelSelector(labels, List.of()),
                List.of(new DeliveryPath.PathStage(new Stage("production"), Set.of("shop"), promoters)));
    }

    public static Policy policy(String name, OnUndecided onUndecided, ConfiguredCheck... checks) {
        return new Policy.Loaded(
                new PolicyRef(name, name + "-uid", 1), Match.ALL, onUndecided, OWNER, List.of(checks), List.of());
    }

    public static ConfiguredCheck check(String id, Mode mode, Check check) {
        return new ConfiguredCheck(new CheckId(id), mode, Optional.empty(), Optional.empty(), check);
    }

    /// What a check says, as a value that worlds can be made of.
    public enum Says {
        PASSED,
        FAILED,
        ERRORED;

        public Check check() {
            return (_, _) -> switch (this) {
                case PASSED -> new CheckResult.Passed();
                case FAILED -> new CheckResult.Failed(new NonEmpty<>(List.of(VIOLATION)));
                case ERRORED -> new CheckResult.Errored("no data");
            };
        }
    }

    /// One check of a small world.
    public record Cell(Mode mode, Says says) {}

    /// Every list of at most `size` cells: 1 + 9 + 81 + … worlds.
    public static List<List<Cell>> worlds(int size) {
        List<Cell> cells = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (Says says : Says.values()) {
                cells.add(new Cell(mode, says));
            }
        }
        List<List<Cell>> worlds = new ArrayList<>(List.of(List.<Cell>of()));
        List<List<Cell>> longest = worlds;
        for (int i = 0; i < size; i++) {
            List<List<Cell>> longer = new ArrayList<>();
            for (List<Cell> world : longest) {
                for (Cell cell : cells) {
                    List<Cell> next = new ArrayList<>(world);
                    next.add(cell);
                    longer.add(List.copyOf(next));
                }
            }
            worlds = new ArrayList<>(worlds);
            worlds.addAll(longer);
            longest = longer;
        }
        return worlds;
    }

    /// The checks of a world as one policy.
    public static Policy policyOf(String name, OnUndecided onUndecided, List<Cell> world) {
        return policy(
                name,
                onUndecided,
                IntStream.range(0, world.size())
                        .mapToObj(i -> check(
                                "check-" + i,
                                world.get(i).mode(),
                                world.get(i).says().check()))
                        .toArray(ConfiguredCheck[]::new));
    }

    public static Decision decide(Request request, Evidence evidence) {
        return switch (EVALUATOR.evaluate(request, evidence)) {
            case Evaluation.Decided(Decision decision) -> decision;
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ ->
                throw new AssertionError("the request changes nothing");
        };
    }

    /// The decision that stands on that basis.
    public static Decision decide(Decision.Basis basis) {
        return Evaluator.decide(basis);
    }
}
