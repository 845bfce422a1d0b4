package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.CheckId;
import dev.interlock.decision.Policy;
import dev.interlock.drift.Pointer;
import dev.interlock.feedback.Rule;
import dev.interlock.feedback.Scope;
import dev.interlock.feedback.Tighten;
import dev.interlock.feedback.Trigger;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a stored policy says about drift and feedback; what makes no sense is left out and named, and nothing else is.
class RuleMappingTest {
    private static final String POLICY = """
            apiVersion: interlock.dev/v1alpha1
            kind: PromotionPolicy
            metadata: {name: production, uid: uid-1, generation: 7}
            spec:
              owner: {team: platform}
              match: {stages: [production]}
              mode: Warn
              onUndecided: Deny
              checks:
              - {id: images-pinned, images: {digest: Required}}
              - {id: shadow, mode: Audit, images: {digest: Required}}
              - {id: stable, stability: {maxOpenDrift: 2}}
              drift: {ignore: [/spec/paused, /spec/template/metadata/annotations/example.com~1injected]}
              feedback:
              - when: {drift: {count: 3, within: 7d}}
                tighten: {check: images-pinned, mode: Enforce}
                hold: 14d
              - when: {violations: {check: images-pinned, count: 5, within: 90m}}
                tighten: {check: stable, set: {maxOpenDrift: 0}}
                scope: Policy
                hold: 30s
            """;

    private static PolicyView view(String policy) {
        return PolicyMapping.view(Serialization.unmarshal(policy, GenericKubernetesResource.class));
    }

    @Test
    void ignoredPathsAndRulesAreReadFieldByField() {
        PolicyView view = view(POLICY);
        assertThat(view.problem()).isEmpty();
        assertThat(view.policy()).isInstanceOf(Policy.Loaded.class);
        assertThat(view.ignored())
                .containsExactly(
                        Pointer.of("/spec/paused"),
                        Pointer.of("/spec/template/metadata/annotations/example.com~1injected"));
        assertThat(view.rules())
                .containsExactly(
                        new Rule(
                                new Trigger.Drift(3, Duration.ofDays(7)),
                                new Tighten.RaiseToEnforce(new CheckId("images-pinned")),
                                Scope.SERVICE,
                                Duration.ofDays(14)),
                        new Rule(
                                new Trigger.Violations(new CheckId("images-pinned"), 5, Duration.ofMinutes(90)),
                                new Tighten.SetThresholds(new CheckId("stable"), Map.of("maxOpenDrift", 0L)),
                                Scope.POLICY,
                                Duration.ofSeconds(30)));
    }

    @Test
    void aPolicyThatSaysNothingAboutThemHasNone() {
        PolicyView view = view(POLICY.substring(0, POLICY.indexOf("  drift:")));
        assertThat(view.ignored()).isEmpty();
        assertThat(view.rules()).isEmpty();
        assertThat(view.problem()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/spec/paused | spec/paused | 1 | 2 | spec.drift.ignore[0]: not a JSON pointer: `spec/paused` must begin",
                "/spec/paused | /spec/template/spec | 1 | 2 | would hide the images that run; name a path beside them",
                "/spec/paused | /spec/template/spec/containers/0/image | 1 | 2 | would hide the images that run",
                "/spec/paused | '\"\"' | 1 | 2 | would hide the images that run",
                "{check: images-pinned, mode: Enforce} | {check: no-such, mode: Enforce} | 2 | 1"
                        + " | spec.feedback[0]: the policy has no check `no-such`",
                "{check: images-pinned, mode: Enforce} | {check: shadow, mode: Enforce} | 2 | 1"
                        + " | check `shadow` is in mode Audit, which feedback never leaves",
                "{violations: {check: images-pinned | {violations: {check: no-such | 2 | 1"
                        + " | spec.feedback[1]: the policy has no check `no-such`",
                "set: {maxOpenDrift: 0} | set: {} | 2 | 1 | spec.feedback[1]: at least one threshold must be set",
                "set: {maxOpenDrift: 0} | set: {maxOpenDrift: -1} | 2 | 1 | must not be negative",
                "hold: 14d | held: 14d | 2 | 1 | spec.feedback[0]: `hold` is missing",
                "hold: 14d | hold: 2w | 2 | 1 | `hold` must be a duration such as 90s, 10m, 12h or 14d",
                "within: 7d | within: forever | 2 | 1 | `when.drift.within` must be a duration",
                "count: 3 | count: 0 | 2 | 1 | spec.feedback[0]: count must be at least 1: 0",
                "when: {drift: {count: 3, within: 7d}} | when: {} | 2 | 1 | `when` needs drift or violations",
                "when: {drift: {count: 3, within: 7d}} | when: 7 | 2 | 1 | spec.feedback[0]:",
            })
    void whatMakesNoSenseIsLeftOutAndNamedAndNothingElseIs(
            String text, String instead, int ignored, int rules, String problem) {
        assertThat(POLICY).contains(text);
        PolicyView view = view(POLICY.replace(text, instead));
        assertThat(view.policy())
                .as("its checks hold as they are")
                .isEqualTo(view(POLICY).policy());
        assertThat(view.ignored()).hasSize(ignored);
        assertThat(view.rules()).hasSize(rules);
        assertThat(view.problem()).get().asString().contains(problem).hasSizeLessThan(500);
    }

    @Test
    void allProblemsAreNamed() {
        assertThat(view(POLICY.replace("/spec/paused", "spec")
                                .replace("14d", "2w")
                                .replace("30s", "0s"))
                        .problem())
                .get()
                .asString()
                .contains("spec.drift.ignore[0]: ", "; spec.feedback[0]: ", "; spec.feedback[1]: ");
    }

    @Test
    void rulesOfAPolicyThatCannotBeReadAreLeftOut() {
        PolicyView view = view(POLICY.replace("mode: Warn", "mode: Block"));
        assertThat(view.policy()).isInstanceOf(Policy.Unreadable.class);
        assertThat(view.rules()).isEmpty();
        assertThat(view.problem()).get().asString().contains("the policy cannot be read");
        assertThat(view.ignored()).hasSize(2);
    }
}
