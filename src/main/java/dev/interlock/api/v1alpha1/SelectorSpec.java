package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A label selector, as `metav1.LabelSelector` but bounded.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SelectorSpec(
        @Size(max = 32) @JsonPropertyDescription("Labels that must be there with exactly these values.") @Nullable
        Map<String, @Size(max = 63) String> matchLabels,

        @Size(max = 32) @JsonPropertyDescription("Requirements that must all hold.") @Nullable
        List<RequirementSpec> matchExpressions) {}
