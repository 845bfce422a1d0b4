package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// What feedback answers to. The field is not `on`: YAML 1.1, and so kubectl, reads that as `true`.
@ValidationRule(
        value = "[has(self.drift), has(self.violations)].exists_one(kind, kind)",
        message = "when: a rule answers to exactly one thing; set one of: drift, violations")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FeedbackTriggerSpec(
        @JsonPropertyDescription("Onsets of drift, Drifted and Bypassed.") @Nullable
        DriftTriggerSpec drift,

        @JsonPropertyDescription("Violations of a check, as admission decided.") @Nullable
        ViolationsTriggerSpec violations) {}
