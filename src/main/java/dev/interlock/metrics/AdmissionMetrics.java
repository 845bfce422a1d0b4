package dev.interlock.metrics;

import dev.interlock.admission.Observer;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Mode;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.workload.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The metrics of the webhook half: what an admission does, as [Metric] says.
public final class AdmissionMetrics implements Observer {
    private static final int MOST_COMBINATIONS = 2_000;
    private static final String NONE = "none";
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
    private final CappedCounter decisions;
    private final CappedCounter violations;
    private final Counter missing;
    private final MultiGauge generations;
    private final MeterRegistry registry;
    private volatile Map<String, String> modes = Map.of();

    public AdmissionMetrics(MeterRegistry registry) {
        this.registry = registry;
        decisions = new CappedCounter(registry, Metric.DECISIONS, MOST_COMBINATIONS);
        violations = new CappedCounter(registry, Metric.VIOLATIONS, MOST_COMBINATIONS);
        for (Phase phase : Phase.values()) {
            durations.put(
                    phase,
                    Meters.histogram(
                                    Metric.DECISION_DURATION,
                                    BUCKETS,
                                    Tags.of("phase", phase.name().toLowerCase(Locale.ROOT)))
                            .register(registry));
        }
        missing = Counter.builder(Metric.EVIDENCE_MISSING.meter())
                .description(Metric.EVIDENCE_MISSING.help())
                .register(registry);
        generations = Meters.rows(Metric.POLICY_LOADED_GENERATION, registry);
    }

    /// @param pending how many entries are on their way into the ledger
    /// @param oldest  how long the oldest of them has been
    public void watchEvidence(Supplier<Number> pending, Supplier<Duration> oldest) {
        Meters.gauge(Metric.EVIDENCE_PENDING, pending, Tags.empty()).register(registry);
        Meters.gauge(Metric.EVIDENCE_OLDEST_PENDING, () -> Meters.seconds(oldest.get()), Tags.empty())
                .register(registry);
    }

    /// @param age how long ago what is decided by was last proven
    public void watchPolicies(Supplier<Duration> age) {
        Meters.gauge(Metric.POLICIES_PROVEN, () -> Meters.seconds(age.get()), Tags.empty())
                .register(registry);
    }

    /// What this process decides by from now on.
    public void loaded(List<Policy> policies) {
        modes = policies.stream()
                .collect(Collectors.toMap(policy -> policy.ref().name(), AdmissionMetrics::mode, (one, _) -> one));
        generations.register(
                policies.stream()
                        .map(Policy::ref)
                        .map(ref -> MultiGauge.Row.of(Tags.of("policy", ref.name()), ref.generation()))
                        .toList(),
                true);
    }

    private static String mode(Policy policy) {
        return switch (policy) {
            case Policy.Loaded loaded ->
                loaded.checks().stream()
                        .map(ConfiguredCheck::mode)
                        .min(Comparator.naturalOrder())
                        .map(Mode::word)
                        .orElse(NONE);
            // What it guards is undecided (law 16).
            case Policy.Unreadable _ -> Mode.ENFORCE.word();
        };
    }

    @Override
    public void decided(Decision decision, boolean dryRun) {
        if (dryRun) {
            return;
        }
        String stage = decision.basis().stage().map(Stage::name).orElse(NONE);
        List<PolicyRef> policies = decision.basis().policies();
        if (policies.isEmpty()) {
            decisions.increment(List.of(NONE, stage), decision.outcome(), NONE);
        }
        policies.forEach(policy -> decisions.increment(
                List.of(policy.name(), stage), decision.outcome(), modes.getOrDefault(policy.name(), NONE)));
        decision.basis()
                .reasons()
                .forEach(reason -> violations.increment(
                        List.of(
                                reason.policy().isEmpty() ? NONE : reason.policy(),
                                reason.check().isEmpty() ? NONE : reason.check(),
                                stage),
                        reason.effect().word()));
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
        Counter.builder(Metric.UNDECIDABLE.meter())
                .description(Metric.UNDECIDABLE.help())
                .tag("cause", what)
                .register(registry)
                .increment();
    }

    @Override
    public void evidenceMissing() {
        missing.increment();
    }
}
