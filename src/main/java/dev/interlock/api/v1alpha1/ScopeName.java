package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/// For whom feedback tightens.
public enum ScopeName {
    @JsonProperty("Service")
    SERVICE,
    @JsonProperty("Policy")
    POLICY
}
