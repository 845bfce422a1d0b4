package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/// What a policy guards and asks.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromotionPolicySpec(
        @Required @JsonPropertyDescription("Whom to ask about this policy; shown in every denial by it.")
        OwnerSpec owner,

        @Required
        @JsonPropertyDescription(
                "Which namespaces it guards: those that have one of the stages and that the selector matches.")
        MatchSpec match,

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
        List<CheckSpec> checks) {}
