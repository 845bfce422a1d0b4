package dev.interlock.kubernetes;

import static dev.interlock.kubernetes.SpecReader.required;

import dev.interlock.api.v1alpha1.FeedbackReleaseSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/// Reads a stored FeedbackRelease.
public final class ReleaseMapping {
    private ReleaseMapping() {}

    /// What a stored release says.
    public sealed interface Read {
        record Said(FeedbackReleaseSpec spec) implements Read {}

        /// @param cause one clause for people
        record Unreadable(String cause) implements Read {}
    }

    public static Read release(GenericKubernetesResource stored) {
        try {
            FeedbackReleaseSpec spec = required(
                    SpecReader.JSON.treeToValue(
                            SpecReader.JSON.valueToTree(
                                    stored.getAdditionalProperties().get("spec")),
                            FeedbackReleaseSpec.class),
                    "spec");
            required(spec.policy(), "spec.policy");
            required(spec.check(), "spec.check");
            required(spec.requester(), "spec.requester");
            required(spec.reason(), "spec.reason");
            return new Read.Said(spec);
        } catch (Exception unreadable) {
            return new Read.Unreadable(SpecReader.cause(unreadable));
        }
    }
}
