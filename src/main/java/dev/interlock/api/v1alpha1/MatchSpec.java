package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which namespaces a policy guards.
@ValidationRule(
        value = "has(self.stages) || has(self.namespaceSelector)",
        message = "name at least one stage, or a namespaceSelector ({} selects every namespace)")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MatchSpec(
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
                "Values of the namespace's label interlock.dev/stage. Absent: every namespace, with a stage or without.")
        @Nullable
        List<@Size(min = 1, max = 63) @Pattern("^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$") String> stages,

        @JsonPropertyDescription("A label selector over the namespace's labels. Absent: every namespace.") @Nullable
        SelectorSpec namespaceSelector) {}
