package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.kubernetes.ClusterView.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What was decided about objects and what drifted, by object.
final class History {
    private final Map<List<String>, List<Decided>> decisions = new HashMap<>();
    private final Map<List<String>, List<Drift>> open = new HashMap<>();
    private final boolean known;
    private final List<String> missing;

    History(Listed<Decided> decisions, Listed<Drift> drifts) {
        decisions
                .items()
                .forEach(decided -> this.decisions
                        .computeIfAbsent(key(decided.subject()), _ -> new ArrayList<>())
                        .add(decided));
        drifts.items().stream()
                .filter(Drift::open)
                .forEach(drift -> open.computeIfAbsent(key(drift.subject()), _ -> new ArrayList<>())
                        .add(drift));
        missing = Stream.of(decisions.missing(), drifts.missing())
                .flatMap(Optional::stream)
                .toList();
        known = missing.isEmpty();
    }

    private static List<String> key(Subject subject) {
        return List.of(subject.namespace(), subject.kind(), subject.name());
    }

    private static List<String> key(Live live) {
        return List.of(live.namespace(), live.kind().kind(), live.name());
    }

    List<String> missing() {
        return missing;
    }

    /// The newest decision about this very object, or about one of its name that never came to be.
    Optional<Decided> last(Live live) {
        return about(live)
                .filter(decided -> decided.subject().uid().equals(live.uid()) || !decided.admitted())
                .max(Comparator.comparing(Decided::last));
    }

    private Stream<Decided> about(Live live) {
        return decisions.getOrDefault(key(live), List.of()).stream();
    }

    private Stream<Decided> aboutUid(Live live) {
        return about(live).filter(decided -> decided.subject().uid().equals(live.uid()));
    }

    boolean baseline(Live live) {
        return aboutUid(live).anyMatch(decided -> decided.trigger().equals("Baseline"));
    }

    Optional<Drift> drift(Live live) {
        return open.getOrDefault(key(live), List.of()).stream()
                .filter(drift -> drift.subject().uid().equals(live.uid()))
                .max(Comparator.comparing(Drift::onset));
    }

    /// @param watched whether it is known that drift is seen
    DriftState state(Live live, boolean watched) {
        Optional<Drift> drift = drift(live);
        if (drift.isPresent()) {
            return drift.get().drift().equals("Bypassed") ? DriftState.BYPASSED : DriftState.DRIFTED;
        }
        if (!watched || !known) {
            return DriftState.UNKNOWN;
        }
        return aboutUid(live).anyMatch(decided -> decided.approves().orElse(false))
                ? DriftState.IN_SYNC
                : DriftState.UNAPPROVED;
    }
}
