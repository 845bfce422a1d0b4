package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a policy. Written by the operator only.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromotionPolicyStatus(
        @JsonPropertyDescription("The metadata.generation that this status was made from.")
        long observedGeneration,

        @Size(max = 7)
        @JsonPropertyDescription(
                "The status of condition Ready: True once every live webhook decides by this generation.")
        @Nullable
        String ready,

        @Size(max = 1024) @JsonPropertyDescription("The message of condition Ready.") @Nullable
        String message,

        @Size(max = 2112)
        @JsonPropertyDescription("The stages it guards, for display; * where it guards any.")
        @Nullable
        String stages,

        @JsonPropertyDescription("How many namespaces it guards now.")
        int namespaces,

        @Size(max = 8) @JsonPropertyDescription("Ready and Matched.") @Nullable
        List<Condition> conditions) {}
