package dev.interlock.decision.check;

import dev.interlock.decision.Check;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Claim;
import dev.interlock.decision.Situation;
import dev.interlock.decision.Violation;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.util.List;

/// Exactly one delivery path claims the workload, in the stage that its namespace is labelled with: somebody owns it.
public record OwnerKnown() implements Check {
    @Override
    public CheckResult evaluate(Workload workload, Situation situation) {
        String namespace = situation.subject().namespace();
        return switch (situation.claim()) {
            case Claim.Owned _ -> new CheckResult.Passed();
            case Claim.Unlisted _ ->
                violated(
                        "OwnerUnknown",
                        "no DeliveryPath lists namespace `%s`; add it to a stage of the service's path"
                                .formatted(namespace));
            case Claim.Orphaned _ ->
                violated(
                        "OwnerUnknown",
                        "no DeliveryPath of namespace `%s` selects this workload's labels; label it as one of them does"
                                .formatted(namespace));
            case Claim.Contested contested ->
                violated(
                        "OwnerDisputed",
                        "several DeliveryPaths select this workload (%s); change their selectors so that one does"
                                .formatted(contested.contenders()));
            case Claim.Misplaced misplaced ->
                violated(
                        "StageDisagrees",
                        "DeliveryPath `%s` lists namespace `%s` in stage `%s`, but its label interlock.dev/stage %s"
                                .formatted(
                                        misplaced.path().name(),
                                        namespace,
                                        misplaced.stage().stage().name(),
                                        misplaced
                                                .labelled()
                                                .map(stage -> "says `%s`".formatted(stage.name()))
                                                .orElse("is missing")));
        };
    }

    private static CheckResult violated(String code, String message) {
        return new CheckResult.Failed(new NonEmpty<>(List.of(new Violation(code, "metadata.labels", message))));
    }
}
