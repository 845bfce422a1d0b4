package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Policy;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Expressions are compiled when a policy changes, and not when its status does.
class PolicyViewsTest {
    private static final String NOTHING = "{deniedLastDay: 1}";
    private static final String TIGHTENED = """
            {effective: [{check: one, scope: Policy, mode: Enforce, cause: 3 drifts in 1h, because: [drift-a],
              since: "2026-11-25T10:00:00Z", until: "2026-11-25T11:00:00Z"}]}""";

    private static GenericKubernetesResource stored(long generation, String expression, String status) {
        return Serialization.unmarshal("""
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: p, uid: uid-1, generation: %d}
                spec:
                  owner: {team: platform, contact: "#platform"}
                  match: {stages: [production]}
                  mode: Warn
                  onUndecided: Deny
                  checks: [{id: one, expression: "%s"}]
                status: %s
                """.formatted(generation, expression, status), GenericKubernetesResource.class);
    }

    private static PolicyView after(GenericKubernetesResource before, GenericKubernetesResource now) {
        return PolicyViews.read(now, Optional.of(new MappedCache.Read<>(before, PolicyMapping.view(before))));
    }

    private static Policy.Loaded loaded(PolicyView view) {
        return (Policy.Loaded) view.policy();
    }

    @Test
    void aStatusThatTellsDecidersNothingChangesNothing() {
        GenericKubernetesResource before = stored(1, "true", NOTHING);
        PolicyView known = PolicyMapping.view(before);
        assertThat(PolicyViews.read(
                        stored(1, "true", "{deniedLastDay: 2}"), Optional.of(new MappedCache.Read<>(before, known))))
                .isSameAs(known);
    }

    @Test
    void whatFeedbackMakesOfAPolicyIsReadAndNothingIsCompiledAgain() {
        GenericKubernetesResource before = stored(1, "true", NOTHING);
        PolicyView known = PolicyMapping.view(before);
        PolicyView tightened =
                PolicyViews.read(stored(1, "true", TIGHTENED), Optional.of(new MappedCache.Read<>(before, known)));
        assertThat(tightened).isEqualTo(PolicyMapping.view(stored(1, "true", TIGHTENED)));
        assertThat(loaded(tightened).tightenings()).hasSize(1);
        assertThat(loaded(tightened).checks().getFirst())
                .isSameAs(loaded(known).checks().getFirst());
        assertThat(loaded(after(stored(1, "true", TIGHTENED), stored(1, "true", NOTHING)))
                        .tightenings())
                .isEmpty();
    }

    @Test
    void anotherSpecIsReadAnew() {
        PolicyView changed = after(stored(1, "true", NOTHING), stored(2, "false", NOTHING));
        assertThat(changed).isEqualTo(PolicyMapping.view(stored(2, "false", NOTHING)));
        assertThat(after(stored(1, "(", NOTHING), stored(1, "true", NOTHING)).policy())
                .isInstanceOf(Policy.Loaded.class);
    }
}
