package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a path. Written by the operator only.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliveryPathStatus(
        @JsonPropertyDescription("The metadata.generation that this status was made from.")
        long observedGeneration,

        @Size(max = 7)
        @JsonPropertyDescription(
                "The status of condition Ready: whether it claims workloads, alone, in namespaces that agree about the stage.")
        @Nullable
        String ready,

        @Size(max = 1024)
        @JsonPropertyDescription("The message of condition Ready, or of what else is wrong with the path.")
        @Nullable
        String message,

        @JsonPropertyDescription("How many workloads it claims now.")
        int workloads,

        @JsonPropertyDescription(
                "How many of these another path claims too; they have no promoter until one path gives them up.")
        int contested,

        @Size(max = 8) @JsonPropertyDescription("Ready, and what is wrong with what the path claims.") @Nullable
        List<Condition> conditions) {}
