package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// One violation or error, and what it did.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReasonSpec(
        @Required @Size(max = 63) @JsonPropertyDescription("The policy; empty where none is behind it.")
        String policy,

        @Required @Size(max = 63) @JsonPropertyDescription("The check's id; empty where none is behind it.")
        String check,

        @Required @Size(max = 63) @JsonPropertyDescription("The check's mode: Enforce, Warn or Audit.")
        String mode,

        @Required
        @Size(max = 63)
        @JsonPropertyDescription("What it did to the decision: Denies, LeavesUndecided, Warns or Recorded.")
        String effect,

        @JsonPropertyDescription(
                "The stored object had the same violation and its pod template did not change: it warns instead of denying.")
        @Nullable
        Boolean alreadyPresent,

        @Required @Size(max = 63) @JsonPropertyDescription("What is wrong, as one UpperCamelCase word for machines.")
        String code,

        @Required @Size(max = 253) @JsonPropertyDescription("The field at fault; empty where none is.")
        String path,

        @Required @Size(max = 512) @JsonPropertyDescription("What is wrong and how to mend it.")
        String message,

        @Size(max = 256) @JsonPropertyDescription("What the policy's author says to do about it.") @Nullable
        String remedy,

        @JsonPropertyDescription("Whom to ask.") @Nullable OwnerSpec owner,

        @Size(max = 512)
        @JsonPropertyDescription(
                "Why the check was stricter than declared, and until when. Absent: it was as declared.")
        @Nullable
        String tightened,

        @Size(max = 14)
        @Pattern("^(AlreadyPresent|WayBack)$")
        @JsonPropertyDescription(
                "Why it warns instead of denying. AlreadyPresent: as alreadyPresent says. WayBack: the request goes back to a pod template that was approved for this object. Absent: it has the effect of its mode.")
        @Nullable
        String relief) {}
