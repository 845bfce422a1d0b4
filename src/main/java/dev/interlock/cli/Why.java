package dev.interlock.cli;

import dev.interlock.decision.Claim;
import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.kubernetes.ClusterView.Subject;
import dev.interlock.workload.Owner;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All that is known about one object, and which of its decisions and drifts are told about.
///
/// @param live       empty where it is not there
/// @param claim      of the live object; empty where it is not known
/// @param decision   the one that is told about; empty where there is none
/// @param reassessed a later look at the live object, after policies or paths changed
/// @param drift      the one that is told about; empty where there is none
/// @param approved   whether any decision approves something for this object
/// @param watched    whether it is known that drift is seen
record Why(
        Subject subject,
        Optional<Live> live,
        Optional<Claim> claim,
        String gate,
        Optional<Decided> decision,
        Optional<Decided> reassessed,
        Optional<Drift> drift,
        boolean approved,
        boolean watched,
        boolean guarded) {
    /// @param decisions about objects of that name
    /// @param drifts    of objects of that name, open or not
    /// @param told      the name of a record or an event that is asked about; empty for the newest
    static Why of(
            Subject subject,
            Optional<Live> live,
            Estate estate,
            List<Decided> decisions,
            List<Drift> drifts,
            Optional<String> told) {
        List<Decided> asked = decisions.stream()
                .filter(decided -> !decided.trigger().equals("Reassessment"))
                .toList();
        Optional<Decided> decision = told.flatMap(name -> decisions.stream()
                        .filter(decided -> decided.name().equals(name))
                        .findFirst())
                .or(() -> asked.stream()
                        .filter(decided -> !decided.trigger().equals("Baseline"))
                        .max(Comparator.comparing(Decided::last)))
                .or(() -> asked.stream().max(Comparator.comparing(Decided::last)))
                .or(() -> decisions.stream().max(Comparator.comparing(Decided::last)));
        Optional<Decided> reassessed = decisions.stream()
                .filter(decided -> decided.trigger().equals("Reassessment"))
                .filter(later -> decision.filter(first -> later.last().isAfter(first.last()))
                        .isPresent())
                .max(Comparator.comparing(Decided::last));
        Optional<Drift> drift = told.flatMap(name -> drifts.stream()
                        .filter(event -> event.name().equals(name))
                        .findFirst())
                .or(() -> drifts.stream()
                        .filter(Drift::open)
                        .filter(event -> live.isEmpty()
                                || event.subject().uid().equals(live.get().uid()))
                        .max(Comparator.comparing(Drift::onset)));
        String namespace = subject.namespace();
        return new Why(
                subject,
                live,
                live.flatMap(estate::claim),
                estate.gate(namespace),
                decision,
                reassessed,
                drift,
                decisions.stream()
                        .filter(decided -> live.isEmpty()
                                || decided.subject().uid().equals(live.get().uid()))
                        .anyMatch(decided -> decided.approves().orElse(false)),
                estate.watched(namespace),
                !estate.guards(namespace).isEmpty());
    }

    /// Whether the decision kept the request out.
    boolean refused() {
        return decision.filter(decided -> !decided.admitted() && !shadow(decided))
                .isPresent();
    }

    boolean drifted() {
        return drift.filter(Drift::open).isPresent();
    }

    /// A decision about what was there already: nobody asked, so nothing was refused.
    static boolean shadow(Decided decided) {
        return !decided.trigger().equals("Admission");
    }

    Optional<Owner> owner() {
        return claim.flatMap(Claim::owner)
                .or(() -> drift.flatMap(Drift::owner))
                .or(() -> decision.flatMap(Decided::owner));
    }

    String service() {
        return claim.map(known -> known.service(subject.namespace()))
                .or(() -> drift.map(Drift::service))
                .or(() -> decision.flatMap(Decided::service))
                .orElse("unknown");
    }

    String stage() {
        return decision.map(Decided::stage).or(() -> drift.map(Drift::stage)).orElse("");
    }

    ExitCode exitCode() {
        return refused() || drifted() ? ExitCode.FOUND : ExitCode.CLEAN;
    }

    /// What the story is told as of.
    String tell(Instant now) {
        return new Story(this, now).text();
    }
}
