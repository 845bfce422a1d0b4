package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// One check: an id, exactly one kind of check, and what goes with it.
@ValidationRule(
        value =
                "[has(self.expression), has(self.images), has(self.ownership), has(self.podSecurity), has(self.stability)].exists_one(kind, kind)",
        message = "a check has exactly one kind; set one of: expression, images, ownership, podSecurity, stability")
@ValidationRule(
        value = "has(self.expression) || !(has(self.message) || has(self.messageExpression))",
        message = "message and messageExpression go with an expression; leave them out, and see remedy")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckSpec(
        @Required
        @Size(min = 2, max = 63)
        @Pattern("^[a-z][a-z0-9-]*[a-z0-9]$")
        @JsonPropertyDescription("Its name within the policy, in kebab-case; shown in every denial by it.")
        String id,

        @JsonPropertyDescription("What a violation of this check does. Absent: as the policy's mode.") @Nullable
        ModeName mode,

        @JsonPropertyDescription("Whom to ask about this check. Absent: the policy's owner.") @Nullable
        OwnerSpec owner,

        @Size(min = 1, max = 256)
        @Pattern("^[^\\x00-\\x1f\\x7f]+$")
        @JsonPropertyDescription("What to do about a violation, in one sentence; shown with it.")
        @Nullable
        String remedy,

        @Size(min = 1, max = 8192)
        @JsonPropertyDescription(
                "An expression in CEL that must give true, over object, oldObject, request, namespaceObject, variables, workload, service and owner.")
        @Nullable
        String expression,

        @Size(min = 1, max = 512)
        @Pattern("^[^\\x00-\\x1f\\x7f]+$")
        @JsonPropertyDescription("What is said where the expression gives false. Absent: the expression itself.")
        @Nullable
        String message,

        @Size(min = 1, max = 8192)
        @JsonPropertyDescription(
                "An expression in CEL that makes the message. Where it gives no line that can be shown, message holds.")
        @Nullable
        String messageExpression,

        @JsonPropertyDescription(
                "Every image is well-formed, from an allowed registry and, where required, pinned by digest: containers, init containers, sidecars, ephemeral containers and image volumes alike.")
        @Nullable
        ImagesSpec images,

        @JsonPropertyDescription(
                "Exactly one DeliveryPath claims the workload, and the stage of its namespace is as the path says: somebody answers for it.")
        @Nullable
        OwnershipSpec ownership,

        @JsonPropertyDescription(
                "The Pods keep to a level of the Pod Security Standards: those that a workload's template makes as the Pods themselves.")
        @Nullable
        PodSecuritySpec podSecurity,

        @JsonPropertyDescription(
                "The service has not drifted too often, and not too much of it has drifted now, to be changed further.")
        @Nullable
        StabilitySpec stability) {}
