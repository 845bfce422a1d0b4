package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a policy guards and asks.
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.KNOWS_ITS_CHECK + FeedbackRules.END,
        message = "feedback.tighten.check names a check that this policy does not have; name one of its checks by id",
        messageExpression = "'feedback.tighten.check names a check that this policy does not have" + FeedbackRules.NAMES
                + FeedbackRules.KNOWS_ITS_CHECK + FeedbackRules.TIGHTENED + "name one of its checks by id'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.KNOWS_WHAT_IS_VIOLATED + FeedbackRules.END,
        message =
                "feedback.when.violations.check names a check that this policy does not have; name one of its checks by id",
        messageExpression = "'feedback.when.violations.check names a check that this policy does not have"
                + FeedbackRules.NAMES + FeedbackRules.KNOWS_WHAT_IS_VIOLATED + FeedbackRules.WATCHED
                + "name one of its checks by id'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.RAISES_NOT_FROM_AUDIT + FeedbackRules.END,
        message = "feedback.tighten.mode: feedback never raises a check from Audit; declare Warn for the check first",
        messageExpression = "'feedback.tighten.mode: feedback never raises a check from Audit" + FeedbackRules.NAMES
                + FeedbackRules.RAISES_NOT_FROM_AUDIT + FeedbackRules.TIGHTENED + "declare Warn for the check first'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.RAISES_NOT_FROM_ENFORCE + FeedbackRules.END,
        message =
                "feedback.tighten.mode: the check is in Enforce already, so nothing would be tightened; declare Warn for the check, or drop the rule",
        messageExpression = "'feedback.tighten.mode: the check is in Enforce already, so nothing would be tightened"
                + FeedbackRules.NAMES + FeedbackRules.RAISES_NOT_FROM_ENFORCE + FeedbackRules.TIGHTENED
                + "declare Warn for the check, or drop the rule'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.SETS_OF_STABILITY + FeedbackRules.END,
        message =
                "feedback.tighten.set: the check is not of kind stability and has no thresholds; name a check of kind stability, or set tighten.mode",
        messageExpression = "'feedback.tighten.set: the check is not of kind stability and has no thresholds"
                + FeedbackRules.NAMES + FeedbackRules.SETS_OF_STABILITY + FeedbackRules.TIGHTENED
                + "name a check of kind stability, or set tighten.mode'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.SETS_NOT_IN_AUDIT + FeedbackRules.END,
        message =
                "feedback.tighten.set: feedback never tightens a check in Audit; declare Warn or Enforce for the check",
        messageExpression = "'feedback.tighten.set: feedback never tightens a check in Audit" + FeedbackRules.NAMES
                + FeedbackRules.SETS_NOT_IN_AUDIT + FeedbackRules.TIGHTENED + "declare Warn or Enforce for the check'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.SETS_WHAT_IS_DECLARED + FeedbackRules.END,
        message =
                "feedback.tighten.set: the threshold is not declared by the check; declare it under stability, or set another one",
        messageExpression = "'feedback.tighten.set: the threshold is not declared by the check" + FeedbackRules.NAMES
                + FeedbackRules.SETS_WHAT_IS_DECLARED + FeedbackRules.TIGHTENED
                + "declare it under stability, or set another one'")
@ValidationRule(
        value = FeedbackRules.EACH + FeedbackRules.SETS_BELOW_WHAT_IS_DECLARED + FeedbackRules.END,
        message = "feedback.tighten.set would loosen, or change nothing; set a value below the declared one",
        messageExpression = "'feedback.tighten.set would loosen, or change nothing" + FeedbackRules.NAMES
                + FeedbackRules.SETS_BELOW_WHAT_IS_DECLARED + FeedbackRules.TIGHTENED
                + "set a value below the declared one'")
@ValidationRule(
        value = "!has(self.variables) || self.variables.all(variable, !variable.name.contains('-'))",
        message = "variables.name has no hyphen: an expression would read it as minus; write it with _")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromotionPolicySpec(
        @Required @JsonPropertyDescription("Whom to ask about this policy; shown in every denial by it.")
        OwnerSpec owner,

        @Required
        @JsonPropertyDescription(
                "What it guards: in the namespaces that have one of the stages and that namespaceSelector matches, what the rest of match leaves.")
        MatchSpec match,

        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
                "Expressions in CEL by name, which the checks use as variables.name. Each may use those before it.")
        @Nullable
        List<NamedExpressionSpec> variables,

        @Default("Enforce")
        @JsonPropertyDescription(
                "What a violation of a check without a mode of its own does. Enforce: it denies, and a check that cannot be evaluated leaves the decision undecided. Warn: either warns. Audit: either is only recorded.")
        ModeName mode,

        @Default("Deny")
        @JsonPropertyDescription(
                "What an Enforce check that could not be evaluated does to the request: Deny it or Allow it.")
        OnUndecidedName onUndecided,

        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("What is asked. All checks are evaluated, all violations reported.")
        List<CheckSpec> checks,

        @JsonPropertyDescription("What is not drift in what this policy guards. Absent: every difference is.") @Nullable
        DriftSpec drift,

        @Size(min = 1, max = 16)
        @JsonPropertyDescription(
                "What makes checks stricter for a time. Feedback only tightens, and the declared value returns when its hold ends.")
        @Nullable
        List<FeedbackSpec> feedback) {}
