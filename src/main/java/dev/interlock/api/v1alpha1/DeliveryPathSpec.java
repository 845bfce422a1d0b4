package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/// Which service it is, who answers for it, and how it is delivered.
@ValidationRule(
        value = "self.stages.all(one, self.stages.exists_one(other, other.name == one.name))",
        message = "stages: a stage is there twice; give each stage one entry with all of its namespaces")
@ValidationRule(
        value =
                "self.stages.all(i, one, self.stages.all(j, other, i >= j || !sets.intersects(one.namespaces, other.namespaces)))",
        message = "stages: a namespace is in two stages, so it could not be told who promotes into it; leave it in one")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliveryPathSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
        @JsonPropertyDescription("The service; shown in every decision and drift event of its workloads.")
        String service,

        @Required @JsonPropertyDescription("Who answers for the service; shown in every denial.")
        OwnerSpec owner,

        @Required
        @JsonPropertyDescription(
                "Which workloads of the namespaces are the service's: a selector over the labels of the workload itself. {} selects every one.")
        SelectorSpec workloads,

        @Required @Size(min = 1, max = 16) @JsonPropertyDescription("The stages, in the order of promotion.")
        List<PathStageSpec> stages) {}
