package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// How often the same was decided. Written by the operator only.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DecisionRecordStatus(
        @JsonPropertyDescription("How many requests got this decision.")
        long occurrences,

        @Size(max = 40) @JsonPropertyDescription("When the last one was decided, RFC 3339.") @Nullable
        String lastDecidedAt,

        @Size(max = 63)
        @JsonPropertyDescription("The ledger's entry of the last occurrence that has one of its own.")
        @Nullable
        String lastEntry,

        @Size(max = 63)
        @JsonPropertyDescription(
                "Uid of the object of that occurrence: another one than the subject's where the same was made anew.")
        @Nullable
        String lastUid,

        @Size(max = 512)
        @JsonPropertyDescription(
                "Where an occurrence was answered otherwise than decided, because its evidence was late: what was answered, and why.")
        @Nullable
        String amendment,

        @Size(max = 12)
        @Pattern("^(Persisted|NotPersisted|Superseded)$")
        @JsonPropertyDescription(
                "What became of what was let in. Persisted: it was stored. NotPersisted: it was not, for example because another webhook refused it. Superseded: a retry was stored in its place. Absent: not known, or nothing was let in.")
        @Nullable
        String applied,

        @JsonPropertyDescription(
                "The content would be denied today: there is no way back to it, though it stays approved.")
        @Nullable
        Boolean recalled) {}
