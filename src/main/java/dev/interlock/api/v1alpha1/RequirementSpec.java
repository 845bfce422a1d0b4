package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One requirement of a label selector.
@ValidationRule(
        value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
        message = "In and NotIn need values; Exists and DoesNotExist take none")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequirementSpec(
        @Required @Size(min = 1, max = 317) @JsonPropertyDescription("The label's key.")
        String key,

        @Required
        @JsonPropertyDescription("How the label relates to the values. NotIn holds where the label is absent.")
        Operator operator,

        @Size(max = 32) @JsonPropertyDescription("The values, for In and NotIn.") @Nullable
        List<@Size(max = 63) String> values) {
    /// As in `metav1.LabelSelectorOperator`.
    public enum Operator {
        @JsonProperty("In")
        IN,
        @JsonProperty("NotIn")
        NOT_IN,
        @JsonProperty("Exists")
        EXISTS,
        @JsonProperty("DoesNotExist")
        DOES_NOT_EXIST
    }
}
