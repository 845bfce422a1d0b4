package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/// An expression in CEL that has a name.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NamedExpressionSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[A-Za-z_][A-Za-z0-9_-]*$")
        @JsonPropertyDescription("Its name. A variable's name has no hyphen.")
        String name,

        @Required @Size(min = 1, max = 8192) @JsonPropertyDescription("The expression, in CEL.")
        String expression) {}
