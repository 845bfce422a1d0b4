package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// One path at which the live object is not as approved. Secrets and values of environment variables are shown as
/// digests.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DifferenceSpec(
        @Required @Size(max = 512) @JsonPropertyDescription("The path, as a JSON pointer into the object.")
        String path,

        @Size(max = 300)
        @JsonPropertyDescription("The approved value, cut where it is long. Absent: nothing was approved there.")
        @Nullable
        String approved,

        @Size(max = 300)
        @JsonPropertyDescription("The live value, cut where it is long. Absent: nothing is there.")
        @Nullable
        String observed,

        @Required
        @Size(max = 253)
        @JsonPropertyDescription("The field manager that owns the path now; empty where none does.")
        String manager) {}
