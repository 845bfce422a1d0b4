package dev.interlock.kubernetes;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Set;

/// How rows of some kinds become objects. Projecting a row twice changes nothing.
public sealed interface Projection permits AppliedProjection, DecisionProjection, DriftProjection {
    /// The kinds of rows that it is about.
    Set<String> kinds();

    /// Tells its place in a ledger from that of another projection.
    String suffix();

    void project(LedgerReader reader, Stored row);

    static void create(KubernetesClient client, HasMetadata object) {
        try {
            client.resource(object).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }

    static void applyStatus(KubernetesClient client, HasMetadata object) {
        client.resource(object).subresource("status").patch(ServerSideApply.by("interlock-operator"));
    }
}
