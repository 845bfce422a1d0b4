package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What a violation does.
public enum ModeName {
    @JsonProperty("Enforce")
    ENFORCE,
    @JsonProperty("Warn")
    WARN,
    @JsonProperty("Audit")
    AUDIT
}
