package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// Which promotions are guarded, and by which checks. Cluster-scoped: written by a platform team.
@Group("interlock.dev")
@Version("v1alpha1")
@ShortNames("pp")
@Categories("interlock")
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.mode")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.ready")
@AdditionalPrinterColumn(
        name = "Matched",
        jsonPath = ".status.matchedObjects",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Denied-24h",
        jsonPath = ".status.deniedLastDay",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Would-Deny",
        jsonPath = ".status.wouldDeny",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Drift", jsonPath = ".status.openDrift", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Stages", jsonPath = ".status.stages", priority = 1)
@AdditionalPrinterColumn(
        name = "Namespaces",
        jsonPath = ".status.namespaces",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(name = "Tightened", jsonPath = ".status.tightened", priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
        value = "size(self.metadata.name) <= 63",
        message = "a policy's name is shown in denials and records: at most 63 characters")
@JsonIgnoreProperties(ignoreUnknown = true)
public class PromotionPolicy extends CustomResource<PromotionPolicySpec, PromotionPolicyStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public PromotionPolicySpec getSpec() {
        return super.getSpec();
    }
}
