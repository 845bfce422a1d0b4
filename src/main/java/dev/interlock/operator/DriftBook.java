package dev.interlock.operator;

import dev.interlock.decision.PolicyRef;
import dev.interlock.drift.Open;
import dev.interlock.drift.Transition.Resolution;
import dev.interlock.ledger.DriftEnd;
import dev.interlock.ledger.DriftEntry;
import dev.interlock.ledger.Gap;
import dev.interlock.ledger.GapEnd;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.ReleaseEntry;
import dev.interlock.ledger.Scope;
import dev.interlock.ledger.Stored;
import dev.interlock.ledger.TighteningEntry;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the operator's ledger says of drift, gaps and scope, in memory. Everything is written to the ledger
/// first, and folded into memory in the same way as it is read at the next start.
final class DriftBook {
    private static final int SCHEMA = 1;

    private final OperatorLedger ledger;
    private final Map<String, DriftEntry> open = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final List<Onset> onsets = new ArrayList<>();
    private final Map<StagedClass, Long> onsetCounts = new HashMap<>();
    private final Set<String> scoped = new HashSet<>();
    private final List<Interval> gaps = new ArrayList<>();
    private final List<ReleaseEntry> releases = new ArrayList<>();
    private final Map<String, TighteningEntry> tightened = new HashMap<>();

    /// When an object of a service began to drift.
    record Onset(String name, String drift, String service, String namespace, String kind, Instant at) {}

    /// What drift is counted by.
    record StagedClass(Optional<String> stage, String drift) {
        static StagedClass of(DriftEntry drift) {
            return new StagedClass(drift.stage(), drift.drift());
        }
    }

    /// A gap; without an end while it lasts.
    record Interval(String id, Instant start, Optional<Instant> end, String cause) {}

    /// @param reader of the same file
    DriftBook(OperatorLedger ledger, LedgerReader reader) {
        this.ledger = ledger;
        reader.notes().forEach(this::fold);
    }

    private void fold(Stored row) {
        switch (row) {
            case Stored.Drifted drifted -> fold(drifted.drift());
            case Stored.DriftEnded ended -> fold(ended.end());
            case Stored.GapBegan began -> fold(began.gap());
            case Stored.GapEnded ended -> fold(ended.end());
            case Stored.Scoped scope -> scoped.add(scope.scope().uid());
            case Stored.Released released -> releases.add(released.release());
            case Stored.Tightened entry -> tightened.put(entry.tightening().uid(), entry.tightening());
            case Stored.WentBack _ -> {} // said by who noticed it
            case Stored.Decided _, Stored.Repeated _, Stored.Amended _, Stored.Applied _, Stored.Unreadable _ -> {
                // not of the operator's own kinds, or written by a newer version
            }
        }
    }

    private void fold(DriftEntry drift) {
        open.put(drift.subject().uid(), drift);
        counts.merge(drift.subject().uid(), 1, Integer::sum);
        if (drift.continues().isEmpty()) {
            onsetCounts.merge(StagedClass.of(drift), 1L, Long::sum);
            onsets.add(new Onset(
                    drift.name(),
                    drift.drift(),
                    drift.service(),
                    drift.subject().namespace(),
                    drift.subject().kind(),
                    drift.onset()));
        }
    }

    private void fold(DriftEnd end) {
        open.computeIfPresent(end.uid(), (_, drift) -> drift.name().equals(end.name()) ? null : drift);
    }

    private void fold(Gap gap) {
        gaps.add(new Interval(gap.id(), gap.start(), Optional.empty(), gap.cause()));
    }

    private void fold(GapEnd end) {
        gaps.replaceAll(gap -> gap.id().equals(end.id())
                ? new Interval(gap.id(), gap.start(), Optional.of(end.end()), gap.cause())
                : gap);
    }

    synchronized Optional<DriftEntry> entry(String uid) {
        return Optional.ofNullable(open.get(uid));
    }

    synchronized Optional<Open> open(String uid) {
        return entry(uid)
                .map(drift -> new Open(
                        drift.name(),
                        drift.drift().equals("Bypassed") ? Open.Kind.BYPASSED : Open.Kind.DRIFTED,
                        drift.signature(),
                        drift.observed(),
                        drift.onset()));
    }

    /// Asks whether this process still writes alone, before it says something by what it has in memory.
    ///
    /// @throws dev.interlock.ledger.LedgerUnavailable where it does not
    void keep() {
        ledger.keep();
    }

    /// All that is open.
    synchronized List<DriftEntry> open() {
        return List.copyOf(open.values());
    }

    synchronized int earlier(String uid) {
        return counts.getOrDefault(uid, 0);
    }

    synchronized List<Onset> onsets() {
        return List.copyOf(onsets);
    }

    /// How many drifts there have been, those that continue another left out.
    synchronized Map<StagedClass, Long> onsetCounts() {
        return Map.copyOf(onsetCounts);
    }

    /// What feedback has put in force, policy by policy, past values perhaps among it.
    synchronized List<TighteningEntry> tightened() {
        return List.copyOf(tightened.values());
    }

    synchronized List<ReleaseEntry> releases() {
        return List.copyOf(releases);
    }

    synchronized boolean inScope(String namespaceUid) {
        return scoped.contains(namespaceUid);
    }

    synchronized void began(DriftEntry drift) {
        ledger.drifted(drift);
        fold(drift);
    }

    synchronized void superseded(DriftEntry before, DriftEntry next, Instant at) {
        DriftEnd end = end(before, Resolution.SUPERSEDED, at);
        ledger.superseded(end, next);
        fold(end);
        fold(next);
    }

    synchronized void resolved(DriftEntry drift, Resolution how, Instant at) {
        DriftEnd end = end(drift, how, at);
        ledger.ended(end, drift.subject().namespace());
        fold(end);
    }

    private static DriftEnd end(DriftEntry drift, Resolution how, Instant at) {
        return new DriftEnd(SCHEMA, drift.name(), drift.subject().uid(), word(how), at);
    }

    private static String word(Resolution how) {
        return switch (how) {
            case RESTORED -> "Restored";
            case APPROVED -> "Approved";
            case SUPERSEDED -> "Superseded";
            case GONE -> "Gone";
        };
    }

    synchronized void scoped(Scope scope) {
        ledger.scoped(scope, List.of());
        scoped.add(scope.uid());
    }

    synchronized void began(Gap gap) {
        ledger.began(gap);
        fold(gap);
    }

    synchronized void ended(String gap, Instant at) {
        GapEnd end = new GapEnd(SCHEMA, gap, at);
        ledger.ended(end);
        fold(end);
    }

    /// The gap that lasts.
    synchronized Optional<Interval> gap() {
        return gaps.stream().filter(gap -> gap.end().isEmpty()).findFirst();
    }

    /// The newest gap in which something changed at that time came in, by the API server's clock of whole seconds.
    synchronized Optional<Interval> gapAt(Instant changed) {
        return gaps.reversed().stream()
                .filter(gap -> !changed.isBefore(gap.start().minusSeconds(1))
                        && gap.end()
                                .map(end -> !changed.isAfter(end.plusSeconds(1)))
                                .orElse(true))
                .findFirst();
    }

    synchronized void released(ReleaseEntry release) {
        if (releases.stream().noneMatch(known -> known.id().equals(release.id()))) {
            ledger.released(release);
            releases.add(release);
        }
    }

    /// How many values are in force of a check of a policy, for that service or for all of them.
    synchronized int inForce(String policy, String check, Optional<String> service) {
        return (int) tightened.values().stream()
                .filter(entry -> entry.policy().equals(policy))
                .flatMap(entry -> entry.effective().stream())
                .filter(each -> each.check().equals(check))
                .filter(each -> service.isEmpty() || each.service().equals(service))
                .count();
    }

    /// Writes down what is in force of a policy from here on, where that is something new.
    synchronized void tightened(PolicyRef policy, List<TighteningEntry.Effective> effective, Instant at) {
        Optional<TighteningEntry> before = Optional.ofNullable(tightened.get(policy.uid()));
        boolean same = before.map(TighteningEntry::effective).orElse(List.of()).equals(effective);
        if (!same) {
            // What came before is part of the name: the same values may be in force a second time.
            String id = Canonical.sha256(new Node.Arr(List.of(
                    new Node.Text(policy.uid()),
                    new Node.Text(before.map(TighteningEntry::id).orElse("")),
                    new Node.Text(effective.toString()))));
            TighteningEntry entry =
                    new TighteningEntry(SCHEMA, id, policy.name(), policy.uid(), policy.generation(), at, effective);
            ledger.tightened(entry);
            tightened.put(policy.uid(), entry);
        }
    }
}
