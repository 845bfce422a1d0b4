package dev.interlock.decision;

import dev.interlock.workload.Content;
import dev.interlock.workload.Mask;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Where a denial is decided. One pure function for every caller (law 1): same request, same evidence, same
/// decision. How one check is asked is in [Inquiry].
public final class Evaluator {
    private final Mask mask;
    private final Supplier<LongSupplier> clocks;

    /// @param mask hides the values that must not be kept, in the content that a decision carries
    public Evaluator(Mask mask) {
        this(mask, () -> () -> 0);
    }

    /// @param clocks makes a clock for each evaluation, in nanoseconds, by which expressions are stopped that take too
    /// long
    public Evaluator(Mask mask, Supplier<LongSupplier> clocks) {
        this.mask = mask;
        this.clocks = clocks;
    }

    public Evaluation evaluate(Request request, Evidence evidence) {
        Content content = Content.of(request.workload(), mask);
        Optional<Content> old = request.old().map(stored -> Content.of(stored, mask));
        boolean equal =
                old.filter(stored -> stored.digest().equals(content.digest())).isPresent();
        if (equal && !ratifies(request, evidence, content)) {
            return new Evaluation.Unchanged();
        }
        Decision decision = decide(basis(request.withoutSecrets(mask), evidence, content, old, equal));
        return guarded(decision.basis()) ? new Evaluation.Decided(decision) : new Evaluation.NotGoverned();
    }

    /// Whether a policy guards it, its labels and conditions looked at too; what runs something is decided
    /// all the same.
    private static boolean guarded(Decision.Basis basis) {
        return basis.request().workload().kind() instanceof WorkloadKind
                || !basis.policies().isEmpty()
                || !basis.reasons().isEmpty();
    }

    /// Whether it can be something to decide about, which costs nothing to say: what runs something always
    /// is, anything else where a policy names its resource, or where that is not known.
    public static boolean governs(Request request, Evidence evidence) {
        return switch (request.workload().kind()) {
            case WorkloadKind _ -> true;
            case OtherKind _ ->
                unusable(request, evidence).isPresent()
                        || !guarding(request, evidence, request.operation()).isEmpty();
        };
    }

    /// The policies that guard something of that resource there. A Namespace is chosen by its own labels, as by
    /// Kubernetes' `namespaceSelector` of webhooks, and by those that it had: taking one off lets no change by.
    ///
    /// @param evidence that can be used
    private static List<Policy> guarding(Request request, Evidence evidence, Operation operation) {
        if (!request.workload().kind().namespace()) {
            return evidence.policies()
                    .guarding(
                            evidence.namespaceLabels().orElseThrow(),
                            request.workload().kind().groupVersionResource(),
                            operation);
        }
        return evidence.policies()
                .guardingNamespace(
                        Stream.concat(Stream.of(request.workload()), request.old().stream())
                                .map(Workload::labels)
                                .toList(),
                        operation);
    }

    /// The labels of its namespace; of a Namespace its own; none of what is in no namespace. Empty where the namespace
    /// is not known.
    private static Optional<Map<String, String>> labels(Request request, Evidence evidence) {
        return evidence.namespaceLabels().map(request.workload()::namespaceLabels);
    }

    /// Whether this write, which changes nothing, makes a promoter answer for content that nobody has
    /// approved (law 9).
    private static boolean ratifies(Request request, Evidence evidence, Content content) {
        return labels(request, evidence)
                .map(labels ->
                        claim(request, request.workload(), evidence, labels).names(request.requester())
                                && !evidence.approvals().contents().contains(content.digest()))
                .orElse(false);
    }

    /// The outcome, by precedence: a denial wins over an error, an error over a warning (law 2).
    static Decision decide(Decision.Basis basis) {
        List<Reason> denials = basis.having(Effect.DENIES);
        if (!denials.isEmpty()) {
            return new Decision.Denied(DecisionId.of(basis, "Denied"), basis, new NonEmpty<>(denials));
        }
        List<Reason> causes = basis.having(Effect.LEAVES_UNDECIDED);
        if (!causes.isEmpty()) {
            return new Decision.Undecided(DecisionId.of(basis, "Undecided"), basis, new NonEmpty<>(causes));
        }
        List<Reason> warnings = basis.having(Effect.WARNS);
        return warnings.isEmpty()
                ? new Decision.Allowed(DecisionId.of(basis, "Allowed"), basis)
                : new Decision.Warned(DecisionId.of(basis, "Warned"), basis, new NonEmpty<>(warnings));
    }

    private Decision.Basis basis(
            Request request, Evidence evidence, Content content, Optional<Content> old, boolean live) {
        String template = content.template(request.workload().kind());
        Optional<Reason> unusable = unusable(request, evidence);
        if (unusable.isPresent()) {
            return new Decision.Basis(
                    request,
                    evidence.cluster(),
                    content,
                    template,
                    Optional.empty(),
                    new Claim.Unlisted(),
                    List.of(),
                    List.of(),
                    whereMatchingIsImpossible(request.gate()),
                    0,
                    List.of(unusable.get()),
                    false);
        }
        Map<String, String> labels = labels(request, evidence).orElse(Map.of());
        Claim claim = claim(request, request.workload(), evidence, labels);
        Budget budget = new Budget(clocks.get());
        Optional<Situation> before = request.old()
                .map(stored -> situation(
                        request,
                        stored,
                        claim(request, stored, evidence, labels),
                        evidence,
                        labels,
                        budget,
                        Stream.empty()));
        // What is live already is asked about as for a CREATE (law 9).
        Request asked = live ? request.asCreate() : request;
        Inquiry inquiry = new Inquiry(
                request,
                situation(
                        asked,
                        request.workload(),
                        claim,
                        evidence,
                        labels,
                        budget,
                        before.stream().flatMap(one -> one.drift().stream())),
                before,
                wayBack(request, template, evidence.approvals()),
                live);
        List<PolicyRef> matching = new ArrayList<>();
        List<Reason> reasons = new ArrayList<>();
        List<Decision.InForce> tightened = new ArrayList<>();
        int checks = 0;
        boolean denies = false;
        for (Inquiry.Answer answer : inquiry.ask(guarding(request, evidence, asked.operation()))) {
            matching.add(answer.policy().ref());
            switch (answer.policy()) {
                case Policy.Loaded loaded -> {
                    checks += loaded.checks().size();
                    loaded.checks()
                            .forEach(check -> inquiry.tightenings(loaded, check)
                                    .forEach(one -> tightened.add(
                                            new Decision.InForce(loaded.ref().name(), one))));
                    reasons.addAll(
                            answer.met() instanceof Match.Met.Unknown unknown
                                    ? List.of(inquiry.unmatched(loaded, unknown))
                                    : answer.reasons());
                    denies |= loaded.onUndecided() == OnUndecided.DENY
                            && loaded.checks().stream().anyMatch(check -> inquiry.enforces(loaded, check));
                }
                case Policy.Unreadable unreadable -> {
                    reasons.add(unreadable(unreadable));
                    denies |= whereMatchingIsImpossible(request.gate()) == OnUndecided.DENY;
                }
            }
        }
        return new Decision.Basis(
                request,
                evidence.cluster(),
                content,
                template,
                Optional.ofNullable(labels.get(Stage.LABEL)).map(Stage::new),
                claim,
                matching,
                tightened,
                denies && !nowhere(request) ? OnUndecided.DENY : OnUndecided.ALLOW,
                checks,
                reasons.stream().sorted(Reason.ORDER).toList(),
                mayApprove(request, evidence, labels, reasons, old, live));
    }

    /// Why nothing can be decided by this evidence; empty where it can.
    private static Optional<Reason> unusable(Request request, Evidence evidence) {
        if (evidence.staleSince().isPresent()) {
            return Optional.of(Reason.undecided(
                    "EvidenceStale",
                    "policies may have changed since %s, and Interlock cannot ask; see whether it reaches the API server"
                            .formatted(evidence.staleSince().get())));
        }
        return evidence.namespaceLabels().isPresent()
                ? Optional.empty()
                : Optional.of(Reason.undecided(
                        "NamespaceUnknown",
                        "namespace `%s` is not known to Interlock yet; try again"
                                .formatted(request.subject().namespace())));
    }

    /// Whether the pod template was approved for this object before (law 10): as it is, or without the
    /// defaults that an upgrade of Kubernetes has added to it since.
    private boolean wayBack(Request request, String template, Approvals approvals) {
        return request.old()
                .filter(_ -> !template.isEmpty() && !approvals.wayBack().isEmpty())
                .filter(old -> approvals.wayBack().contains(template)
                        || approvals
                                .wayBack()
                                .contains(Content.template(request.workload().withoutDefaultsOf(old), mask)))
                .isPresent();
    }

    /// Only a promoter's own, real request approves: promoter of what was there too, because labels are the
    /// tenant's to write. What was let in only because it was there already carries an approval on and never
    /// makes one (law 9).
    private static boolean mayApprove(
            Request request,
            Evidence evidence,
            Map<String, String> labels,
            List<Reason> reasons,
            Optional<Content> old,
            boolean live) {
        boolean promoter = Stream.concat(Stream.of(request.workload()), request.old().stream())
                .allMatch(workload -> claim(request, workload, evidence, labels).promotes(request.requester()));
        boolean relieved = reasons.stream().anyMatch(reason -> reason.relief() == Relief.ALREADY_PRESENT);
        boolean carried = !live
                && old.filter(stored -> evidence.approvals().contents().contains(stored.digest()))
                        .isPresent();
        return request.trigger() == Trigger.ADMISSION
                && request.caller() != Caller.STRANGER
                && !request.dryRun()
                && promoter
                && (!relieved || carried);
    }

    /// @param workload that is judged: the request's, or what is stored
    /// @param more     drift that counts beside that of the service
    private static Situation situation(
            Request request,
            Workload workload,
            Claim claim,
            Evidence evidence,
            Map<String, String> labels,
            Budget budget,
            Stream<DriftFact> more) {
        String service = claim.service(request.subject().namespace());
        Stream<DriftFact> own = evidence.drift().getOrDefault(service, List.of()).stream();
        return new Situation(
                request.subject(),
                claim,
                evidence.at(),
                Stream.concat(own, more).distinct().toList(),
                new Bindings(request, workload, claim, labels, budget));
    }

    private static Claim claim(
            Request request, Workload workload, Evidence evidence, Map<String, String> namespaceLabels) {
        return Claim.of(evidence.paths(), request.subject().namespace(), namespaceLabels, workload.labels());
    }

    private static Reason unreadable(Policy.Unreadable policy) {
        return new Reason(
                policy.ref().name(),
                "",
                Mode.ENFORCE,
                Effect.LEAVES_UNDECIDED,
                Relief.NONE,
                Optional.empty(),
                new Violation("PolicyUnreadable", "", "policy cannot be read: " + policy.cause()),
                Optional.empty(),
                Optional.empty());
    }

    /// What is in no namespace is never held by what could not be decided: a cluster is mended with it (law
    /// 12).
    private static boolean nowhere(Request request) {
        return request.subject().namespace().isEmpty();
    }

    /// Where no policy can say.
    private static OnUndecided whereMatchingIsImpossible(Gate gate) {
        return switch (gate) {
            case REQUIRED -> OnUndecided.DENY;
            case OPTIONAL -> OnUndecided.ALLOW;
        };
    }
}
