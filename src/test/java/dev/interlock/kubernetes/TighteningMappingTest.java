package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.api.v1alpha1.EffectiveSpec;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.Mode;
import dev.interlock.decision.Policy;
import dev.interlock.decision.Tightening;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `status.effective`, both ways. Who forges it can only tighten (law 11).
class TighteningMappingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant SINCE = Instant.parse("2026-11-25T10:00:00.5Z");
    private static final Instant UNTIL = Instant.parse("2026-12-09T10:00:00Z");

    static Stream<Tightening> tightenings() {
        return Stream.of(
                tightening(Optional.of("checkout"), Optional.of(Mode.ENFORCE), Map.of()),
                tightening(Optional.empty(), Optional.of(Mode.ENFORCE), Map.of()),
                tightening(Optional.empty(), Optional.empty(), Map.of("maxOpenDrift", 0L)),
                tightening(Optional.of("checkout"), Optional.empty(), Map.of("maxOpenDrift", 3L, "maxDrift", 1L)));
    }

    private static Tightening tightening(Optional<String> service, Optional<Mode> mode, Map<String, Long> set) {
        return new Tightening(
                new CheckId("stable"),
                service,
                mode,
                set,
                "3 drifts in 1h",
                List.of("drift-a", "drift-b"),
                SINCE,
                UNTIL);
    }

    private static List<Tightening> read(List<EffectiveSpec> effective) {
        return TighteningMapping.read(Map.of("effective", JSON.convertValue(effective, List.class)));
    }

    @ParameterizedTest
    @MethodSource("tightenings")
    void whatIsWrittenReadsBack(Tightening tightening) {
        assertThat(read(List.of(TighteningMapping.spec(tightening)))).containsExactly(tightening);
    }

    @Test
    void causesAreCutAtTheCrdsBound() {
        Tightening many = new Tightening(
                new CheckId("stable"),
                Optional.empty(),
                Optional.of(Mode.ENFORCE),
                Map.of(),
                "99 drifts in 1h",
                IntStream.range(0, 99).mapToObj(i -> "drift-" + i).toList(),
                SINCE,
                UNTIL);
        assertThat(TighteningMapping.spec(many).because()).hasSize(10).startsWith("drift-0");
    }

    private static final String GOOD =
            "{check: stable, scope: Service, service: checkout, mode: Enforce, cause: c, since: '2026-11-25T10:00:00Z',"
                    + " until: '2026-12-09T10:00:00Z'}";

    private static List<Tightening> stored(String effective) {
        GenericKubernetesResource policy =
                Serialization.unmarshal("""
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: production, uid: uid-1, generation: 7}
                spec:
                  owner: {team: platform}
                  match: {stages: [production]}
                  mode: Warn
                  onUndecided: Deny
                  checks:
                  - {id: stable, stability: {maxOpenDrift: 2}}
                status: {effective: %s}
                """.formatted(effective), GenericKubernetesResource.class);
        assertThat(PolicyMapping.policy(policy)).isInstanceOf(Policy.Loaded.class);
        return ((Policy.Loaded) PolicyMapping.policy(policy)).tightenings();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "null",
                "{}",
                "[]",
                "{check: stable}",
                "{check: 'No Check', scope: Policy, cause: c, since: '2026-11-25T10:00:00Z', until: '2026-12-09T10:00:00Z'}",
                "{check: stable, scope: Policy, mode: Block, cause: c, since: '2026-11-25T10:00:00Z', until: '2026-12-09T10:00:00Z'}",
                "{check: stable, scope: Service, mode: Enforce, cause: c, since: '2026-11-25T10:00:00Z', until: '2026-12-09T10:00:00Z'}",
                "{check: stable, scope: Policy, mode: Enforce, cause: c, since: '2026-11-25T10:00:00Z', until: never}",
                "{check: stable, scope: Policy, mode: Enforce, cause: c, since: '2026-11-25T10:00:00Z'}",
                "{check: stable, scope: Policy, set: {maxOpenDrift: few}, cause: c, since: '2026-11-25T10:00:00Z', until: '2026-12-09T10:00:00Z'}",
            })
    void garbageIsIgnoredAndWhatStandsBesideItHolds(String item) {
        assertThat(stored("[" + item + ", " + GOOD + "]"))
                .singleElement()
                .satisfies(read -> assertThat(read.service()).contains("checkout"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "null", "{}", "text", "[]"})
    void statusThatIsNoListTightensNothing(String effective) {
        assertThat(stored(effective)).isEmpty();
    }

    @Test
    void modeOfAForgedStatusCanOnlyRaise() {
        assertThat(stored("[" + GOOD.replace("Enforce", "Audit") + "]"))
                .allSatisfy(read -> assertThat(read.mode()).isNotEqualTo(Optional.of(Mode.AUDIT)));
    }
}
