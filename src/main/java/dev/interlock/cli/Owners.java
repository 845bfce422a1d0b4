package dev.interlock.cli;

import dev.interlock.decision.Claim;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.decision.Mode;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Who answers for what, which policies guard it, and what nobody answers for.
///
/// @param unreadable why each policy that cannot be read is so, by name
record Owners(List<Row> rows, List<Orphan> orphans, Map<String, String> unreadable) {
    Owners {
        rows = List.copyOf(rows);
        orphans = List.copyOf(orphans);
        unreadable = new TreeMap<>(unreadable);
    }

    /// One stage of one path.
    record Row(
            String service,
            Owner owner,
            String path,
            String stage,
            List<String> namespaces,
            List<Guarding> policies,
            int workloads) {}

    /// One policy at one stage; its namespaces are those of the stage that it guards.
    sealed interface Guarding {
        String name();

        List<String> namespaces();

        /// @param checks how many by their declared mode
        record Known(String name, List<String> namespaces, Map<Mode, Long> checks, List<Tightened> tightened)
                implements Guarding {}

        record Unreadable(String name, List<String> namespaces, String cause) implements Guarding {}
    }

    /// A root workload in a governed namespace that has no single owner.
    ///
    /// @param problem Orphaned, Contested or Misplaced
    record Orphan(Live live, String problem, String message) {}

    static Owners of(Estate estate, List<Live> workloads, Instant now) {
        Map<List<String>, Integer> counts = new HashMap<>();
        List<Orphan> orphans = new ArrayList<>();
        for (Live live : workloads) {
            if (live.root()) {
                estate.claim(live).ifPresent(claim -> {
                    if (claim instanceof Claim.Owned(DeliveryPath path, PathStage stage)) {
                        counts.merge(List.of(path.name(), stage.stage().name()), 1, Integer::sum);
                    } else if (estate.gated(live.namespace())) {
                        orphan(live, claim).ifPresent(orphans::add);
                    }
                });
            }
        }
        List<Row> rows = new ArrayList<>();
        for (DeliveryPath path : estate.paths()) {
            for (PathStage stage : path.stages()) {
                String name = stage.stage().name();
                rows.add(new Row(
                        path.service(),
                        path.owner(),
                        path.name(),
                        name,
                        stage.namespaces().stream().sorted().toList(),
                        guarding(estate, path, stage, now),
                        counts.getOrDefault(List.of(path.name(), name), 0)));
            }
        }
        orphans.sort(Comparator.comparing((Orphan orphan) -> orphan.live().namespace())
                .thenComparing(orphan -> orphan.live().kind())
                .thenComparing(orphan -> orphan.live().name()));
        return new Owners(rows, orphans, unreadable(estate));
    }

    private static Map<String, String> unreadable(Estate estate) {
        Map<String, String> unreadable = new TreeMap<>();
        for (Guard guard : estate.guards()) {
            if (guard.policy() instanceof Policy.Unreadable(var ref, var _, String cause)) {
                unreadable.put(ref.name(), cause);
            }
        }
        return unreadable;
    }

    private static Optional<Orphan> orphan(Live live, Claim claim) {
        return switch (claim) {
            case Claim.Owned _ -> Optional.empty();
            case Claim.Unlisted _ ->
                Optional.of(new Orphan(
                        live,
                        "Orphaned",
                        "no path lists namespace %s; add it to a stage of a DeliveryPath".formatted(live.namespace())));
            case Claim.Orphaned _ ->
                Optional.of(new Orphan(
                        live,
                        "Orphaned",
                        "paths list namespace %s, but none selects its labels; label it as its service's path says"
                                .formatted(live.namespace())));
            case Claim.Contested contested ->
                Optional.of(new Orphan(
                        live,
                        "Contested",
                        "paths %s all claim it; narrow their selectors until one does"
                                .formatted(contested.contenders())));
            case Claim.Misplaced(DeliveryPath path, PathStage stage, Optional<Stage> labelled) ->
                Optional.of(new Orphan(
                        live,
                        "Misplaced",
                        "path %s has namespace %s in stage %s, but its label says %s; make them agree"
                                .formatted(
                                        path.name(),
                                        live.namespace(),
                                        stage.stage().name(),
                                        labelled.map(Stage::name).orElse("nothing"))));
        };
    }

    private static List<Guarding> guarding(Estate estate, DeliveryPath path, PathStage stage, Instant now) {
        Map<String, Policy> policies = new TreeMap<>();
        Map<String, List<String>> namespaces = new TreeMap<>();
        stage.namespaces().stream()
                .sorted()
                .forEach(namespace -> estate.guards(namespace).forEach(guard -> {
                    String name = guard.policy().ref().name();
                    policies.put(name, guard.policy());
                    namespaces.computeIfAbsent(name, _ -> new ArrayList<>()).add(namespace);
                }));
        List<Guarding> guarding = new ArrayList<>();
        policies.forEach((name, policy) -> {
            List<String> where = namespaces.getOrDefault(name, List.of());
            guarding.add(
                    switch (policy) {
                        case Policy.Unreadable(var _, var _, String cause) ->
                            new Guarding.Unreadable(name, where, cause);
                        case Policy.Loaded loaded ->
                            new Guarding.Known(
                                    name,
                                    where,
                                    loaded.checks().stream()
                                            .collect(Collectors.groupingBy(
                                                    ConfiguredCheck::mode, TreeMap::new, Collectors.counting())),
                                    Tightened.of(List.of(loaded), now).stream()
                                            .filter(each -> each.concerns(Optional.of(path.service())))
                                            .toList());
                    });
        });
        return guarding;
    }
}
