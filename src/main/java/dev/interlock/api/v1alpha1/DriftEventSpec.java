package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What drifted from what, and through whom. Longer texts are cut at their bound here; the ledger has the whole.
@ValidationRule(value = "self == oldSelf", message = "a drift event is evidence: its spec never changes")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DriftEventSpec(
        @Required
        @Size(max = 8)
        @Pattern("^(Drifted|Bypassed)$")
        @JsonPropertyDescription(
                "Drifted: the live object is not as approved. Bypassed: nothing was approved, and no decision covers what is live.")
        String drift,

        @Required @JsonPropertyDescription("What drifted.") SubjectSpec subject,

        @Required
        @Size(max = 14)
        @Pattern("^(Edit|Undecided|Gap|ExemptIdentity)$")
        @JsonPropertyDescription(
                "How it came in. Edit: admitted by the gate, from no promoter. Undecided: let in undecided. Gap: no admission covers it. ExemptIdentity: written by an identity that the gate does not ask about.")
        String cause,

        @Required @Size(max = 63) @JsonPropertyDescription("The stage of the namespace; empty where it has none.")
        String stage,

        @Required @Size(max = 253) @JsonPropertyDescription("The service; the namespace where no path lists it.")
        String service,

        @JsonPropertyDescription("Who answers for the service. Absent: no path claims the workload.") @Nullable
        OwnerSpec owner,

        @Size(max = 253)
        @JsonPropertyDescription("The DeliveryPath that claims the workload. Absent: none does.")
        @Nullable
        String path,

        @Required @Size(max = 253) @JsonPropertyDescription("The paths that differ, for display.")
        String paths,

        @Size(max = 32) @JsonPropertyDescription("What differs: by path.") @Nullable
        List<DifferenceSpec> differences,

        @Required @JsonPropertyDescription("How many more differences the ledger has than are shown here.")
        int differencesOmitted,

        @Required
        @Size(max = 253)
        @JsonPropertyDescription("The field managers that own what differs, for display; empty where none does.")
        String manager,

        @Size(max = 253)
        @JsonPropertyDescription(
                "The user whose admitted request changed it. Absent: unknown, because the change did not pass the gate.")
        @Nullable
        String requester,

        @Required @Size(max = 40) @JsonPropertyDescription("When it was first seen, RFC 3339.")
        String onset,

        @Size(max = 63)
        @JsonPropertyDescription(
                "The name of the event that this one continues, whose paths have changed. Absent: this is the onset of a drift.")
        @Nullable
        String continues,

        @Size(max = 64)
        @JsonPropertyDescription(
                "SHA-256 of the approved significant content that is compared with. Absent: nothing was approved.")
        @Nullable
        String approvedDigest,

        @Required @Size(max = 64) @JsonPropertyDescription("SHA-256 of the live significant content.")
        String observedDigest,

        @Size(max = 63)
        @JsonPropertyDescription(
                "The ledger's entry that approved the content compared with. Absent: nothing was approved.")
        @Nullable
        String approvedEntry,

        @Size(max = 63)
        @JsonPropertyDescription("The ledger's entry that let the live content in. Absent: none did.")
        @Nullable
        String observedEntry,

        @Size(max = 63)
        @JsonPropertyDescription(
                "The ledger's entry of the interval in which the gate was away when it came in. Absent: none is known.")
        @Nullable
        String gap,

        @Required @Size(max = 63) @JsonPropertyDescription("The cluster: the uid of its namespace kube-system.")
        String cluster,

        @Required @Size(max = 63) @JsonPropertyDescription("The ledger that has the drift.")
        String origin) {}
