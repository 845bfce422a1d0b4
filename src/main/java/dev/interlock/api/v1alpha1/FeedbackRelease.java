package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// A person's recorded end of what feedback tightened, before its hold has run out.
@Group("interlock.dev")
@Version("v1alpha1")
@ShortNames("frel")
@Categories("interlock")
@AdditionalPrinterColumn(name = "Policy", jsonPath = ".spec.policy")
@AdditionalPrinterColumn(name = "Check", jsonPath = ".spec.check")
@AdditionalPrinterColumn(name = "Service", jsonPath = ".spec.service")
@AdditionalPrinterColumn(name = "By", jsonPath = ".spec.requester")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".spec.reason")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@JsonIgnoreProperties(ignoreUnknown = true)
public class FeedbackRelease extends CustomResource<FeedbackReleaseSpec, FeedbackReleaseStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public FeedbackReleaseSpec getSpec() {
        return super.getSpec();
    }
}
