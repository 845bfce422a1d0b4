package dev.interlock.cli;

import dev.interlock.decision.Claim;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.kubernetes.ClusterView.Space;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Namespaces, policies and paths, put in order so that a question about one workload costs no look at all of them.
final class Estate {
    private static final String GATE = "interlock.dev/gate";

    private final Map<String, Space> spaces = new TreeMap<>();
    private final Map<String, List<DeliveryPath>> listing = new HashMap<>();
    private final Map<String, List<Guard>> guarding = new HashMap<>();
    private final List<Guard> guards;
    private final List<DeliveryPath> paths;
    private final boolean pathsKnown;
    private final List<String> missing;

    Estate(Listed<Space> spaces, Listed<Guard> guards, Listed<DeliveryPath> paths) {
        spaces.items().forEach(space -> this.spaces.put(space.name(), space));
        this.guards = guards.items().stream()
                .sorted(Comparator.comparing(guard -> guard.policy().ref()))
                .toList();
        this.paths = paths.items().stream()
                .sorted(Comparator.comparing(DeliveryPath::service).thenComparing(DeliveryPath::name))
                .toList();
        this.pathsKnown = paths.missing().isEmpty();
        this.missing = Stream.of(spaces.missing(), guards.missing(), paths.missing())
                .flatMap(Optional::stream)
                .toList();
        for (DeliveryPath path : this.paths) {
            path.stages().stream()
                    .flatMap(stage -> stage.namespaces().stream())
                    .distinct()
                    .forEach(namespace -> listing.computeIfAbsent(namespace, _ -> new ArrayList<>())
                            .add(path));
        }
    }

    /// @param namespace the only one that is asked about; empty for all
    static Estate of(ClusterView view, Optional<String> namespace) {
        return new Estate(view.namespaces(namespace), view.policies(), view.paths());
    }

    List<String> missing() {
        return missing;
    }

    List<DeliveryPath> paths() {
        return paths;
    }

    List<Guard> guards() {
        return guards;
    }

    boolean exists(String namespace) {
        return spaces.containsKey(namespace);
    }

    Map<String, String> labels(String namespace) {
        Space space = spaces.get(namespace);
        return space == null ? Map.of() : space.labels();
    }

    /// `required`, `optional` or `none`; `unknown` where the namespace could not be read.
    String gate(String namespace) {
        return exists(namespace) ? labels(namespace).getOrDefault(GATE, "none") : "unknown";
    }

    boolean gated(String namespace) {
        return labels(namespace).containsKey(GATE);
    }

    /// Whether it is under a gate, or a path lists it.
    boolean governed(String namespace) {
        return gated(namespace) || listing.containsKey(namespace);
    }

    /// Empty where the paths could not be read.
    Optional<Claim> claim(Live live) {
        if (!pathsKnown) {
            return Optional.empty();
        }
        return Optional.of(Claim.of(
                listing.getOrDefault(live.namespace(), List.of()),
                live.namespace(),
                labels(live.namespace()),
                live.labels()));
    }

    /// The policies that match a namespace, in the order of their names.
    List<Guard> guards(String namespace) {
        return guarding.computeIfAbsent(
                namespace,
                name -> exists(name)
                        ? guards.stream()
                                .filter(guard -> guard.policy().match().matches(labels(name)))
                                .toList()
                        : List.of());
    }

    /// Whether it is known that drift is seen there: by what the policies of the namespace say, or all where none
    /// matches.
    boolean watched(String namespace) {
        List<Guard> asked = guards(namespace).isEmpty() ? guards : guards(namespace);
        return !asked.isEmpty() && asked.stream().allMatch(Guard::watched);
    }

    Optional<Policy> policy(String name) {
        return guards.stream()
                .map(Guard::policy)
                .filter(policy -> policy.ref().name().equals(name))
                .findFirst();
    }
}
