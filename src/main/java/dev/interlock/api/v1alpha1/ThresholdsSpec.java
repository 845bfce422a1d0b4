package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// Stricter thresholds of a check of kind stability, by their names.
@ValidationRule(
        value = "has(self.maxOpenDrift) || has(self.maxDrift)",
        message = "set: nothing would be tightened; set at least one of maxOpenDrift, maxDrift")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ThresholdsSpec(
        @Min(0) @Max(1000) @JsonPropertyDescription("In place of stability.maxOpenDrift.") @Nullable
        Integer maxOpenDrift,

        @Min(0)
        @Max(1000)
        @JsonPropertyDescription("In place of stability.maxDrift.count, within the same time.")
        @Nullable
        Integer maxDrift) {}
