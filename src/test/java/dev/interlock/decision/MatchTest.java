package dev.interlock.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Matching, and label selectors with Kubernetes' meaning.
class MatchTest {
    private static final Map<String, String> LABELS = Map.of("interlock.dev/stage", "production", "tier", "gold");

    private static LabelSelector selector(LabelSelector.Requirement... requirements) {
        return new LabelSelector(Map.of(), List.of(requirements));
    }

    static Stream<Arguments> cases() {
        LabelSelector any = LabelSelector.EVERYTHING;
        return Stream.of(
                Arguments.of("its stage", new Match(Set.of("production"), any), LABELS, true),
                Arguments.of("one of its stages", new Match(Set.of("staging", "production"), any), LABELS, true),
                Arguments.of("another stage", new Match(Set.of("staging"), any), LABELS, false),
                Arguments.of("stage differs in case", new Match(Set.of("Production"), any), LABELS, false),
                Arguments.of("no stage", new Match(Set.of("production"), any), Map.of(), false),
                Arguments.of("no stage asked", Match.ALL, Map.of(), true),
                Arguments.of(
                        "label equal",
                        new Match(Set.of(), new LabelSelector(Map.of("tier", "gold"), List.of())),
                        LABELS,
                        true),
                Arguments.of(
                        "label differs",
                        new Match(Set.of(), new LabelSelector(Map.of("tier", "tin"), List.of())),
                        LABELS,
                        false),
                Arguments.of(
                        "stage right, label wrong",
                        new Match(Set.of("production"), new LabelSelector(Map.of("tier", "tin"), List.of())),
                        LABELS,
                        false),
                Arguments.of(
                        "in",
                        new Match(Set.of(), selector(new LabelSelector.In("tier", Set.of("gold", "tin")))),
                        LABELS,
                        true),
                Arguments.of(
                        "in, absent",
                        new Match(Set.of(), selector(new LabelSelector.In("x", Set.of("gold")))),
                        LABELS,
                        false),
                Arguments.of(
                        "not in",
                        new Match(Set.of(), selector(new LabelSelector.NotIn("tier", Set.of("gold")))),
                        LABELS,
                        false),
                Arguments.of(
                        "not in, absent",
                        new Match(Set.of(), selector(new LabelSelector.NotIn("x", Set.of("gold")))),
                        LABELS,
                        true),
                Arguments.of("exists", new Match(Set.of(), selector(new LabelSelector.Exists("tier"))), LABELS, true),
                Arguments.of(
                        "exists, absent", new Match(Set.of(), selector(new LabelSelector.Exists("x"))), LABELS, false),
                Arguments.of(
                        "does not exist",
                        new Match(Set.of(), selector(new LabelSelector.DoesNotExist("tier"))),
                        LABELS,
                        false),
                Arguments.of(
                        "does not exist, absent",
                        new Match(Set.of(), selector(new LabelSelector.DoesNotExist("x"))),
                        LABELS,
                        true),
                Arguments.of(
                        "all requirements",
                        new Match(Set.of(), selector(new LabelSelector.Exists("tier"), new LabelSelector.Exists("x"))),
                        LABELS,
                        false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void matchesNamespacesAsKubernetesWould(String what, Match match, Map<String, String> labels, boolean expected) {
        assertThat(match.matches(labels)).as(what).isEqualTo(expected);
    }
}
