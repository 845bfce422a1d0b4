package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/// What was decided about. It is in the record's namespace; where it is in none, the record is in Interlock's.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SubjectSpec(
        @Required @Size(max = 317) @JsonPropertyDescription("For example apps/v1.")
        String apiVersion,

        @Required @Size(max = 63) @JsonPropertyDescription("For example Deployment.")
        String kind,

        @Required @Size(max = 253) @JsonPropertyDescription("Its name.")
        String name,

        @Required @Size(max = 63) @JsonPropertyDescription("Its uid; a denied creation has one that was never stored.")
        String uid,

        @Required
        @Size(max = 63)
        @JsonPropertyDescription(
                "Through which subresource, for example ephemeralcontainers; empty for the object itself.")
        String subresource) {}
