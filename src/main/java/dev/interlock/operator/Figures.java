package dev.interlock.operator;

import dev.interlock.decision.Gate;
import dev.interlock.decision.PolicyRef;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.LiveObjects;
import dev.interlock.ledger.TighteningEntry;
import dev.interlock.operator.DriftBook.StagedClass;
import dev.interlock.workload.Stage;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What there is to count of live objects, drift and policies: rows of labels' values and a number, for metrics.
public final class Figures {
    private static final String NONE = "none";
    private static final List<String> CLASSES = List.of("Drifted", "Bypassed");

    private final DriftBook book;
    private final LiveObjects live;
    private final LiveQueue queue;
    private final Caches caches;
    private final PolicyReconciler policies;
    private final InstantSource clock;

    Figures(
            DriftBook book,
            LiveObjects live,
            LiveQueue queue,
            Caches caches,
            PolicyReconciler policies,
            InstantSource clock) {
        this.book = book;
        this.live = live;
        this.queue = queue;
        this.caches = caches;
        this.policies = policies;
        this.clock = clock;
    }

    /// Open drifts by stage and class.
    public Map<List<String>, Double> open() {
        return byStage(book.open().stream().collect(Collectors.groupingBy(StagedClass::of, Collectors.counting())));
    }

    /// Drifts that began, by stage and class.
    public Map<List<String>, Double> onsets() {
        return byStage(book.onsetCounts());
    }

    /// Those of every stage that there is, though there are none: what appears with its first drift shows no rise.
    private Map<List<String>, Double> byStage(Map<StagedClass, Long> counts) {
        Map<List<String>, Double> rows = new HashMap<>();
        Stream.concat(caches.namespaces().governed().stream().map(this::stage), Stream.of(NONE))
                .distinct()
                .forEach(stage -> CLASSES.forEach(drift -> rows.put(List.of(stage, drift), 0.0)));
        counts.forEach((each, count) ->
                rows.merge(List.of(each.stage().orElse(NONE), each.drift()), (double) count, Double::sum));
        return rows;
    }

    /// Objects under a gate, by stage, those that Kubernetes' own controllers made left out.
    public Map<List<String>, Double> governed() {
        if (!live.synced() || !caches.synced()) {
            return Map.of(); // not "none": what is divided by it would be far too high
        }
        Map<List<String>, Double> rows = new HashMap<>();
        caches.namespaces().governed().forEach(namespace -> rows.putIfAbsent(List.of(stage(namespace)), 0.0));
        live.roots().forEach((namespace, count) -> {
            if (caches.namespaces().governed(namespace)) {
                rows.merge(List.of(stage(namespace)), (double) count, Double::sum);
            }
        });
        return rows;
    }

    private String stage(String namespace) {
        return caches.namespaces()
                .labels(namespace)
                .flatMap(labels -> Optional.ofNullable(labels.get(Stage.LABEL)))
                .orElse(NONE);
    }

    /// Namespaces by the gate that they are behind.
    public Map<List<String>, Double> namespaces() {
        if (!caches.synced()) {
            return Map.of();
        }
        Map<List<String>, Double> rows = new HashMap<>();
        Stream.concat(Arrays.stream(Gate.values()).map(Figures::word), Stream.of(NONE))
                .forEach(gate -> rows.put(List.of(gate), 0.0));
        caches.namespaces()
                .all()
                .keySet()
                .forEach(namespace -> rows.merge(
                        List.of(caches.namespaces()
                                .gate(namespace)
                                .map(Figures::word)
                                .orElse(NONE)),
                        1.0,
                        Double::sum));
        return rows;
    }

    private static String word(Gate gate) {
        return gate.name().toLowerCase(Locale.ROOT);
    }

    /// Whether every live webhook decides by it, of each policy.
    public Map<List<String>, Double> ready() {
        List<PolicyRef> stored = caches.refs();
        Set<String> ready = policies.ready(stored.stream().map(PolicyRef::uid).collect(Collectors.toSet()));
        return stored.stream()
                .collect(Collectors.toMap(
                        ref -> List.of(ref.name()), ref -> ready.contains(ref.uid()) ? 1.0 : 0.0, Math::min));
    }

    /// For how many services a check is stricter than declared, by policy and check.
    public Map<List<String>, Double> tightened() {
        return inForce()
                .collect(Collectors.groupingBy(
                        each -> List.of(each.policy(), each.value().check()),
                        Collectors.collectingAndThen(Collectors.counting(), Long::doubleValue)));
    }

    /// The strictest thresholds in force, by policy, check and threshold.
    public Map<List<String>, Double> thresholds() {
        Map<List<String>, Double> rows = new HashMap<>();
        inForce()
                .forEach(each -> each.value()
                        .thresholds()
                        .forEach((threshold, value) -> rows.merge(
                                List.of(each.policy(), each.value().check(), threshold), (double) value, Double::min)));
        return rows;
    }

    private record InForce(String policy, TighteningEntry.Effective value) {}

    private Stream<InForce> inForce() {
        Instant now = clock.instant();
        Map<String, PolicyRef> stored =
                caches.refs().stream().collect(Collectors.toMap(PolicyRef::uid, Function.identity(), (one, _) -> one));
        return book.tightened().stream()
                .filter(entry -> stored.containsKey(entry.uid()))
                .flatMap(entry -> entry.effective().stream().map(value -> new InForce(entry.policy(), value)))
                .filter(each -> now.isBefore(each.value().until()));
    }

    /// How long ago each watch last told of a change, in seconds.
    public Map<List<String>, Double> lastEvents() {
        return live.lastEvents().entrySet().stream()
                .collect(Collectors.toMap(
                        event -> List.of(event.getKey().resource()),
                        event -> event.getValue().toMillis() / 1000.0));
    }

    /// Whether each kind is not watched.
    public Map<List<String>, Double> down() {
        List<WorkloadKind> unwatched = live.unwatched();
        return Arrays.stream(WorkloadKind.values())
                .collect(Collectors.toMap(
                        kind -> List.of(kind.resource()), kind -> unwatched.contains(kind) ? 1.0 : 0.0));
    }

    /// Whether drift may be there that is not shown.
    public boolean unknown() {
        return queue.unknown().isPresent();
    }

    /// For how long the oldest change has not been looked at.
    public Duration behind() {
        return queue.behind();
    }

    /// Whether the gate does not ask about everything that it should.
    public boolean gap() {
        return book.gap().isPresent();
    }
}
