package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Optional;

/// One of our kinds as it is stored, for reconcilers: not read into its own type, because one object that
/// cannot be read, stored under another CRD, would end the watch of all of them.
public abstract sealed class Raw extends GenericKubernetesResource {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Raw(String kind) {
        setApiVersion("interlock.dev/v1alpha1");
        setKind(kind);
    }

    /// The status, where there is one that can be read.
    public <T> Optional<T> status(Class<T> type) {
        try {
            JsonNode status = JSON.valueToTree(getAdditionalProperties().get("status"));
            return Optional.ofNullable(SpecReader.JSON.treeToValue(status, type));
        } catch (Exception _) {
            return Optional.empty();
        }
    }

    /// Makes this the patch that sets the status of another one: server-side apply owns every field that it
    /// sends, so it is identity and status only.
    void patching(Raw stored, Record status) {
        setMetadata(
                new ObjectMetaBuilder().withName(stored.getMetadata().getName()).build());
        setAdditionalProperty("status", JSON.convertValue(status, Object.class));
    }

    @Group("interlock.dev")
    @Version("v1alpha1")
    @Kind("PromotionPolicy")
    @Plural("promotionpolicies")
    public static final class Policy extends Raw {
        private static final long serialVersionUID = 1L;

        public Policy() {
            super("PromotionPolicy");
        }

        /// The patch that gives it that status.
        public Policy patch(Record status) {
            Policy patch = new Policy();
            patch.patching(this, status);
            return patch;
        }
    }

    @Group("interlock.dev")
    @Version("v1alpha1")
    @Kind("DeliveryPath")
    @Plural("deliverypaths")
    public static final class Path extends Raw {
        private static final long serialVersionUID = 1L;

        public Path() {
            super("DeliveryPath");
        }

        /// The patch that gives it that status.
        public Path patch(Record status) {
            Path patch = new Path();
            patch.patching(this, status);
            return patch;
        }
    }

    @Group("interlock.dev")
    @Version("v1alpha1")
    @Kind("FeedbackRelease")
    @Plural("feedbackreleases")
    public static final class Release extends Raw {
        private static final long serialVersionUID = 1L;

        public Release() {
            super("FeedbackRelease");
        }

        /// The patch that gives it that status.
        public Release patch(Record status) {
            Release patch = new Release();
            patch.patching(this, status);
            return patch;
        }
    }
}
