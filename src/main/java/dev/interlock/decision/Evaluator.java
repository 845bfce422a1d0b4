package dev.interlock.decision;

import dev.interlock.workload.Content;
import dev.interlock.workload.Mask;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where a denial is decided. One pure function for every caller (law 1): same request, same evidence, same decision.
public final class Evaluator {
    private final Mask mask;

    /// @param mask hides the values that must not be kept, in the content that a decision carries
    public Evaluator(Mask mask) {
        this.mask = mask;
    }

    public Evaluation evaluate(Request request, Evidence evidence) {
        if (request.old()
                .filter(old -> Content.equal(old, request.workload(), mask))
                .isPresent()) {
            return new Evaluation.Unchanged();
        }
        return new Evaluation.Decided(decide(basis(request, evidence)));
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

    private Decision.Basis basis(Request request, Evidence evidence) {
        Content content = Content.of(request.workload(), mask);
        if (evidence.namespaceLabels().isEmpty()) {
            String message = "namespace `%s` is not known to Interlock yet; try again"
                    .formatted(request.subject().namespace());
            return new Decision.Basis(
                    request,
                    evidence.cluster(),
                    content,
                    Optional.empty(),
                    List.of(),
                    whereMatchingIsImpossible(request.gate()),
                    0,
                    List.of(Reason.undecided("NamespaceUnknown", message)));
        }
        Map<String, String> labels = evidence.namespaceLabels().get();
        List<Policy> matching = evidence.policies().stream()
                .filter(policy -> policy.match().matches(labels))
                .sorted(Comparator.comparing(Policy::ref))
                .toList();
        List<Reason> reasons = new ArrayList<>();
        int checks = 0;
        for (Policy policy : matching) {
            switch (policy) {
                case Policy.Loaded loaded -> {
                    checks += loaded.checks().size();
                    loaded.checks().forEach(check -> reasons.addAll(ask(loaded, check, request, evidence)));
                }
                case Policy.Unreadable unreadable ->
                    reasons.add(new Reason(
                            unreadable.ref().name(),
                            "",
                            Mode.ENFORCE,
                            Effect.LEAVES_UNDECIDED,
                            false,
                            new Violation("PolicyUnreadable", "", "policy cannot be read: " + unreadable.cause()),
                            Optional.empty(),
                            Optional.empty()));
            }
        }
        return new Decision.Basis(
                request,
                evidence.cluster(),
                content,
                Optional.ofNullable(labels.get(Stage.LABEL)).map(Stage::new),
                matching.stream().map(Policy::ref).toList(),
                onUndecided(matching, request.gate()),
                checks,
                reasons.stream().sorted(Reason.ORDER).toList());
    }

    private static List<Reason> ask(Policy.Loaded policy, ConfiguredCheck check, Request request, Evidence evidence) {
        return switch (result(check.check(), request.workload(), evidence)) {
            case CheckResult.Passed _ -> List.of();
            case CheckResult.Errored(String cause) ->
                List.of(reason(
                        policy, check, new Violation("CheckErrored", "", cause), whenErrored(check.mode()), false));
            case CheckResult.Failed(NonEmpty<Violation> violations) -> {
                Set<Violation> present = alreadyPresent(check, request, evidence);
                yield violations.items().stream()
                        .map(violation -> {
                            boolean relieved = check.mode() == Mode.ENFORCE && present.contains(violation);
                            Effect effect = relieved ? Effect.WARNS : whenViolated(check.mode());
                            return reason(policy, check, violation, effect, relieved);
                        })
                        .toList();
            }
        };
    }

    /// The violations that the stored object has too, where the pod template stays as it is (law 9).
    private static Set<Violation> alreadyPresent(ConfiguredCheck check, Request request, Evidence evidence) {
        return request.old()
                .filter(old -> old.template().equals(request.workload().template()))
                .map(old -> switch (result(check.check(), old, evidence)) {
                    case CheckResult.Failed(NonEmpty<Violation> violations) -> new HashSet<>(violations.items());
                    case CheckResult.Passed _, CheckResult.Errored _ -> Set.<Violation>of();
                })
                .orElse(Set.of());
    }

    /// The one place where a bug in a check becomes an error of that check.
    private static CheckResult result(Check check, Workload workload, Evidence evidence) {
        try {
            return check.evaluate(workload, evidence);
        } catch (RuntimeException bug) {
            return new CheckResult.Errored("the check failed: " + bug.getClass().getSimpleName());
        }
    }

    private static Reason reason(
            Policy.Loaded policy, ConfiguredCheck check, Violation violation, Effect effect, boolean alreadyPresent) {
        Owner owner = check.owner().orElse(policy.owner());
        return new Reason(
                policy.ref().name(),
                check.id().value(),
                check.mode(),
                effect,
                alreadyPresent,
                violation,
                Optional.of(owner),
                check.remedy());
    }

    private static Effect whenViolated(Mode mode) {
        return switch (mode) {
            case ENFORCE -> Effect.DENIES;
            case WARN -> Effect.WARNS;
            case AUDIT -> Effect.RECORDED;
        };
    }

    private static Effect whenErrored(Mode mode) {
        return switch (mode) {
            case ENFORCE -> Effect.LEAVES_UNDECIDED;
            case WARN -> Effect.WARNS;
            case AUDIT -> Effect.RECORDED;
        };
    }

    /// Deny if any matching policy with an Enforce check says so; where one cannot be read, what the gate says counts
    /// for it.
    private static OnUndecided onUndecided(List<Policy> matching, Gate gate) {
        boolean denies = matching.stream().anyMatch(policy -> switch (policy) {
            case Policy.Loaded loaded -> loaded.enforces() && loaded.onUndecided() == OnUndecided.DENY;
            case Policy.Unreadable _ -> whereMatchingIsImpossible(gate) == OnUndecided.DENY;
        });
        return denies ? OnUndecided.DENY : OnUndecided.ALLOW;
    }

    /// Where no policy can say.
    private static OnUndecided whereMatchingIsImpossible(Gate gate) {
        return switch (gate) {
            case REQUIRED -> OnUndecided.DENY;
            case OPTIONAL -> OnUndecided.ALLOW;
        };
    }
}
