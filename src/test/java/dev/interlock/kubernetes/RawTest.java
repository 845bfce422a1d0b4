package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.api.v1alpha1.DeliveryPathStatus;
import dev.interlock.api.v1alpha1.FeedbackReleaseStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Objects as they are stored, whatever that is (catalogue 23).
class RawTest {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private static Raw.Release release(String status) {
        return SERIALIZATION.unmarshal("""
                {"apiVersion": "interlock.dev/v1alpha1", "kind": "FeedbackRelease", "metadata": {"name": "r"},
                 "spec": {"policy": 92233720368547758080, "check": [1e30]}, "status": %s}
                """.formatted(status), Raw.Release.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "\"odd\"",
                "[]",
                "{\"ended\": 92233720368547758080}",
                "{\"ended\": \"many\"}",
                "{\"observedAt\": {\"never\": 1e300}}"
            })
    void case23_statusThatCannotBeReadIsNone(String status) {
        assertThat(release(status).status(FeedbackReleaseStatus.class)).isEmpty();
        assertThat(ReleaseMapping.release(release(status))).isInstanceOf(ReleaseMapping.Read.Unreadable.class);
    }

    @Test
    void statusThatWasWrittenIsReadAgain() {
        FeedbackReleaseStatus status = new FeedbackReleaseStatus("2026-11-25T10:00:00Z", 2, null);
        Raw.Release patch = release("null").patch(status);
        assertThat(patch.status(FeedbackReleaseStatus.class)).contains(status);
        assertThat(patch.getMetadata())
                .isEqualTo(new ObjectMetaBuilder().withName("r").build());
        assertThat(patch.getAdditionalProperties())
                .as("what server-side apply would own")
                .containsOnlyKeys("status");
        assertThat(patch.getKind()).isEqualTo("FeedbackRelease");
    }

    @Test
    void objectWithoutAStatusHasNone() {
        Raw.Path path = new Raw.Path();
        assertThat(path.status(DeliveryPathStatus.class)).isEmpty();
        path.setAdditionalProperties(Map.of("status", List.of()));
        assertThat(path.status(DeliveryPathStatus.class)).isEmpty();
    }
}
