package dev.interlock.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.metrics.OperatorMetrics.Rows;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a scrape of the operator's half shows.
@SuppressWarnings("deprecation") // the registry that this Quarkus brings
@Timeout(60)
class OperatorMetricsTest {
    private static final Duration OFTEN = Duration.ofMillis(10);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final OperatorMetrics metrics = new OperatorMetrics(registry);
    private final Map<List<String>, Double> rows = new ConcurrentHashMap<>();

    private List<String> samples() {
        return registry.scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .toList();
    }

    private List<String> shown() {
        return samples().stream()
                .filter(line -> !line.startsWith("interlock_ledger_rollbacks_total"))
                .toList();
    }

    private void awaitSamples(String... expected) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(shown()).containsExactly(expected));
    }

    private Shown watch(Metric metric, Rows source) {
        return metrics.watch(Map.of(metric, source), OFTEN);
    }

    @Test
    void rowsComeChangeAndGo() {
        rows.put(List.of("production", "Drifted"), 2.0);
        try (Shown _ = watch(Metric.DRIFT_OPEN, () -> Map.copyOf(rows))) {
            awaitSamples("interlock_drift_open{class=\"Drifted\",stage=\"production\",} 2.0");
            rows.put(List.of("production", "Drifted"), 1.0);
            rows.put(List.of("staging", "Bypassed"), 3.0);
            awaitSamples(
                    "interlock_drift_open{class=\"Bypassed\",stage=\"staging\",} 3.0",
                    "interlock_drift_open{class=\"Drifted\",stage=\"production\",} 1.0");
            rows.clear();
            awaitSamples();
        }
    }

    @Test
    void aCounterGoesOnFromWhereTheLedgerIsAndIsGoneWithTheTurn() {
        rows.put(List.of("production", "Drifted"), 41.0);
        try (Shown _ = watch(Metric.DRIFT_ONSETS, () -> Map.copyOf(rows))) {
            awaitSamples("interlock_drift_onsets_total{class=\"Drifted\",stage=\"production\",} 41.0");
            rows.put(List.of("production", "Drifted"), 42.0);
            awaitSamples("interlock_drift_onsets_total{class=\"Drifted\",stage=\"production\",} 42.0");
        }
        assertThat(shown()).isEmpty();
        try (Shown _ = watch(Metric.DRIFT_ONSETS, () -> Map.copyOf(rows))) {
            awaitSamples("interlock_drift_onsets_total{class=\"Drifted\",stage=\"production\",} 42.0");
        }
    }

    @Test
    void whatHasNoLabelsIsAsItIsAtTheScrapeAndStaysAfterAGarbageCollection() {
        AtomicLong backlog = new AtomicLong(3);
        try (Shown _ = watch(Metric.RECORDS_BACKLOG, OperatorMetrics.one(backlog::get))) {
            System.gc();
            assertThat(shown()).containsExactly("interlock_records_backlog 3.0");
            backlog.set(0);
            assertThat(shown()).containsExactly("interlock_records_backlog 0.0");
        }
        assertThat(shown()).isEmpty();
    }

    @Test
    void aMetricThatCannotBeToldNowHoldsUpNoOther() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Rows failing = () -> {
            if (broken.get()) {
                throw new IllegalStateException("not now");
            }
            return Map.of(List.of("required"), 1.0);
        };
        rows.put(List.of("production"), 7.0);
        try (Shown _ = metrics.watch(
                Map.of(Metric.NAMESPACES, failing, Metric.GOVERNED_OBJECTS, () -> Map.copyOf(rows)), OFTEN)) {
            awaitSamples("interlock_governed_objects{stage=\"production\",} 7.0");
            broken.set(false);
            awaitSamples(
                    "interlock_governed_objects{stage=\"production\",} 7.0",
                    "interlock_namespaces{gate=\"required\",} 1.0");
        }
    }

    @Test
    void stagesBeyondFiveHundredShareOneSeriesTheSameOnesInEveryMetric() {
        Map<List<String>, Double> many =
                IntStream.range(0, 1_500).boxed().collect(Collectors.toMap(i -> List.of("stage-" + i), _ -> 1.0));
        Map<List<String>, Double> open = IntStream.range(0, 1_500)
                .boxed()
                .collect(Collectors.toMap(i -> List.of("stage-" + i, "Drifted"), _ -> 1.0));
        try (Shown _ =
                metrics.watch(Map.of(Metric.GOVERNED_OBJECTS, () -> many, Metric.DRIFT_OPEN, () -> open), OFTEN)) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(shown())
                            .hasSize(1_002)
                            .contains(
                                    "interlock_governed_objects{stage=\"overflow\",} 1000.0",
                                    "interlock_drift_open{class=\"Drifted\",stage=\"overflow\",} 1000.0"));
            assertThat(stages("interlock_governed_objects")).isEqualTo(stages("interlock_drift_open"));
        }
    }

    private Set<String> stages(String metric) {
        return shown().stream()
                .filter(line -> line.startsWith(metric))
                .map(line -> line.replaceAll(".*stage=\"([^\"]*)\".*", "$1"))
                .collect(Collectors.toSet());
    }

    @Test
    void evidenceThatBecomesVisibleIsTimedByStep() {
        metrics.visible("record", Duration.ofMillis(700));
        metrics.visible("record", Duration.ofSeconds(-3)); // clocks of two machines
        assertThat(samples())
                .contains(
                        "interlock_evidence_latency_seconds_bucket{step=\"record\",le=\"0.5\",} 1.0",
                        "interlock_evidence_latency_seconds_bucket{step=\"record\",le=\"1.0\",} 2.0",
                        "interlock_evidence_latency_seconds_count{step=\"record\",} 2.0");
    }

    @Test
    void ledgersThatWentBackAreCountedFromZeroWhoeverHasTheTurn() {
        assertThat(samples()).containsExactly("interlock_ledger_rollbacks_total 0.0");
        metrics.wentBack();
        assertThat(samples()).containsExactly("interlock_ledger_rollbacks_total 1.0");
    }
}
