package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Whether images must be pinned by digest.
public enum DigestRule {
    @JsonProperty("Required")
    REQUIRED,
    @JsonProperty("Optional")
    OPTIONAL
}
