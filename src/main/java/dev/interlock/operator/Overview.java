package dev.interlock.operator;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Match;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Tightening;
import dev.interlock.feedback.Denial;
import dev.interlock.feedback.Effective;
import dev.interlock.feedback.History;
import dev.interlock.feedback.Onset;
import dev.interlock.feedback.Release;
import dev.interlock.feedback.Rule;
import dev.interlock.feedback.Trigger;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.TighteningEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What runtime shows about a policy: what it would deny, what has drifted, what feedback makes of it.
final class Overview {
    /// As the CRD bounds `status.effective`.
    private static final int MOST_EFFECTIVE = 200;

    private final DriftBook book;
    private final Assessment assessment;
    private final LedgerReader admissions;
    private final DenialBook denied;
    private final Predicate<PolicyRef> lookedBy;
    private final Supplier<Optional<String>> unknown;

    /// @param lookedBy whether everything was looked at since a policy became what it is
    /// @param unknown  why it is not known whether anything drifted; empty where it is
    Overview(
            DriftBook book,
            Assessment assessment,
            LedgerReader admissions,
            Predicate<PolicyRef> lookedBy,
            Supplier<Optional<String>> unknown) {
        this.book = book;
        this.assessment = assessment;
        this.admissions = admissions;
        this.denied = new DenialBook(admissions);
        this.lookedBy = lookedBy;
        this.unknown = unknown;
    }

    /// What a look at every object found, by the policy as it is.
    ///
    /// @param matched   how many it guards
    /// @param wouldDeny those that it would deny, in order
    record Looked(int matched, List<String> wouldDeny) {
        Looked {
            wouldDeny = List.copyOf(wouldDeny);
        }
    }

    /// @param looked    empty where not every object was looked at, some are looked at too late, or some are of
    ///                  resources that are not watched
    /// @param denied    how often it denied within the last day; empty where that is not known
    /// @param openDrift of what it guards
    /// @param leftOut   how many tightenings more there are than `effective` has room for
    /// @param changesAt when any of it is to be looked at again
    /// @param unknown   why it is not known whether anything drifted
    record Seen(
            Optional<Looked> looked,
            Optional<Long> denied,
            int openDrift,
            List<Tightening> effective,
            int leftOut,
            Optional<Instant> changesAt,
            Optional<String> unknown) {
        static final Seen NOTHING =
                new Seen(Optional.empty(), Optional.empty(), 0, List.of(), 0, Optional.empty(), Optional.empty());

        Seen {
            effective = List.copyOf(effective);
        }
    }

    /// @param namespaces labels by name, all that there are
    Seen of(PolicyView view, Map<String, Map<String, String>> namespaces, Instant now) {
        book.keep();
        Match match = view.policy().match();
        PolicyRef ref = view.policy().ref();
        History history = history(view, namespaces, now);
        Effective.Bounded effective =
                Effective.bounded(Effective.of(view.rules(), ref.name(), history, now), MOST_EFFECTIVE);
        book.tightened(ref, effective.kept().stream().map(Overview::entry).toList(), now);
        int open = (int) book.open().stream()
                .filter(drift -> guards(
                        match,
                        namespaces,
                        drift.subject().namespace(),
                        drift.subject().kind()))
                .count();
        Optional<String> behind = unknown.get();
        boolean watched = match.others().isEmpty();
        Optional<Looked> looked = watched && behind.isEmpty() && lookedBy.test(ref)
                ? Optional.of(new Looked(assessment.matched(ref), assessment.wouldDeny(ref.name())))
                : Optional.empty();
        return new Seen(
                looked,
                denied.lastDay(ref.uid(), now),
                open,
                effective.kept(),
                effective.leftOut(),
                denied.behind() ? Optional.of(now) : Effective.next(view.rules(), ref.name(), history, now),
                behind);
    }

    private static boolean guards(
            Match match, Map<String, Map<String, String>> namespaces, String namespace, String kind) {
        return match.matchesKind(kind)
                && Optional.ofNullable(namespaces.get(namespace))
                        .filter(match::matches)
                        .isPresent();
    }

    private History history(PolicyView view, Map<String, Map<String, String>> namespaces, Instant now) {
        if (view.rules().isEmpty()) {
            return History.EMPTY;
        }
        Instant since = now.minus(Effective.reach(view.rules()));
        List<Onset> onsets = book.onsets().stream()
                .filter(onset -> onset.at().isAfter(since))
                .filter(onset -> guards(view.policy().match(), namespaces, onset.namespace(), onset.kind()))
                .map(onset -> new Onset(onset.name(), onset.service(), onset.at()))
                .toList();
        List<Release> releases = book.releases().stream()
                .map(release -> new Release(
                        release.policy(), release.check(), release.service(), release.at(), release.requester()))
                .toList();
        return new History(onsets, denials(view, since), releases);
    }

    private List<Denial> denials(PolicyView view, Instant since) {
        boolean counted = view.rules().stream().map(Rule::on).anyMatch(Trigger.Violations.class::isInstance);
        if (!counted) {
            return List.of();
        }
        // Somebody who is no promoter could tighten what others release.
        return admissions.denials(since).stream()
                .filter(entry -> entry.promoter().orElse(true))
                .flatMap(Overview::denials)
                .toList();
    }

    /// By what is declared: a denial that only feedback brought about does not feed back.
    private static Stream<Denial> denials(DecisionEntry entry) {
        return entry.reasons().stream()
                .filter(reason ->
                        reason.effect().equals("Denies") && reason.tightened().isEmpty())
                .map(reason -> new Denial(
                        Decision.recordName(entry.decision()),
                        reason.policy(),
                        reason.check(),
                        entry.service().orElse(entry.subject().namespace()),
                        entry.at()))
                .distinct();
    }

    private static TighteningEntry.Effective entry(Tightening tightening) {
        return new TighteningEntry.Effective(
                tightening.check().value(),
                tightening.service(),
                tightening.mode().map(_ -> "Enforce"),
                tightening.thresholds(),
                tightening.cause(),
                tightening.because(),
                tightening.since(),
                tightening.until());
    }
}
