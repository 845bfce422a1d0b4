package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/// What is not looked at when a live object is compared with what was approved.
@ValidationRule(
        value = "self.ignore.all(pointer, !(" + DriftSpec.HIDES_IMAGES + "))",
        message = "ignore: a pointer hides the images of the pod spec; point below a container, but not at its image",
        messageExpression =
                "'ignore: ' + self.ignore[self.ignore.transformList(i, pointer, " + DriftSpec.HIDES_IMAGES
                        + ", i)[0]] + ' would hide the images of the pod spec, which is where most drift matters; point to the field below it that others write, such as /spec/template/spec/containers/0/resources'")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DriftSpec(
        @Required
        @Size(min = 1, max = 32)
        @JsonPropertyDescription(
                "JSON pointers (RFC 6901) to what others may write without that being drift, for example /spec/template/metadata/annotations/example.com~1injected. At admission nothing is ignored. None may hide the images of the pod spec.")
        List<@Size(min = 1, max = 512) @Pattern("^(/([^~/]|~0|~1)*)+$") String> ignore) {
    /// Whether `pointer` leads to an image, to something that contains one, or into one, in the pod spec of
    /// any governed kind.
    static final String HIDES_IMAGES =
            "pointer.matches('^/spec(/jobTemplate(/spec(/template(/spec)?)?)?|/template(/spec)?)?$')"
                    + " || pointer.matches('^/spec((/jobTemplate/spec)?/template/spec)?/(containers|initContainers|ephemeralContainers|volumes)(/[^/]*(/image(/.*)?)?)?$')";
}
