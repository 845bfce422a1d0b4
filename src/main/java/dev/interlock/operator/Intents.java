package dev.interlock.operator;

import dev.interlock.drift.Intent;
import dev.interlock.drift.IntentStore;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.workload.Node;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What both ledgers know of an object: the webhook's has its admissions, the operator's its baseline, which
/// comes before all of them.
final class Intents implements IntentStore {
    private static final long BEFORE_ALL = -(1L << 50);

    private final LedgerReader admissions;
    private final LedgerReader assessments;

    Intents(LedgerReader admissions, LedgerReader assessments) {
        this.admissions = admissions;
        this.assessments = assessments;
    }

    @Override
    public List<Intent> of(String uid) {
        Stream<Intent> baselines = assessments.of(uid).stream()
                .map(intent -> new Intent(
                        BEFORE_ALL + intent.order(),
                        intent.entry(),
                        intent.decision(),
                        intent.at(),
                        intent.standing(),
                        intent.requester(),
                        intent.content(),
                        intent.template()));
        return Stream.concat(baselines, admissions.of(uid).stream()).toList();
    }

    @Override
    public Optional<Node.Obj> content(String digest) {
        return admissions.content(digest).or(() -> assessments.content(digest));
    }

    /// Whether the object is decided about by itself, whatever its owner references say: because a request to
    /// create it was let in, because it was there as a root when its namespace came into scope, or because its
    /// content was approved.
    boolean root(String uid) {
        return admissions.created(uid)
                || !assessments.of(uid).isEmpty()
                || admissions.of(uid).stream().anyMatch(Intent::approves);
    }

    /// The newest decision about that content of that object.
    Optional<DecisionEntry> newest(String uid, String content) {
        return Stream.of(admissions.newest(uid, content), assessments.newest(uid, content))
                .flatMap(Optional::stream)
                .flatMap(row -> row instanceof Stored.Decided decided ? Stream.of(decided.entry()) : Stream.empty())
                .max(Comparator.comparing(DecisionEntry::at));
    }

    /// The entry of one admission.
    Optional<DecisionEntry> admission(String entry) {
        return admissions
                .byEntry(entry)
                .flatMap(
                        row -> row instanceof Stored.Decided decided ? Optional.of(decided.entry()) : Optional.empty());
    }
}
