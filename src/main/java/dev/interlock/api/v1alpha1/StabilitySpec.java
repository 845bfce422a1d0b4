package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// The check kind `stability`.
@ValidationRule(
        value = "has(self.maxOpenDrift) || has(self.maxDrift)",
        message = "this check could never fail; set at least one of maxOpenDrift, maxDrift")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StabilitySpec(
        @Min(0)
        @Max(1000)
        @JsonPropertyDescription("How many open drifts of the service are borne. Absent: they are not asked about.")
        @Nullable
        Integer maxOpenDrift,

        @JsonPropertyDescription(
                "How many drifts of the service are borne within a time. Absent: they are not asked about.")
        @Nullable
        DriftLimitSpec maxDrift) {}
