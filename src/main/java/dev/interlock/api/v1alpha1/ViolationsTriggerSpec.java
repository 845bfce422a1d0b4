package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/// So many violations of one check by one service within a time.
@ValidationRule(
        value =
                "int(self.within.substring(0, size(self.within) - 1)) <= (self.within.endsWith('d') ? 400 : self.within.endsWith('h') ? 9600 : 99999)",
        message =
                "within: longer than 400d, which is how long the ledger keeps what would have to be known for it; make it 400d or less")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ViolationsTriggerSpec(
        @Required
        @Size(min = 2, max = 63)
        @Pattern("^[a-z][a-z0-9-]*[a-z0-9]$")
        @JsonPropertyDescription("The id of the check, in this policy.")
        String check,

        @Required @Min(1) @Max(1000) @JsonPropertyDescription("How many.")
        int count,

        @Required
        @Size(min = 2, max = 6)
        @Pattern("^[1-9][0-9]{0,4}(s|m|h|d)$")
        @JsonPropertyDescription("Within which time, for example 1h.")
        String within) {}
