package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.interlock.workload.RegistryPrefix;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The check kind `images`.
@ValidationRule(
        value = "!has(self.digest) || self.digest == 'Required' || has(self.registries) || has(self.deniedTags)",
        message = "this check could never fail: require the digest, or name the allowed registries or the denied tags")
@ValidationRule(
        value = "!has(self.deniedTags) || (has(self.digest) && self.digest == 'Optional')",
        message =
                "deniedTags would deny nothing that digest: Required does not: set digest to Optional, or leave deniedTags out")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImagesSpec(
        @Default("Required")
        @JsonPropertyDescription("Required: an image without a digest is a violation. Optional: it is not.")
        DigestRule digest,

        @Size(min = 1, max = 64)
        @JsonPropertyDescription(
                "Where images may come from: a registry, or a registry and the first parts of a repository, for example registry.example.com/ or ghcr.io/acme/. Matched part by part. Absent: from anywhere.")
        @Nullable
        List<@Size(min = 1, max = 255) @Pattern(RegistryPrefix.PATTERN) String> registries,

        @Size(min = 1, max = 64)
        @JsonPropertyDescription(
                "Tags by which no image may be named, for example latest, which is also what an image without a tag means. With a digest the tag is not looked at: it decides nothing then.")
        @Nullable
        List<@Size(min = 1, max = 128) @Pattern("^\\w[\\w.-]*$") String> deniedTags) {}
