package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What an Enforce check that could not be evaluated does.
public enum OnUndecidedName {
    @JsonProperty("Deny")
    DENY,
    @JsonProperty("Allow")
    ALLOW
}
