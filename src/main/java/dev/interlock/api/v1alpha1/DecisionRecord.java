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

/// One distinct decision: who, what content, which checks, why. Made from the ledger by the operator; nobody else
/// writes it.
@Group("interlock.dev")
@Version("v1alpha1")
@ShortNames("decrec")
@Categories("interlock")
@AdditionalPrinterColumn(name = "Decision", jsonPath = ".spec.decision")
@AdditionalPrinterColumn(name = "Kind", jsonPath = ".spec.subject.kind")
@AdditionalPrinterColumn(name = "Subject", jsonPath = ".spec.subject.name")
@AdditionalPrinterColumn(name = "Stage", jsonPath = ".spec.stage")
@AdditionalPrinterColumn(name = "Policy", jsonPath = ".spec.policy")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".spec.reason")
@AdditionalPrinterColumn(name = "By", jsonPath = ".spec.requester")
@AdditionalPrinterColumn(
        name = "Times",
        jsonPath = ".status.occurrences",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(name = "Applied", jsonPath = ".status.applied", priority = 1)
@AdditionalPrinterColumn(name = "Caller", jsonPath = ".spec.caller", priority = 1)
@AdditionalPrinterColumn(name = "Service", jsonPath = ".spec.service", priority = 1)
@AdditionalPrinterColumn(name = "Trigger", jsonPath = ".spec.trigger", priority = 1)
@AdditionalPrinterColumn(name = "Digest", jsonPath = ".spec.contentDigest", priority = 1)
@AdditionalPrinterColumn(name = "Entry", jsonPath = ".spec.entry", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalSelectableField(jsonPath = ".spec.decision")
@AdditionalSelectableField(jsonPath = ".spec.stage")
@AdditionalSelectableField(jsonPath = ".spec.policy")
@AdditionalSelectableField(jsonPath = ".spec.requester")
@AdditionalSelectableField(jsonPath = ".spec.subject.kind")
@AdditionalSelectableField(jsonPath = ".spec.subject.name")
@JsonIgnoreProperties(ignoreUnknown = true)
public class DecisionRecord extends CustomResource<DecisionRecordSpec, DecisionRecordStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public DecisionRecordSpec getSpec() {
        return super.getSpec();
    }
}
