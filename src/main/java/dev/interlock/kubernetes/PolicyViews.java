package dev.interlock.kubernetes;

import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.MappedCache.Read;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads policies anew where what they say is new. Their status is written every minute, and tells deciders only what
/// feedback has made of them: for that no expression is compiled again.
final class PolicyViews {
    private PolicyViews() {}

    static PolicyView read(GenericKubernetesResource stored, Optional<Read<PolicyView>> before) {
        return before.filter(read -> same(read.stored(), stored) && read.value().policy() instanceof Policy.Loaded)
                .map(read -> Objects.equals(effective(read.stored()), effective(stored))
                        ? read.value()
                        : read.value().with(TighteningMapping.read(part(stored, "status"))))
                .orElseGet(() -> PolicyMapping.view(stored));
    }

    private static boolean same(GenericKubernetesResource one, GenericKubernetesResource other) {
        return Objects.equals(
                        one.getMetadata().getGeneration(), other.getMetadata().getGeneration())
                && Objects.equals(part(one, "spec"), part(other, "spec"));
    }

    private static @Nullable Object effective(GenericKubernetesResource stored) {
        return part(stored, "status") instanceof Map<?, ?> status ? status.get("effective") : null;
    }

    private static @Nullable Object part(GenericKubernetesResource stored, String name) {
        return stored.getAdditionalProperties().get(name);
    }
}
