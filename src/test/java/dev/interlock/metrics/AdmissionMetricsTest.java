package dev.interlock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.admission.Observer.Phase;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a scrape shows: names and labels are a contract with whoever has written alerts.
@SuppressWarnings("deprecation") // the registry that this Quarkus brings
class AdmissionMetricsTest {
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"([^\"]*)\"");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AdmissionMetrics metrics = new AdmissionMetrics(registry);

    private List<String> samples() {
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private List<String> samples(String name) {
        return samples().stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .toList();
    }

    /// The value of the one sample of that name with exactly these labels, as `name="value",…`.
    private double value(String name, String labels) {
        Set<String> wanted = labels.isEmpty() ? Set.of() : Set.of(labels.split(",", -1));
        List<String> found = samples(name).stream()
                .filter(line -> LABEL.matcher(line)
                        .results()
                        .map(label -> label.group())
                        .collect(Collectors.toSet())
                        .equals(wanted))
                .toList();
        assertThat(found).as("%s{%s} in%n%s", name, labels, registry.scrape()).hasSize(1);
        return Double.parseDouble(found.getFirst().substring(found.getFirst().lastIndexOf(' ') + 1));
    }

    private static Policy saying(String policy, Mode mode, Says says) {
        return Fixture.policy(policy, OnUndecided.DENY, Fixture.check("some-check", mode, says.check()));
    }

    private static Policy loaded(String name, long generation) {
        return new Policy.Unreadable(new PolicyRef(name, "uid-" + name, generation), Match.ALL, "for its name only");
    }

    private static Decision decision(Map<String, String> labels, Policy... policies) {
        return Fixture.decide(
                Fixture.create(Fixture.deployment("nginx")), Fixture.evidence(Optional.of(labels), List.of(policies)));
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                Arguments.of(saying("production", Mode.ENFORCE, Says.FAILED), "Enforce", "Denied"),
                Arguments.of(saying("production", Mode.ENFORCE, Says.ERRORED), "Enforce", "Undecided"),
                Arguments.of(saying("production", Mode.WARN, Says.FAILED), "Warn", "Warned"),
                Arguments.of(saying("production", Mode.AUDIT, Says.FAILED), "Audit", "Allowed"));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void aDecisionIsCountedByPolicyStageOutcomeAndMode(Policy policy, String mode, String outcome) {
        metrics.loaded(List.of(policy));
        Decision decision = decision(Fixture.PRODUCTION, policy);
        metrics.decided(decision, false);
        metrics.decided(decision, false);
        assertThat(value("interlock_decisions_total", labels(outcome, "production", "production", mode)))
                .isEqualTo(2);
    }

    private static String labels(String outcome, String policy, String stage) {
        return labels(outcome, policy, stage, "none");
    }

    private static String labels(String outcome, String policy, String stage, String mode) {
        return "outcome=\"%s\",policy=\"%s\",stage=\"%s\",mode=\"%s\"".formatted(outcome, policy, stage, mode);
    }

    static Stream<Arguments> effects() {
        return Stream.of(
                Arguments.of(saying("production", Mode.ENFORCE, Says.FAILED), "Denies"),
                Arguments.of(saying("production", Mode.ENFORCE, Says.ERRORED), "LeavesUndecided"),
                Arguments.of(saying("production", Mode.WARN, Says.FAILED), "Warns"),
                Arguments.of(saying("production", Mode.AUDIT, Says.FAILED), "Recorded"));
    }

    @ParameterizedTest
    @MethodSource("effects")
    void aViolationIsCountedByCheckAndByWhatItDid(Policy policy, String effect) {
        metrics.decided(decision(Fixture.PRODUCTION, policy), false);
        assertThat(value(
                        "interlock_violations_total",
                        "policy=\"production\",check=\"some-check\",stage=\"production\",effect=\"%s\""
                                .formatted(effect)))
                .isEqualTo(1);
    }

    @Test
    void whatPassesIsNoViolation() {
        metrics.decided(decision(Fixture.PRODUCTION, saying("production", Mode.ENFORCE, Says.PASSED)), false);
        assertThat(samples("interlock_violations_total")).isEmpty();
    }

    /// 20 for each policy and environment, and 300 beside them: kyverno#4959 and #8401 had millions.
    @Test
    void aBigClusterStaysWithinTheBudgetOfSeries() {
        List<String> environments = List.of("development", "staging", "production");
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String environment = environments.get(random.nextInt(environments.size()));
            metrics.decided(
                    Fixture.decide(
                            Fixture.create(Fixture.deployment("namespace-" + random.nextInt(2_000))),
                            Fixture.evidence(
                                    Optional.of(Map.of("interlock.dev/stage", environment)),
                                    List.of(any("one-", random), any("two-", random)))),
                    false);
        }
        assertThat(samples()).hasSizeBetween(10 * 50 * 3, 20 * 50 * 3 + 300);
    }

    /// One of 25 policies with six checks, each with its own mode and any result.
    private static Policy any(String prefix, Random random) {
        List<Mode> modes = List.of(Mode.values());
        List<Says> said = List.of(Says.values());
        return Fixture.policy(
                prefix + random.nextInt(25),
                OnUndecided.DENY,
                IntStream.range(0, 6)
                        .mapToObj(i -> Fixture.check(
                                "check-" + i,
                                modes.get(i % modes.size()),
                                said.get(random.nextInt(said.size())).check()))
                        .toArray(ConfiguredCheck[]::new));
    }

    @Test
    void aDecisionByTwoPoliciesCountsForEach() {
        metrics.decided(
                decision(
                        Fixture.PRODUCTION,
                        saying("one", Mode.ENFORCE, Says.FAILED),
                        saying("two", Mode.ENFORCE, Says.PASSED)),
                false);
        assertThat(value("interlock_decisions_total", labels("Denied", "one", "production")))
                .isEqualTo(1);
        assertThat(value("interlock_decisions_total", labels("Denied", "two", "production")))
                .isEqualTo(1);
    }

    @Test
    void whereNoPolicyMatchedOrNoStageIsThatIsSaid() {
        metrics.decided(decision(Map.of()), false);
        assertThat(value("interlock_decisions_total", labels("Allowed", "none", "none")))
                .isEqualTo(1);
    }

    @Test
    void dryRunsAreNotCounted() {
        metrics.decided(decision(Fixture.PRODUCTION, saying("production", Mode.ENFORCE, Says.FAILED)), true);
        assertThat(samples("interlock_decisions_total")).isEmpty();
    }

    @Test
    void labelsNeverTellWhoOrWhatItWasAbout() {
        metrics.decided(decision(Fixture.PRODUCTION, saying("production", Mode.ENFORCE, Says.FAILED)), false);
        metrics.took(Phase.EVALUATE, Duration.ofMillis(1));
        metrics.undecidable("malformed");
        metrics.evidenceMissing();
        metrics.loaded(List.of(loaded("production", 1)));
        assertThat(samples())
                .flatExtracting(line -> LABEL.matcher(line)
                        .results()
                        .map(label -> label.group(1))
                        .toList())
                .containsOnly("policy", "check", "stage", "outcome", "mode", "effect", "phase", "le", "cause");
        assertThat(samples())
                .allSatisfy(line ->
                        assertThat(line).doesNotContain("shop", "checkout", "jane", "nginx", "uid", "cluster-1"));
    }

    @Test
    void combinationsBeyondTwoThousandShareOneSeries() {
        Policy policy = saying("production", Mode.ENFORCE, Says.FAILED);
        Policy other = saying("other", Mode.ENFORCE, Says.PASSED);
        for (int i = 0; i < 1_500; i++) {
            metrics.decided(decision(Map.of("interlock.dev/stage", "stage-" + i), policy, other), false);
        }
        assertThat(samples("interlock_decisions_total")).hasSize(2_001);
        assertThat(samples("interlock_violations_total")).hasSize(1_500);
        assertThat(value("interlock_decisions_total", labels("Denied", "overflow", "overflow")))
                .isEqualTo(1_000);

        metrics.decided(decision(Map.of("interlock.dev/stage", "stage-0"), policy), false);
        assertThat(value("interlock_decisions_total", labels("Denied", "production", "stage-0")))
                .as("what has its series keeps it")
                .isEqualTo(2);
        assertThat(samples("interlock_decisions_total")).hasSize(2_001);
    }

    @Test
    void thePolicyThatGoesTakesItsGenerationAlong() {
        metrics.loaded(List.of(loaded("one", 3), loaded("two", 1)));
        assertThat(value("interlock_policy_loaded_generation", "policy=\"one\""))
                .isEqualTo(3);
        assertThat(value("interlock_policy_loaded_generation", "policy=\"two\""))
                .isEqualTo(1);
        metrics.loaded(List.of(loaded("one", 4)));
        assertThat(value("interlock_policy_loaded_generation", "policy=\"one\""))
                .isEqualTo(4);
        assertThat(samples("interlock_policy_loaded_generation")).hasSize(1);
        metrics.loaded(List.of());
        assertThat(samples("interlock_policy_loaded_generation")).isEmpty();
    }

    @Test
    void eachStepsDurationHasItsSeriesFromTheStart() {
        assertThat(Arrays.stream(Phase.values()).map(Enum::name))
                .containsExactly("RECEIVE", "GATHER", "EVALUATE", "JOURNAL", "RESPOND");
        for (String phase : List.of("receive", "gather", "evaluate", "journal", "respond")) {
            assertThat(value("interlock_decision_duration_seconds_count", "phase=\"%s\"".formatted(phase)))
                    .isZero();
        }
        metrics.took(Phase.JOURNAL, Duration.ofMillis(3));
        assertThat(value("interlock_decision_duration_seconds_count", "phase=\"journal\""))
                .isEqualTo(1);
        assertThat(value("interlock_decision_duration_seconds_sum", "phase=\"journal\""))
                .isEqualTo(0.003);
        assertThat(value("interlock_decision_duration_seconds_bucket", "phase=\"journal\",le=\"0.001\""))
                .isZero();
        assertThat(value("interlock_decision_duration_seconds_bucket", "phase=\"journal\",le=\"0.005\""))
                .isEqualTo(1);
        assertThat(value("interlock_decision_duration_seconds_count", "phase=\"gather\""))
                .isZero();
    }

    @Test
    void whatIsNoDecisionIsCountedByItsCause() {
        metrics.undecidable("malformed");
        metrics.undecidable("malformed");
        metrics.undecidable("http405");
        assertThat(value("interlock_undecidable_total", "cause=\"malformed\"")).isEqualTo(2);
        assertThat(value("interlock_undecidable_total", "cause=\"http405\"")).isEqualTo(1);
    }

    /// An alert on it must see 0 before it sees 1.
    @Test
    void missingEvidenceIsCountedFromZero() {
        assertThat(value("interlock_evidence_missing_total", "")).isZero();
        metrics.evidenceMissing();
        assertThat(value("interlock_evidence_missing_total", "")).isEqualTo(1);
    }

    /// Gauges that hold what they watch weakly turn into NaN.
    @Test
    void gaugesShowWhatIsNowAlsoAfterAGarbageCollection() {
        long[] waiting = {3};
        metrics.watchEvidence(() -> waiting[0], () -> Duration.ofMillis(waiting[0] * 500));
        metrics.loaded(List.of(loaded("one", 1_000)));
        System.gc();
        assertThat(value("interlock_evidence_pending", "")).isEqualTo(3);
        assertThat(value("interlock_evidence_oldest_pending_seconds", "")).isEqualTo(1.5);
        assertThat(value("interlock_policy_loaded_generation", "policy=\"one\""))
                .isEqualTo(1_000);
        waiting[0] = 0;
        assertThat(value("interlock_evidence_pending", "")).isZero();
    }

    @Test
    void everyMetricIsInterlocks() {
        assertThat(registry.scrape().lines().filter(line -> line.startsWith("# TYPE")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("# TYPE interlock_"));
    }
}
