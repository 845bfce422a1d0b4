package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What feedback made stricter than declared, for whom, why and until when.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EffectiveSpec(
        @Required @Size(max = 63) @JsonPropertyDescription("The check.")
        String check,

        @Required @JsonPropertyDescription("For whom: Service or Policy.")
        ScopeName scope,

        @Size(max = 253) @JsonPropertyDescription("The service. Absent: everything that the policy guards.") @Nullable
        String service,

        @JsonPropertyDescription("The mode in force. Absent: as declared.") @Nullable
        ModeName mode,

        @JsonPropertyDescription("The thresholds in force. Absent: as declared.") @Nullable
        ThresholdsSpec set,

        @Required @Size(max = 256) @JsonPropertyDescription("Why, for people, for example 3 drifts in 1h.")
        String cause,

        @Size(max = 10)
        @JsonPropertyDescription("The names of the drift events or decision records that completed the count.")
        @Nullable
        List<@Size(max = 63) String> because,

        @Required @Size(max = 40) @JsonPropertyDescription("Since when, RFC 3339.")
        String since,

        @Required
        @Size(max = 40)
        @JsonPropertyDescription("Until when, RFC 3339; after it the declared value holds again whatever stands here.")
        String until) {}
