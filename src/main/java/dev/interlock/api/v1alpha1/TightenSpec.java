package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// What gets stricter.
@ValidationRule(
        value = "[has(self.mode), has(self.set)].exists_one(kind, kind)",
        message = "tighten: a rule tightens exactly one thing; set one of: mode, set")
@ValidationRule(
        value = "!has(self.mode) || self.mode == 'Enforce'",
        message =
                "tighten.mode: feedback only tightens, and raises a check from Warn to Enforce only; set it to Enforce")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TightenSpec(
        @Required
        @Size(min = 2, max = 63)
        @Pattern("^[a-z][a-z0-9-]*[a-z0-9]$")
        @JsonPropertyDescription("The id of the check, in this policy.")
        String check,

        @JsonPropertyDescription("The mode that the check is raised to: Enforce, from Warn. Never from Audit.")
        @Nullable
        ModeName mode,

        @JsonPropertyDescription("The thresholds that the check has instead of the declared ones. Never higher.")
        @Nullable
        ThresholdsSpec set) {}
