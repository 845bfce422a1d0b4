package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// A service: who owns it, which workloads it has, and who promotes it from stage to stage. Cluster-scoped: written by
/// a platform team.
@Group("interlock.dev")
@Version("v1alpha1")
@ShortNames("dpath")
@Categories("interlock")
@AdditionalPrinterColumn(name = "Service", jsonPath = ".spec.service")
@AdditionalPrinterColumn(name = "Owner", jsonPath = ".spec.owner.team")
@AdditionalPrinterColumn(name = "Contact", jsonPath = ".spec.owner.contact")
@AdditionalPrinterColumn(
        name = "Workloads",
        jsonPath = ".status.workloads",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.ready")
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@JsonIgnoreProperties(ignoreUnknown = true)
public class DeliveryPath extends CustomResource<DeliveryPathSpec, DeliveryPathStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public DeliveryPathSpec getSpec() {
        return super.getSpec();
    }
}
