package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// Whether it still is so. Written by the operator only.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DriftEventStatus(
        @Required @Size(max = 8) @Pattern("^(Open|Resolved)$") @JsonPropertyDescription("Open or Resolved.")
        String state,

        @Size(max = 10)
        @Pattern("^(Restored|Approved|Superseded|Gone)$")
        @JsonPropertyDescription(
                "How it was resolved. Restored: the live object is as approved again. Approved: a promoter approved what is live. Superseded: other paths differ now, which the next event says. Gone: the object is deleted. Absent: it is open.")
        @Nullable
        String how,

        @Size(max = 40) @JsonPropertyDescription("When it was resolved, RFC 3339. Absent: it is open.") @Nullable
        String resolvedAt) {}
