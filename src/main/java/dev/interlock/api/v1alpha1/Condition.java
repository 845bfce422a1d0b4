package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/// One aspect of an object's state, as `metav1.Condition` but bounded.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
        @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Which aspect, for example Ready.")
        String type,

        @Required @Pattern("^(True|False|Unknown)$") @Size(max = 7) @JsonPropertyDescription("True, False or Unknown.")
        String status,

        @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Why, as one UpperCamelCase word for machines.")
        String reason,

        @Required @Size(max = 1024) @JsonPropertyDescription("Why, for people.")
        String message,

        @Required @Size(max = 40) @JsonPropertyDescription("When the status last changed, RFC 3339.")
        String lastTransitionTime,

        @JsonPropertyDescription("The metadata.generation that this was said of.")
        long observedGeneration) {}
