package dev.interlock.operator;

import dev.interlock.decision.Claim;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Gate;
import dev.interlock.drift.Comparison;
import dev.interlock.drift.Dependents;
import dev.interlock.drift.Difference;
import dev.interlock.drift.DriftName;
import dev.interlock.drift.Intent;
import dev.interlock.drift.ManagedFields;
import dev.interlock.drift.Pointer;
import dev.interlock.drift.Transition;
import dev.interlock.drift.Verdict;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.LiveObjects;
import dev.interlock.kubernetes.LiveObjects.Whole;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.DriftEntry;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Scope;
import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Stage;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Holds one live object against what was approved, and writes down what becomes of its drift. Called by one
/// thread at a time; how it is called is [LiveQueue]'s.
final class LiveReconciler {
    private static final int SCHEMA = 1;
    private static final int AT_ONCE = 50;
    private static final Duration LONGEST_DOUBT = Duration.ofSeconds(30);

    /// On Pods that kubelet writes from a file on its node.
    private static final String MIRROR = "kubernetes.io/config.mirror";

    /// What the identities that the gate does not ask about call themselves.
    private static final Set<String> EXEMPT = Set.of("kube-controller-manager", "kube-scheduler", "kubelet");

    private final LiveObjects live;
    private final Caches caches;
    private final Intents intents;
    private final DriftBook book;
    private final Assessment assessment;
    private final OperatorState state;
    private final InstantSource clock;
    private final InstantSource steady;
    private final String origin;
    private final Map<ObjectKey, String> known = new HashMap<>();
    private final Map<ObjectKey, Instant> postponed = new HashMap<>();

    LiveReconciler(
            LiveObjects live,
            Caches caches,
            Intents intents,
            DriftBook book,
            Assessment assessment,
            OperatorState state,
            InstantSource clock,
            InstantSource steady,
            String origin) {
        this.live = live;
        this.caches = caches;
        this.intents = intents;
        this.book = book;
        this.assessment = assessment;
        this.state = state;
        this.clock = clock;
        this.steady = steady;
        this.origin = origin;
    }

    /// Brings what is known of one object up to date.
    void reconcile(ObjectKey key) {
        Optional<LiveObject> found = live.find(key);
        goneFrom(key, found.map(object -> object.ref().uid()));
        Optional<Gate> gate = caches.namespaces().gate(key.namespace());
        Optional<Whole> whole = found.filter(_ -> gate.isPresent() && inScope(key.namespace()))
                .filter(object -> !settled(object))
                .flatMap(object -> live.fetch(key)
                        .filter(now ->
                                now.live().ref().uid().equals(object.ref().uid())));
        if (whole.isPresent() && gate.isPresent()) {
            reconcile(whole.get(), gate.get(), Owners.fetched(live::fetch));
        } else {
            postponed.remove(key);
        }
    }

    /// Before its baseline nothing is known of a namespace, and everything in it would look bypassed.
    private boolean inScope(String namespace) {
        return caches.namespaces().uid(namespace).filter(book::inScope).isPresent();
    }

    /// Everything in a namespace, from a list that is taken now: its baseline where it comes into scope for
    /// the first time, and after that what drifted and what would be denied now.
    ///
    /// @param between called now and then, so that other work does not wait for the end of a large namespace
    void sweep(String namespace, Runnable between) {
        Optional<Gate> gate = caches.namespaces().gate(namespace);
        Optional<String> uid = caches.namespaces().uid(namespace);
        if (gate.isEmpty() || uid.isEmpty()) {
            return;
        }
        if (!book.inScope(uid.get())) {
            int baselines = baseline(namespace, gate.get(), between);
            book.scoped(new Scope(SCHEMA, namespace, uid.get(), clock.instant(), baselines));
        }
        Owners owners = Owners.listed();
        Map<ObjectKey, String> listed = new HashMap<>();
        Set<WorkloadKind> kinds = live.each(namespace, between, whole -> {
            owners.note(whole);
            listed.put(whole.live().key(), whole.live().ref().uid());
            reconcile(whole, gate.get(), owners);
        });
        Set<ObjectKey> drifting = drifting(namespace);
        Stream.concat(drifting.stream(), remembered(namespace).stream())
                .filter(key -> kinds.contains(key.kind()))
                .distinct()
                .filter(key -> drifting.contains(key) || !Objects.equals(listed.get(key), known.get(key)))
                .forEach(key -> goneFrom(key, Optional.ofNullable(listed.get(key))));
        known.putAll(listed);
    }

    private int baseline(String namespace, Gate gate, Runnable between) {
        Owners owners = Owners.listed();
        List<Entry> found = new ArrayList<>();
        int[] baselines = {0};
        live.each(namespace, between, whole -> {
            owners.note(whole);
            if (isRoot(whole, owners)
                    && !mirrorOfANode(whole)
                    && intents.of(whole.live().ref().uid()).isEmpty()) {
                assessment.baseline(whole, gate).ifPresent(found::add);
                baselines[0]++;
            }
            if (found.size() == AT_ONCE) {
                assessment.write(found);
                found.clear();
            }
        });
        assessment.write(found);
        return baselines[0];
    }

    private Set<ObjectKey> drifting(String namespace) {
        return book.open().stream()
                .flatMap(drift -> key(drift).stream())
                .filter(key -> key.namespace().equals(namespace))
                .collect(Collectors.toSet());
    }

    private List<ObjectKey> remembered(String namespace) {
        return known.keySet().stream()
                .filter(key -> key.namespace().equals(namespace))
                .toList();
    }

    /// The namespace is under no gate any more: nothing is said of its objects from here on.
    void left(String namespace) {
        remembered(namespace)
                .forEach(key -> Optional.ofNullable(known.remove(key)).ifPresent(assessment::forget));
    }

    static Optional<ObjectKey> key(DriftEntry drift) {
        return WorkloadKind.of(drift.subject().apiVersion(), drift.subject().kind())
                .map(kind -> new ObjectKey(
                        kind, drift.subject().namespace(), drift.subject().name()));
    }

    /// The drift of objects that were there and are no more ends. What a watch or a list does not have may
    /// have been made since, so it is asked for once more.
    private void goneFrom(ObjectKey key, Optional<String> uid) {
        Optional<String> before = Optional.ofNullable(uid.isPresent() ? known.put(key, uid.get()) : known.remove(key));
        before.filter(old -> !uid.equals(Optional.of(old))).ifPresent(assessment::forget);
        book.open().stream()
                .filter(drift -> key(drift).filter(key::equals).isPresent())
                .filter(drift -> !uid.equals(Optional.of(drift.subject().uid())))
                .filter(drift -> live.fetch(key)
                        .filter(now ->
                                now.live().ref().uid().equals(drift.subject().uid()))
                        .isEmpty())
                .forEach(drift -> {
                    book.resolved(drift, Transition.Resolution.GONE, clock.instant());
                    state.forget(drift.subject().uid());
                });
    }

    /// Whether nothing can come of a look at the whole object: its content is approved and was assessed, and
    /// no drift of it is open.
    private boolean settled(LiveObject object) {
        String uid = object.ref().uid();
        if (object.digest().isEmpty()
                || book.entry(uid).isPresent()
                || object.controller().isPresent()) {
            return false;
        }
        String digest = object.digest().get();
        return assessment.knows(uid, digest)
                && intents.of(uid).stream()
                        .anyMatch(
                                intent -> intent.approves() && intent.content().equals(digest))
                && lastLive(uid, digest);
    }

    private boolean lastLive(String uid, String digest) {
        if (!state.lastLive(uid).equals(Optional.of(digest))) {
            state.lastLive(uid, digest);
        }
        return true;
    }

    private void reconcile(Whole whole, Gate gate, Owners owners) {
        LiveObject object = whole.live();
        String uid = object.ref().uid();
        if (mirrorOfANode(whole) || awaitsCollection(whole, owners)) {
            postponed.remove(object.key());
            return;
        }
        boolean root = isRoot(whole, owners);
        if (root) {
            assessment.reassess(whole, gate);
        }
        Verdict verdict = root
                ? Comparison.verdict(whole.observation(), intents, ignored(whole), state.lastLive(uid))
                : dependent(whole, owners);
        if (verdict instanceof Verdict.InSync inSync && root) {
            lastLive(uid, inSync.approved());
        }
        if (!(verdict instanceof Verdict.Drifted || verdict instanceof Verdict.Bypassed)) {
            postponed.remove(object.key());
        }
        List<Transition> steps = Transition.after(
                book.open(uid), verdict, whole.observation().content().digest());
        steps.stream()
                .flatMap(step -> step instanceof Transition.Resolve resolve ? Stream.of(resolve) : Stream.empty())
                .filter(resolve -> resolve.how() != Transition.Resolution.SUPERSEDED)
                .forEach(resolve ->
                        book.entry(uid).ifPresent(drift -> book.resolved(drift, resolve.how(), clock.instant())));
        steps.stream()
                .flatMap(step -> step instanceof Transition.Begin begin ? Stream.of(begin) : Stream.empty())
                .forEach(begin -> {
                    if (cameInHow(whole, verdict)) {
                        postponed.remove(object.key());
                        begin(whole, verdict, begin);
                    } else {
                        postponed.putIfAbsent(object.key(), steady.instant());
                    }
                });
    }

    /// Whether it is known how the content came in: through the gate, in a gap, or past a gate that was whole
    /// at that time. A webhook proves that it answers every few seconds, so what nobody decided about waits
    /// for the next proof.
    private boolean cameInHow(Whole whole, Verdict verdict) {
        List<Difference> differences = differences(verdict);
        Optional<Instant> changed =
                admitted(verdict).isPresent() ? Optional.empty() : changedAt(whole, manager(whole, differences));
        return changed.isEmpty()
                || book.gapAt(changed.get()).isPresent()
                || state.gateSeen()
                        .filter(changed.get().plusSeconds(1)::isBefore)
                        .isPresent()
                || Optional.ofNullable(postponed.get(whole.live().key()))
                        .filter(since -> !steady.instant().isBefore(since.plus(LONGEST_DOUBT)))
                        .isPresent();
    }

    /// The objects that are to be looked at again soon.
    Set<ObjectKey> postponed() {
        return Set.copyOf(postponed.keySet());
    }

    private static List<Difference> differences(Verdict verdict) {
        return verdict instanceof Verdict.Drifted drifted
                ? drifted.differences().items()
                : List.of();
    }

    private static Optional<Intent> admitted(Verdict verdict) {
        return verdict instanceof Verdict.Drifted drifted ? drifted.admitted() : Optional.empty();
    }

    private void begin(Whole whole, Verdict verdict, Transition.Begin begin) {
        String uid = whole.live().ref().uid();
        DriftEntry next = entry(whole, verdict, begin.continues());
        Optional<DriftEntry> before =
                book.entry(uid).filter(_ -> begin.continues().isPresent());
        if (before.isPresent()) {
            book.superseded(before.get(), next, clock.instant());
        } else {
            book.began(next);
        }
    }

    /// Where kubelet itself wrote the Pod, from a file on its node. The gate does not ask about what nodes
    /// write, so what a decision was made about is no mirror, whatever it says of itself.
    private boolean mirrorOfANode(Whole whole) {
        LiveObject object = whole.live();
        return object.kind() == WorkloadKind.POD
                && object.controller()
                        .filter(owner -> owner.kind().equals("Node"))
                        .isPresent()
                && annotated(whole.observation().content().value(), MIRROR)
                && intents.of(object.ref().uid()).isEmpty();
    }

    private static boolean annotated(Node.Obj content, String name) {
        return content.object("metadata")
                .flatMap(metadata -> metadata.object("annotations"))
                .flatMap(annotations -> annotations.get(name))
                .isPresent();
    }

    /// Whether controllers made the object for an owner that is no more: the garbage collector is on its way.
    private boolean awaitsCollection(Whole whole, Owners owners) {
        LiveObject object = whole.live();
        return object.byControllers()
                && owners.gone(object)
                && !intents.root(object.ref().uid());
    }

    /// A root is decided about by itself. What controllers made for an owner that exists is none; an owner
    /// reference that somebody else wrote proves nothing.
    private boolean isRoot(Whole whole, Owners owners) {
        LiveObject object = whole.live();
        boolean dependent = object.byControllers()
                && owners.of(object).isPresent()
                && !intents.root(object.ref().uid());
        return !dependent;
    }

    private Verdict dependent(Whole whole, Owners owners) {
        List<Owners.Owner> chain = owners.chain(whole.live());
        Optional<Node.Obj> template = chain.getFirst().template();
        if (template.isEmpty() || whole.live().inert()) {
            return inert(whole);
        }
        List<Intent> own = intents.of(whole.live().ref().uid());
        boolean touched = !own.isEmpty();
        if (Dependents.differences(whole.observation(), new NonEmpty<>(List.of(template.get())), touched)
                .isEmpty()) {
            return new Verdict.InSync(whole.observation().content().digest());
        }
        List<Node.Obj> templates = new ArrayList<>();
        chain.reversed().forEach(each -> templates.addAll(known(each)));
        templates.add(template.get());
        List<Difference> differences = Dependents.differences(whole.observation(), new NonEmpty<>(templates), touched);
        if (differences.isEmpty()) {
            return new Verdict.InSync(whole.observation().content().digest());
        }
        Optional<Intent> approved = chain.stream()
                .flatMap(each -> intents.of(each.live().ref().uid()).stream())
                .filter(Intent::approves)
                .reduce((_, later) -> later);
        Optional<Intent> admitted = own.stream()
                .filter(intent ->
                        intent.content().equals(whole.observation().content().digest()))
                .reduce((_, later) -> later);
        return approved.<Verdict>map(intent -> new Verdict.Drifted(admitted, intent, new NonEmpty<>(differences)))
                .orElseGet(() -> inert(whole));
    }

    /// Nothing was approved that it could differ from: what is to be said is said of its owner.
    private static Verdict inert(Whole whole) {
        return new Verdict.InSync(whole.observation().content().digest());
    }

    /// The templates that an owner was let in with.
    private List<Node.Obj> known(Owners.Owner owner) {
        return intents.of(owner.live().ref().uid()).stream()
                .map(Intent::content)
                .distinct()
                .flatMap(digest -> intents.content(digest).stream())
                .flatMap(content -> Content.templateOf(content, owner.live().kind()).stream())
                .toList();
    }

    private List<Pointer> ignored(Whole whole) {
        Map<String, String> labels =
                caches.namespaces().labels(whole.live().ref().namespace()).orElse(Map.of());
        return caches.views().stream()
                .filter(view -> view.policy().match().matches(labels, whole.workload()))
                .map(PolicyView::ignored)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    private DriftEntry entry(Whole whole, Verdict verdict, Optional<String> continues) {
        LiveObject object = whole.live();
        String uid = object.ref().uid();
        String namespace = object.ref().namespace();
        Map<String, String> labels = caches.namespaces().labels(namespace).orElse(Map.of());
        Claim claim = Claim.of(caches.paths(), namespace, labels, claimedBy(whole, verdict));
        List<Difference> differences = differences(verdict);
        Optional<Intent> admitted = admitted(verdict);
        Optional<Intent> approved =
                verdict instanceof Verdict.Drifted drifted ? Optional.of(drifted.approved()) : Optional.empty();
        String manager = manager(whole, differences);
        Optional<DriftBook.Interval> gap =
                admitted.isEmpty() ? changedAt(whole, manager).flatMap(book::gapAt) : Optional.empty();
        int earlier = book.earlier(uid);
        return new DriftEntry(
                SCHEMA,
                DriftName.of(uid, earlier),
                earlier,
                verdict instanceof Verdict.Bypassed ? "Bypassed" : "Drifted",
                cause(admitted, gap, manager),
                new DecisionEntry.Subject(
                        object.ref().apiVersion(),
                        object.ref().kind(),
                        namespace,
                        object.ref().name(),
                        uid),
                caches.namespaces().cluster().orElse(""),
                origin,
                Optional.ofNullable(labels.get(Stage.LABEL)),
                claim.service(namespace),
                claim.claimant().map(path -> path.name()),
                claim.owner().map(DecisionEntry.Owner::of),
                differences.stream()
                        .limit(DriftEntry.MOST_DIFFERENCES)
                        .map(each -> new DriftEntry.Difference(
                                each.path(), each.approved(), each.observed(), each.manager()))
                        .toList(),
                Math.max(0, differences.size() - DriftEntry.MOST_DIFFERENCES),
                manager,
                admitted.flatMap(Intent::requester),
                clock.instant(),
                continues,
                approved.map(Intent::content),
                approved.map(Intent::entry),
                whole.observation().content().digest(),
                admitted.map(Intent::entry),
                signature(verdict),
                gap.map(DriftBook.Interval::id));
    }

    /// The labels by which a path claims what drifted: of the approved content, an owner's where it is a
    /// dependent, because a tenant may have written the live ones to make it another service's drift.
    private Map<String, String> claimedBy(Whole whole, Verdict verdict) {
        Optional<Node.Obj> approved = verdict instanceof Verdict.Drifted drifted
                ? intents.content(drifted.approved().content())
                : Optional.empty();
        return approved.map(Content::labels).orElseGet(whole.workload()::labels);
    }

    private static String signature(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Drifted drifted -> drifted.signature();
            case Verdict.Bypassed bypassed -> bypassed.signature();
            case Verdict.InSync _, Verdict.Unapproved _, Verdict.Unknown _ -> "";
        };
    }

    /// A field manager is what a client calls itself: that an identity is exempt is a likely cause, not a proven one.
    private String cause(Optional<Intent> admitted, Optional<DriftBook.Interval> gap, String manager) {
        if (admitted.isEmpty()) {
            return gap.isEmpty() && EXEMPT.contains(manager) ? "ExemptIdentity" : "Gap";
        }
        return admitted.map(intent -> intents.admission(intent.entry())
                        .filter(entry -> entry.outcome().equals("Undecided"))
                        .map(_ -> "Undecided")
                        .orElse("Edit"))
                .orElse("Gap");
    }

    /// When the object itself was written last: by that manager, or where it owns nothing any more by anyone.
    /// Not its status, which goes on changing.
    private static Optional<Instant> changedAt(Whole whole, String manager) {
        List<ManagedFields> writes = whole.observation().managers().entries().stream()
                .filter(entry -> entry.subresource().isEmpty())
                .toList();
        return writes.stream()
                .filter(entry -> entry.manager().equals(manager))
                .findFirst()
                .or(() -> writes.stream().findFirst())
                .flatMap(ManagedFields::at);
    }

    /// Who wrote what differs; where nobody owns it, as with what is gone, who wrote last.
    private static String manager(Whole whole, List<Difference> differences) {
        return differences.stream()
                .map(Difference::manager)
                .filter(manager -> !manager.isEmpty())
                .findFirst()
                .or(() -> whole.observation().managers().entries().stream()
                        .filter(entry -> entry.subresource().isEmpty())
                        .map(entry -> entry.manager())
                        .findFirst())
                .orElse("");
    }
}
