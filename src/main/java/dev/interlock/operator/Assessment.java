package dev.interlock.operator;

import dev.interlock.decision.Approvals;
import dev.interlock.decision.Caller;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evaluator;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Occurrence;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Operation;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Reason;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.LiveObjects.Whole;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.workload.ObjectRef;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Decides about live objects as if they were created now, by what is declared: once when their namespace
/// comes into scope (the baseline), and again whenever that may come to something else. The same evaluator as
/// at admission (law 1).
final class Assessment {
    private final Caches caches;
    private final Evaluator evaluator;
    private final Intents intents;
    private final OperatorLedger ledger;
    private final InstantSource clock;
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    /// What the last look at an object found.
    ///
    /// @param content the digest of its significant content
    /// @param guarding the policies that it was decided by
    /// @param denying the names of those that would not let it in, did they enforce all of their checks
    private record Found(
            ObjectRef object, String content, Claim claim, List<PolicyRef> guarding, Set<String> denying) {}

    /// @param evaluator with a clock: somebody's expression must not hold up the look at everything else
    Assessment(Caches caches, Evaluator evaluator, Intents intents, OperatorLedger ledger, InstantSource clock) {
        this.caches = caches;
        this.evaluator = evaluator;
        this.intents = intents;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// How many objects a policy guards, as it is.
    int matched(PolicyRef policy) {
        return (int) found.values().stream()
                .filter(object -> object.guarding().contains(policy))
                .count();
    }

    /// The objects that a policy would deny, or could not decide about and would not let in for that, in the order of
    /// their names.
    List<String> wouldDeny(String policy) {
        return found.values().stream()
                .filter(object -> object.denying().contains(policy))
                .map(object -> object.object().toString())
                .sorted()
                .toList();
    }

    /// Every live workload that is decided about by itself, with its claim as of the last look.
    List<PathStatus.Claimed> claimed() {
        return found.values().stream()
                .map(object -> new PathStatus.Claimed(object.object(), object.claim()))
                .toList();
    }

    /// Whether that content of that object was assessed since the policies changed last.
    boolean knows(String uid, String content) {
        return Optional.ofNullable(found.get(uid))
                .filter(object -> object.content().equals(content))
                .isPresent();
    }

    void forget(String uid) {
        found.remove(uid);
    }

    /// The baseline: how the object is found when its namespace comes into scope. To be handed to [#write]:
    /// many of them are made durable at once.
    Optional<Entry> baseline(Whole object, Gate gate) {
        return decide(Trigger.BASELINE, object, gate, "").map(decision -> {
            remember(object, decision);
            return new Entry(decision, now());
        });
    }

    /// Makes baselines durable, all or none.
    void write(List<Entry> baselines) {
        ledger.decided(baselines);
    }

    /// Looks at the object again. An entry is made where policies or paths are others than when this content
    /// was decided about, and what is found is something else.
    void reassess(Whole object, Gate gate) {
        Optional<DecisionEntry> before = intents.newest(
                object.live().ref().uid(), object.observation().content().digest());
        String previous = before.map(DecisionEntry::id).orElse("");
        decide(Trigger.REASSESSMENT, object, gate, previous).ifPresent(decision -> {
            boolean news = before.map(entry -> !sameGround(entry, decision) && !sameFindings(entry, decision))
                    .orElse(!(decision instanceof Decision.Allowed));
            if (news) {
                ledger.decided(List.of(new Entry(decision, now())));
            }
            remember(object, decision);
        });
    }

    private Instant now() {
        return clock.instant();
    }

    /// @param previous the entry that it follows: what is found may become again what it was
    private Optional<Decision> decide(Trigger trigger, Whole object, Gate gate, String previous) {
        String namespace = object.live().ref().namespace();
        Instant now = now();
        Evidence evidence = new Evidence(
                caches.namespaces().cluster().orElse(""),
                now,
                caches.namespaces().labels(namespace),
                caches.policies(),
                caches.paths(),
                Approvals.NONE,
                Map.of(),
                Optional.empty());
        if (evidence.namespaceLabels().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> labels = evidence.namespaceLabels().get();
        List<PolicyRef> matching = evidence.policies().all().stream()
                .filter(policy -> policy.match().matches(labels))
                .map(policy -> policy.ref())
                .toList();
        String paths = evidence.paths().stream()
                .filter(path -> path.stageOf(namespace).isPresent())
                .map(path -> path.toString())
                .sorted()
                .collect(Collectors.joining("\n", previous + "\n", ""));
        Request request = new Request(
                Occurrence.of(trigger, object.live().ref().uid(), object.live().version(), matching, paths),
                trigger,
                gate,
                Operation.CREATE,
                object.live().ref(),
                "",
                new Requester("", Set.of()),
                Caller.UNVERIFIED,
                object.workload(),
                Optional.empty(),
                false);
        return switch (evaluator.evaluate(request, evidence)) {
            case Evaluation.Decided decided -> Optional.of(decided.decision());
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ -> Optional.empty();
        };
    }

    private void remember(Whole object, Decision decision) {
        Set<String> denying = decision.basis().reasons().stream()
                .filter(reason -> !reason.errored() || closed(reason.policy()))
                .map(Reason::policy)
                .collect(Collectors.toUnmodifiableSet());
        LiveObject live = object.live();
        found.put(
                live.ref().uid(),
                new Found(
                        live.ref(),
                        live.digest().orElse(object.observation().content().digest()),
                        decision.basis().claim(),
                        decision.basis().policies(),
                        denying));
    }

    /// Whether what a policy cannot decide about is not let in.
    private boolean closed(String name) {
        return caches.policies().all().stream()
                .anyMatch(policy -> policy.ref().name().equals(name)
                        && policy instanceof Policy.Loaded loaded
                        && loaded.onUndecided() == OnUndecided.DENY);
    }

    private static boolean sameGround(DecisionEntry entry, Decision decision) {
        List<String> now = decision.basis().policies().stream()
                .map(policy -> policy.uid() + "@" + policy.generation())
                .sorted()
                .toList();
        List<String> before = entry.policies().stream()
                .map(policy -> policy.uid() + "@" + policy.generation())
                .sorted()
                .toList();
        return now.equals(before)
                && entry.path().equals(decision.basis().claim().claimant().map(path -> path.name()))
                && entry.claim().equals(Optional.of(decision.basis().claim().word()));
    }

    private static boolean sameFindings(DecisionEntry entry, Decision decision) {
        return entry.outcome().equals(decision.outcome())
                && findings(entry.reasons().stream()
                                .map(reason -> List.of(
                                        reason.policy(),
                                        reason.check(),
                                        reason.code(),
                                        reason.path(),
                                        reason.effect())))
                        .equals(findings(decision.basis().reasons().stream()
                                .map(reason -> List.of(
                                        reason.policy(),
                                        reason.check(),
                                        reason.violation().code(),
                                        reason.violation().path(),
                                        reason.effect().word()))));
    }

    private static Set<List<String>> findings(Stream<List<String>> reasons) {
        return reasons.collect(Collectors.toSet());
    }
}
