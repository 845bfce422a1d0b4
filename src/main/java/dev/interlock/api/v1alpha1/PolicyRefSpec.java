package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/// A policy in one of its revisions.
@JsonIgnoreProperties(ignoreUnknown = true)
public record PolicyRefSpec(
        @Required @Size(max = 253) @JsonPropertyDescription("Its name.")
        String name,

        @Required @Size(max = 63) @JsonPropertyDescription("Its uid.")
        String uid,

        @Required @JsonPropertyDescription("Its metadata.generation.")
        long generation) {}
