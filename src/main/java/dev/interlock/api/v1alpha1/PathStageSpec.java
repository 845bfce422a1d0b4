package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/// One stage of a path: where it is, and who promotes into it.
@ValidationRule(
        value = "self.namespaces.all(one, self.namespaces.exists_one(other, other == one))",
        message = "namespaces: a namespace is there twice; name each once")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PathStageSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$")
        @JsonPropertyDescription("The stage, as the label interlock.dev/stage of its namespaces says it.")
        String name,

        @Required @Size(min = 1, max = 64) @JsonPropertyDescription("Its namespaces. Each is in one stage of the path.")
        List<@Size(min = 1, max = 63) @Pattern("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$") String> namespaces,

        @Required @JsonPropertyDescription("Who promotes into it. A write by anybody else approves nothing.")
        PromotersSpec promoters) {}
