package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/// The check kind `podSecurity`.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PodSecuritySpec(
        @Required
        @JsonPropertyDescription(
                "The level: baseline forbids what is known to let a container out, restricted asks for what hardens it too.")
        PodSecurityLevel level,

        @Default("latest")
        @Size(min = 4, max = 6)
        @Pattern("^(latest|v1\\.(0|[1-9][0-9]{0,2}))$")
        @JsonPropertyDescription(
                "Of which Kubernetes the standards are, for example v1.31. latest: the newest that Interlock knows, so an upgrade of Interlock may forbid more.")
        String version) {}
