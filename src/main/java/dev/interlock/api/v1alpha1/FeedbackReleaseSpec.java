package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// Which tightening ends, by whose word and why.
@ValidationRule(
        value = "self == oldSelf",
        message = "a feedback release is evidence: its spec never changes; create another one")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FeedbackReleaseSpec(
        @Required @Size(min = 1, max = 63) @JsonPropertyDescription("The policy whose feedback ends.")
        String policy,

        @Required
        @Size(min = 2, max = 63)
        @Pattern("^[a-z][a-z0-9-]*[a-z0-9]$")
        @JsonPropertyDescription("The check that feedback tightened.")
        String check,

        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
                "The service for which it ends. Absent: for every service, and where the rule tightened the whole policy.")
        @Nullable
        String service,

        @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Who ends it: the user who creates this object, as the API server authenticates them.")
        String requester,

        @Required
        @Size(min = 1, max = 512)
        @Pattern("^[^\\x00-\\x1f\\x7f]+$")
        @JsonPropertyDescription("Why, in one sentence.")
        String reason) {}
