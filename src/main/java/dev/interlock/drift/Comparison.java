package dev.interlock.drift;

import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Holds a live object against the decisions about it. Intent is a set: everything that was approved for this
/// object is intended, in whatever order it went live.
///
/// Membership is structural, and the digest is its fast path: live content is an approved content when every
/// path of that is equal and every further path is an API default, which no manager owns and no later
/// decision about this object introduced. So an upgrade of Kubernetes, which adds defaults, is no drift.
public final class Comparison {
    private static final Comparator<Known> BY_ORDER =
            Comparator.comparingLong(known -> known.intent().order());

    private final Observation live;
    private final Node.Obj observed;
    private final List<Known> decisions;

    /// A decision and its content without what is ignored; empty where the ledger lacks it.
    private record Known(Intent intent, Optional<Node.Obj> content) {
        String digest() {
            return intent.content();
        }

        boolean approves() {
            return intent.approves();
        }
    }

    private Comparison(Observation live, Node.Obj observed, List<Known> decisions) {
        this.live = live;
        this.observed = observed;
        this.decisions = decisions;
    }

    /// Compares a live object with what the store knows of it.
    ///
    /// @param ignored    paths that count on neither side
    /// @param lastInSync the approved content that was last observed live ([Verdict.InSync#approved()]):
    ///                   differences are shown against it, or against the latest approved one
    public static Verdict verdict(
            Observation live, IntentStore store, List<Pointer> ignored, Optional<String> lastInSync) {
        List<Intent> intents = store.of(live.ref().uid());
        Map<String, Optional<Node.Obj>> contents = new HashMap<>();
        List<Known> decisions = intents.stream()
                .map(intent -> new Known(
                        intent,
                        contents.computeIfAbsent(
                                intent.content(),
                                digest -> store.content(digest).map(content -> without(ignored, content)))))
                .sorted(BY_ORDER)
                .toList();
        return new Comparison(live, without(ignored, live.content().value()), decisions).verdict(lastInSync);
    }

    private static Node.Obj without(List<Pointer> ignored, Node.Obj content) {
        Node.Obj kept = content;
        for (Pointer pointer : ignored) {
            kept = pointer.removeFrom(kept);
        }
        return kept;
    }

    private Verdict verdict(Optional<String> lastInSync) {
        Optional<Known> member = newest(Known::approves, this::equal).or(() -> newest(Known::approves, this::matches));
        if (member.isPresent()) {
            return new Verdict.InSync(member.get().digest());
        }
        return decisions.stream()
                .filter(known -> known.content().isEmpty())
                .findFirst()
                .<Verdict>map(Comparison::unknown)
                .or(() -> beforeAnyApproval(lastInSync))
                .or(() -> reference(lastInSync).map(this::drifted))
                .or(() -> decisions.stream()
                        .filter(this::covers)
                        .findFirst()
                        .map(known -> new Verdict.Unapproved(known.intent())))
                .orElseGet(() -> new Verdict.Bypassed(live.content().digest()));
    }

    private static Verdict unknown(Known known) {
        return new Verdict.Unknown("content `%s` of decision `%s` is not in the ledger"
                .formatted(known.digest(), known.intent().decision()));
    }

    private Verdict drifted(Known approved) {
        Optional<Intent> admitted = newest(_ -> true, this::equal)
                .or(() -> newest(_ -> true, this::matches))
                .map(Known::intent);
        List<Difference> differences = deviations(approved)
                .map(change -> Difference.of(change, live.managers()))
                .toList();
        return new Verdict.Drifted(admitted, approved.intent(), new NonEmpty<>(differences));
    }

    /// Allowed is not applied (law 7): where no approved content was ever seen live, and the live content was
    /// known before the first approval, that approval is still on its way, or somebody else refused it.
    private Optional<Verdict> beforeAnyApproval(Optional<String> lastInSync) {
        return lastInSync.isPresent()
                ? Optional.empty()
                : decisions.stream()
                        .takeWhile(known -> !known.approves())
                        .filter(this::covers)
                        .findFirst()
                        .map(known -> new Verdict.Unapproved(known.intent()));
    }

    private Optional<Known> reference(Optional<String> lastInSync) {
        return newest(Known::approves, known -> lastInSync.equals(Optional.of(known.digest())))
                .or(() -> newest(Known::approves, _ -> true));
    }

    private Optional<Known> newest(Predicate<Known> first, Predicate<Known> second) {
        return decisions.reversed().stream().filter(first).filter(second).findFirst();
    }

    private boolean covers(Known known) {
        return equal(known) || matches(known);
    }

    private boolean equal(Known known) {
        return known.digest().equals(live.content().digest());
    }

    private boolean matches(Known known) {
        return known.content().isPresent() && deviations(known).findFirst().isEmpty();
    }

    /// The changes that are no API defaults.
    private Stream<Change> deviations(Known known) {
        List<Change> changes = new ArrayList<>();
        known.content().ifPresent(content -> changes.addAll(Change.between(content, observed)));
        return changes.stream().filter(change -> !isDefault(change, known));
    }

    private boolean isDefault(Change change, Known known) {
        return change.added()
                && live.managers().disown(change.path())
                && decisions.stream()
                        .filter(other -> other.intent().order() > known.intent().order())
                        .noneMatch(other -> mayHold(other, change.path()));
    }

    private static boolean mayHold(Known other, FieldPath path) {
        return other.content().map(path::isIn).orElse(true);
    }
}
