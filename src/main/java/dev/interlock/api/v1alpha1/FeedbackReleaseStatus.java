package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// What it ended. Written by the operator only.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FeedbackReleaseStatus(
        @Size(max = 40)
        @JsonPropertyDescription("When the operator saw it, RFC 3339; what happened before this counts no more.")
        @Nullable
        String observedAt,

        @JsonPropertyDescription("How many tightenings it ended.")
        int ended,

        @Size(max = 512) @JsonPropertyDescription("Why it ends nothing; absent where it could be read.") @Nullable
        String problem) {}
