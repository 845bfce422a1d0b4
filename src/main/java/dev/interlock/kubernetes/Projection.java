package dev.interlock.kubernetes;

import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Set;

/// How rows of some kinds become objects. Projecting a row twice changes nothing.
public sealed interface Projection
        permits AppliedProjection, DecisionProjection, DecisionEvents, DriftProjection, FeedbackEvents {
    /// The kinds of rows that it is about.
    Set<String> kinds();

    /// Tells its place in a ledger from that of another projection.
    String suffix();

    /// @return whether the row became something that can be seen; false for one that there is nothing to show of
    boolean project(LedgerReader reader, Stored row);

    /// Whether rows from before there was such a projection are shown too.
    default boolean fromTheBeginning() {
        return true;
    }

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
