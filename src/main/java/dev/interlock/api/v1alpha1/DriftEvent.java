package dev.interlock.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// A live object that is not as approved: since when, in what, through whom. Made by the operator; nobody else writes
/// it.
@Group("interlock.dev")
@Version("v1alpha1")
@ShortNames("drift")
@Categories("interlock")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "Class", jsonPath = ".spec.drift")
@AdditionalPrinterColumn(name = "Kind", jsonPath = ".spec.subject.kind")
@AdditionalPrinterColumn(name = "Object", jsonPath = ".spec.subject.name")
@AdditionalPrinterColumn(name = "Stage", jsonPath = ".spec.stage")
@AdditionalPrinterColumn(name = "Paths", jsonPath = ".spec.paths")
@AdditionalPrinterColumn(name = "Manager", jsonPath = ".spec.manager")
@AdditionalPrinterColumn(name = "By", jsonPath = ".spec.requester")
@AdditionalPrinterColumn(name = "How", jsonPath = ".status.how", priority = 1)
@AdditionalPrinterColumn(name = "Service", jsonPath = ".spec.service", priority = 1)
@AdditionalPrinterColumn(name = "Cause", jsonPath = ".spec.cause", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalSelectableField(jsonPath = ".spec.drift")
@AdditionalSelectableField(jsonPath = ".spec.stage")
@AdditionalSelectableField(jsonPath = ".spec.service")
@AdditionalSelectableField(jsonPath = ".status.state")
@AdditionalSelectableField(jsonPath = ".spec.subject.kind")
@AdditionalSelectableField(jsonPath = ".spec.subject.name")
@JsonIgnoreProperties(ignoreUnknown = true)
public class DriftEvent extends CustomResource<DriftEventSpec, DriftEventStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public DriftEventSpec getSpec() {
        return super.getSpec();
    }
}
