package dev.interlock.metrics;

import dev.interlock.admission.Observer;
import dev.interlock.decision.Decision;
import dev.interlock.decision.PolicyRef;
import dev.interlock.workload.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The metrics of the webhook half.
///
/// - `interlock_decisions_total{policy,stage,outcome}`: decisions by each policy that matched (`none` where none did),
/// dry runs left out;
///   beyond 2,000 combinations policy and stage become `overflow`
/// - `interlock_decision_duration_seconds{phase}`: receive, gather, evaluate, journal, respond
/// - `interlock_undecidable_total{cause}`: reviews without a decision, and requests that are none
/// - `interlock_evidence_missing_total`: answers that admitted although their evidence is not durable
/// - `interlock_evidence_pending`, `interlock_evidence_oldest_pending_seconds`: decisions on their way into the ledger
/// - `interlock_policy_loaded_generation{policy}`: what this process decides by
/// - `interlock_build_info{version}`: always 1
public final class AdmissionMetrics implements Observer {
    private static final int MOST_COMBINATIONS = 2_000;
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(3)
    };

    private final Map<Phase, Timer> durations = new EnumMap<>(Phase.class);
    private final Set<String> combinations = ConcurrentHashMap.newKeySet();
    private final Counter missing;
    private final MultiGauge generations;
    private final MeterRegistry registry;

    public AdmissionMetrics(MeterRegistry registry, String version) {
        this.registry = registry;
        for (Phase phase : Phase.values()) {
            durations.put(
                    phase,
                    Timer.builder("interlock.decision.duration")
                            .description("How long each step of an admission takes.")
                            .tag("phase", phase.name().toLowerCase(Locale.ROOT))
                            .serviceLevelObjectives(BUCKETS)
                            .register(registry));
        }
        missing = Counter.builder("interlock.evidence.missing")
                .description("Answers that admitted although their evidence is not durable.")
                .register(registry);
        generations = MultiGauge.builder("interlock.policy.loaded.generation")
                .description("The generation of each policy that this process decides by.")
                .register(registry);
        Gauge.builder("interlock.build.info", () -> 1)
                .description("Always 1; the label says which version runs.")
                .tag("version", version)
                .register(registry);
    }

    /// @param pending how many entries are on their way into the ledger
    /// @param oldest  how long the oldest of them has been
    public void watchEvidence(Supplier<Number> pending, Supplier<Duration> oldest) {
        Gauge.builder("interlock.evidence.pending", pending)
                .description("Decisions on their way into the ledger.")
                .register(registry);
        Gauge.builder("interlock.evidence.oldest.pending", () -> oldest.get().toMillis() / 1000.0)
                .description("How long the oldest of them has been on its way.")
                .baseUnit("seconds")
                .register(registry);
    }

    public void loaded(List<PolicyRef> policies) {
        generations.register(
                policies.stream()
                        .map(policy -> MultiGauge.Row.of(Tags.of("policy", policy.name()), policy.generation()))
                        .toList(),
                true);
    }

    @Override
    public void decided(Decision decision, boolean dryRun) {
        if (dryRun) {
            return;
        }
        String stage = decision.basis().stage().map(Stage::name).orElse("none");
        List<PolicyRef> policies = decision.basis().policies();
        if (policies.isEmpty()) {
            count("none", stage, decision.outcome());
        } else {
            policies.forEach(policy -> count(policy.name(), stage, decision.outcome()));
        }
    }

    private void count(String policy, String stage, String outcome) {
        String combination = policy + '\n' + stage;
        boolean known = combinations.size() < MOST_COMBINATIONS || combinations.contains(combination);
        if (known) {
            combinations.add(combination);
        }
        registry.counter(
                        "interlock.decisions",
                        Tags.of(
                                "policy",
                                known ? policy : "overflow",
                                "stage",
                                known ? stage : "overflow",
                                "outcome",
                                outcome))
                .increment();
    }

    @Override
    public void took(Phase phase, Duration duration) {
        Timer timer = durations.get(phase);
        if (timer != null) {
            timer.record(duration);
        }
    }

    @Override
    public void undecidable(String what) {
        registry.counter("interlock.undecidable", "cause", what).increment();
    }

    @Override
    public void evidenceMissing() {
        missing.increment();
    }
}
