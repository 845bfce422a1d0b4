package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/// A level of the Pod Security Standards, by the name that Kubernetes has for it.
public enum PodSecurityLevel {
    @JsonProperty("baseline")
    BASELINE,
    @JsonProperty("restricted")
    RESTRICTED
}
