package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a policy. Written by the operator only.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromotionPolicyStatus(
        @JsonPropertyDescription("The metadata.generation that this status was made from.")
        long observedGeneration,

        @Size(max = 7)
        @JsonPropertyDescription(
                "The status of condition Ready: True once every live webhook decides by this generation.")
        @Nullable
        String ready,

        @Size(max = 1024) @JsonPropertyDescription("The message of condition Ready.") @Nullable
        String message,

        @Size(max = 2112)
        @JsonPropertyDescription("The stages it guards, for display; * where it guards any.")
        @Nullable
        String stages,

        @JsonPropertyDescription("How many namespaces it guards now.")
        int namespaces,

        @JsonPropertyDescription(
                "How many live workloads it guards now, those left out that Kubernetes' own controllers made. Absent: not counted yet, or drift is not known now (see condition DriftWatched).")
        @Nullable
        Integer matchedObjects,

        @Size(max = 8) @JsonPropertyDescription("Ready, Matched, and what is wrong.") @Nullable
        List<Condition> conditions,

        @JsonPropertyDescription(
                "How many requests were denied within the last 24 hours for a violation of this policy, by the ledger, to the minute; repeats that the ledger counts are added a minute later. Absent: not counted yet, or the ledger cannot be read.")
        @Nullable
        Long deniedLastDay,

        @JsonPropertyDescription(
                "How many live objects the declared policy would deny if they were created now, were its checks in Enforce. Absent as matchedObjects is.")
        @Nullable
        Integer wouldDeny,

        @Size(max = 20) @JsonPropertyDescription("The first of these, as kind namespace/name.") @Nullable
        List<@Size(max = 400) String> wouldDenyNames,

        @JsonPropertyDescription("How many drifts are open in what it guards. Absent: not counted yet.") @Nullable
        Integer openDrift,

        @Size(max = 253)
        @JsonPropertyDescription(
                "What feedback made stricter, for display, for example images-pinned→Enforce until 14:20 (3 drifts in 1h). Absent: nothing.")
        @Nullable
        String tightened,

        @Size(max = 200)
        @JsonPropertyDescription(
                "What feedback made stricter than declared. The stricter of declared and effective holds, and what has ended does not.")
        @Nullable
        List<EffectiveSpec> effective) {}
