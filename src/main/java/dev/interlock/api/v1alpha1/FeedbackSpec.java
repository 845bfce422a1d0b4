package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/// One rule of feedback: what happened often makes a check stricter, for a time.
@ValidationRule(
        value =
                "int(self.hold.substring(0, size(self.hold) - 1)) <= (self.hold.endsWith('d') ? 400 : self.hold.endsWith('h') ? 9600 : 99999)",
        message =
                "hold: longer than 400d, which is how long the ledger keeps what would have to be known for it; make it 400d or less")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FeedbackSpec(
        @Required @JsonPropertyDescription("What it answers to.")
        FeedbackTriggerSpec when,

        @Required @JsonPropertyDescription("What it makes stricter.")
        TightenSpec tighten,

        @Default("Service")
        @JsonPropertyDescription(
                "For whom. Service: for the service it happened to. Policy: for everything that the policy guards.")
        ScopeName scope,

        @Required
        @Size(min = 2, max = 6)
        @Pattern("^[1-9][0-9]{0,4}(s|m|h|d)$")
        @JsonPropertyDescription(
                "For how long after the last onset that completed the count, for example 14d. Then the declared value holds again.")
        String hold) {}
