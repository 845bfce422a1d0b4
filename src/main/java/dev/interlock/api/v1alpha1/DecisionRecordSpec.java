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

/// The decision, as the ledger has it. Longer texts are cut at their bound here; the ledger has the whole.
@ValidationRule(value = "self == oldSelf", message = "a decision record is evidence: its spec never changes")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DecisionRecordSpec(
        @Required
        @Size(max = 9)
        @Pattern("^(Allowed|Warned|Denied|Undecided)$")
        @JsonPropertyDescription("Allowed, Warned, Denied or Undecided.")
        String decision,

        @Required @JsonPropertyDescription("Whether the request went on.")
        boolean admitted,

        @Required @JsonPropertyDescription("What was decided about.")
        SubjectSpec subject,

        @Required @Size(max = 63) @JsonPropertyDescription("CREATE or UPDATE.")
        String operation,

        @Required
        @Size(max = 63)
        @JsonPropertyDescription("The stage of the namespace at that time; empty where it had none.")
        String stage,

        @Required
        @Size(max = 253)
        @JsonPropertyDescription(
                "The policies that made the decision what it is, for display; with an Allowed, those that matched.")
        String policy,

        @Required
        @Size(max = 253)
        @JsonPropertyDescription("The codes of what was found, for display; empty where nothing was.")
        String reason,

        @Required @Size(max = 253) @JsonPropertyDescription("The user who asked, as the API server authenticated them.")
        String requester,

        @Size(max = 64) @JsonPropertyDescription("Every policy that matched, in its revision.") @Nullable
        List<PolicyRefSpec> policies,

        @Required @JsonPropertyDescription("How many checks were asked.")
        int checks,

        @Size(max = 32) @JsonPropertyDescription("What was found: by policy, check, path and code.") @Nullable
        List<ReasonSpec> reasons,

        @Required @JsonPropertyDescription("How many more reasons the ledger has than are shown here.")
        int reasonsOmitted,

        @Required
        @Size(max = 63)
        @JsonPropertyDescription("What led to the decision: Admission, Baseline or Reassessment.")
        String trigger,

        @Required @Size(max = 63) @JsonPropertyDescription("Through which gate the request came: Required or Optional.")
        String gate,

        @Required
        @Size(max = 63)
        @JsonPropertyDescription("How the caller of the webhook was authenticated: mtls or unverified.")
        String caller,

        @Required @Size(max = 64) @JsonPropertyDescription("SHA-256 of the significant content that was decided about.")
        String contentDigest,

        @Required
        @Size(max = 64)
        @JsonPropertyDescription(
                "The decision's id: the same for equal decisions. This object's name is the beginning of it.")
        String decisionId,

        @Required
        @Size(max = 63)
        @JsonPropertyDescription("The ledger's entry of the first occurrence; also in the API server's audit log.")
        String entry,

        @Required @Size(max = 40) @JsonPropertyDescription("When it was first decided, RFC 3339.")
        String decidedAt,

        @Required @Size(max = 63) @JsonPropertyDescription("The cluster: the uid of its namespace kube-system.")
        String cluster,

        @Required @Size(max = 63) @JsonPropertyDescription("The ledger that has the entry.")
        String origin,

        @Size(max = 253)
        @JsonPropertyDescription("The service; the namespace where no path lists it. Absent: it was not known.")
        @Nullable
        String service,

        @JsonPropertyDescription("Who answers for the service. Absent: no path claims the workload.") @Nullable
        OwnerSpec owner,

        @Size(max = 253)
        @JsonPropertyDescription("The DeliveryPath that claims the workload. Absent: none does.")
        @Nullable
        String path,

        @JsonPropertyDescription(
                "Whether the decision approves the content: it was admitted, and its requester is a promoter.")
        @Nullable
        Boolean approves) {}
