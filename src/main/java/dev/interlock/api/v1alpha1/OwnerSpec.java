package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// Who is answerable.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OwnerSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[^\\x00-\\x1f\\x7f]+$")
        @JsonPropertyDescription("The team, for example payments.")
        String team,

        @Size(max = 128)
        @Pattern("^[^\\x00-\\x1f\\x7f]*$")
        @JsonPropertyDescription("Where to reach it, for example #payments-oncall or an address.")
        @Nullable
        String contact,

        @Size(max = 128)
        @Pattern("^[^\\x00-\\x1f\\x7f]*$")
        @JsonPropertyDescription("Whom to ask where the team does not answer, for example #payments-leads.")
        @Nullable
        String escalation) {}
