package dev.interlock.kubernetes;

import static dev.interlock.kubernetes.SpecReader.required;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.api.v1alpha1.FeedbackSpec;
import dev.interlock.api.v1alpha1.FeedbackTriggerSpec;
import dev.interlock.api.v1alpha1.ScopeName;
import dev.interlock.api.v1alpha1.TightenSpec;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Mode;
import dev.interlock.decision.Policy;
import dev.interlock.drift.Pointer;
import dev.interlock.feedback.Rule;
import dev.interlock.feedback.Scope;
import dev.interlock.feedback.Tighten;
import dev.interlock.feedback.Trigger;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what a stored PromotionPolicy says about drift and feedback. The CRD refuses what makes no sense; an object
/// that was stored under another CRD may say it all the same, and loses that part and no other.
final class RuleMapping {
    private RuleMapping() {}

    static PolicyView view(GenericKubernetesResource stored) {
        Policy policy = PolicyMapping.policy(stored);
        JsonNode spec =
                SpecReader.JSON.valueToTree(stored.getAdditionalProperties().get("spec"));
        List<String> problems = new ArrayList<>();
        List<Pointer> ignored = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        JsonNode pointers = spec.path("drift").path("ignore");
        for (int i = 0; i < pointers.size(); i++) {
            try {
                ignored.add(pointer(pointers.get(i).asText()));
            } catch (RuntimeException e) {
                problems.add("spec.drift.ignore[%d]: %s".formatted(i, SpecReader.firstLine(e)));
            }
        }
        JsonNode feedback = spec.path("feedback");
        for (int i = 0; i < feedback.size(); i++) {
            try {
                rules.add(rule(
                        required(SpecReader.JSON.treeToValue(feedback.get(i), FeedbackSpec.class), "feedback"),
                        policy));
            } catch (Exception e) {
                problems.add("spec.feedback[%d]: %s".formatted(i, SpecReader.firstLine(e)));
            }
        }
        return new PolicyView(
                policy,
                ignored,
                rules,
                problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems)));
    }

    private static Pointer pointer(String text) {
        Pointer pointer = Pointer.of(text);
        if (pointer.hidesImages()) {
            throw new IllegalArgumentException(
                    "`%s` would hide the images that run; name a path beside them".formatted(text));
        }
        return pointer;
    }

    private static Rule rule(FeedbackSpec spec, Policy policy) {
        return new Rule(
                trigger(required(spec.when(), "when"), policy),
                tighten(required(spec.tighten(), "tighten"), policy),
                spec.scope() == ScopeName.POLICY ? Scope.POLICY : Scope.SERVICE,
                SpecReader.duration(spec.hold(), "hold"));
    }

    private static Trigger trigger(FeedbackTriggerSpec spec, Policy policy) {
        if (spec.drift() != null) {
            return new Trigger.Drift(
                    spec.drift().count(), SpecReader.duration(spec.drift().within(), "when.drift.within"));
        }
        if (spec.violations() != null) {
            CheckId check = known(required(spec.violations().check(), "when.violations.check"), policy)
                    .id();
            return new Trigger.Violations(
                    check,
                    spec.violations().count(),
                    SpecReader.duration(spec.violations().within(), "when.violations.within"));
        }
        throw new IllegalArgumentException("`when` needs drift or violations");
    }

    private static Tighten tighten(TightenSpec spec, Policy policy) {
        ConfiguredCheck check = known(required(spec.check(), "tighten.check"), policy);
        if (check.mode() == Mode.AUDIT) {
            throw new IllegalArgumentException(
                    "check `%s` is in mode Audit, which feedback never leaves".formatted(check.id()));
        }
        return spec.mode() != null
                ? new Tighten.RaiseToEnforce(check.id())
                : new Tighten.SetThresholds(check.id(), TighteningMapping.thresholds(spec.set()));
    }

    private static ConfiguredCheck known(String id, Policy policy) {
        if (policy instanceof Policy.Loaded loaded) {
            return loaded.checks().stream()
                    .filter(check -> check.id().value().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the policy has no check `%s`".formatted(id)));
        }
        throw new IllegalArgumentException("the policy cannot be read");
    }
}
