package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.MappedCache;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Manifests;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What is kept of policies in memory.
class CachesIT {
    private static final String POLICY = "caches";

    private static GenericKubernetesResource stored(KubernetesClient client) {
        return client.genericKubernetesResources(MappedCache.kind("PromotionPolicy", "promotionpolicies", false))
                .withName(POLICY)
                .get();
    }

    @Test
    void expressionsAreCompiledOnceForEachVersionOfAPolicy() {
        Interlock.shared();
        String policy =
                Manifests.checking(POLICY, POLICY, "Audit", "{id: named, expression: object.metadata.name != 'x'}");
        ControlPlane.shared().kubectl().apply(policy).ok();
        try (KubernetesClient client = ControlPlane.shared().client();
                Caches caches = new Caches(client, "interlock-system")) {
            await("the policy in memory, as it is stored")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> {
                        assertThat(caches.synced()).isTrue();
                        GenericKubernetesResource now = stored(client);
                        assertThat(caches.view(now)).isSameAs(caches.view(now));
                    });

            GenericKubernetesResource other = stored(client);
            other.getMetadata().setResourceVersion("0");
            other.getMetadata().setGeneration(7L);
            assertThat(caches.view(other).policy().ref().generation())
                    .as("of another version than is known")
                    .isEqualTo(7);
        } finally {
            ControlPlane.shared().kubectl().run("delete", "pp", POLICY).ok();
        }
    }
}
