package dev.interlock.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.admission.Observer.Phase;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Fixture.Says;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table of metrics in docs/observability.md is what [Metric] says, and a scrape shows what [Metric] says.
@SuppressWarnings("deprecation") // the registry that this Quarkus brings
class MetricGoldenTest {
    private static final boolean UPDATE = "update".equals(System.getProperty("interlock.golden"));
    private static final Path PAGE = Path.of("docs/observability.md");
    private static final String BEGIN =
            "<!-- generated from src/main/java/dev/interlock/metrics/Metric.java: run `make generate` after a change there -->\n";
    private static final String END = "<!-- end of what is generated -->\n";
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? .*");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"[^\"]*\"");

    private static String table() {
        StringBuilder table = new StringBuilder("| metric | kind | of | |\n|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            table.append("| `%s%s` | %s | %s | %s |\n"
                    .formatted(
                            metric.shown(),
                            metric.labels().isEmpty() ? "" : "{" + String.join(",", metric.labels()) + "}",
                            word(metric.type()),
                            metric.half() == Metric.Half.BOTH ? "each" : word(metric.half()),
                            metric.help()));
        }
        return table.toString();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void thePageIsWhatTheCodeSays() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (UPDATE) {
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
        }
        assertThat(Files.readString(PAGE)).as("run `make generate`").contains(BEGIN + table() + END);
    }

    @Test
    void aScrapeShowsEveryMetricByItsNameWithItsLabels() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AdmissionMetrics admission = new AdmissionMetrics(registry);
        Policy policy = Fixture.policy(
                "production", OnUndecided.DENY, Fixture.check("some-check", Mode.ENFORCE, Says.FAILED.check()));
        admission.decided(
                Fixture.decide(
                        Fixture.create(Fixture.deployment("nginx")),
                        Fixture.evidence(Optional.of(Fixture.PRODUCTION), List.of(policy))),
                false);
        admission.took(Phase.JOURNAL, Duration.ofMillis(1));
        admission.undecidable("malformed");
        admission.watchEvidence(() -> 0, () -> Duration.ZERO);
        admission.watchPolicies(() -> Duration.ZERO);
        admission.loaded(List.of(policy));
        ProcessMetrics.show(registry, "1.2.3", Map.of("webhook", () -> 1));
        new CertificateMetrics(registry)
                .show("webhook", () -> Optional.of(Instant.EPOCH), () -> Optional.of(Instant.EPOCH));
        OperatorMetrics operator = new OperatorMetrics(registry);
        operator.visible("record", Duration.ZERO);
        Map<Metric, OperatorMetrics.Rows> rows = Arrays.stream(Metric.values())
                .filter(metric -> metric.half() == Metric.Half.OPERATOR
                        && metric.type() != Metric.Type.HISTOGRAM
                        && metric != Metric.LEDGER_ROLLBACKS)
                .collect(Collectors.toMap(
                        metric -> metric,
                        metric ->
                                () -> Map.of(Collections.nCopies(metric.labels().size(), "x"), 1.0)));
        try (Shown _ = operator.watch(rows)) {
            await().untilAsserted(() -> assertThat(shown(registry))
                    .isEqualTo(Arrays.stream(Metric.values())
                            .collect(Collectors.toMap(Metric::shown, metric -> Set.copyOf(metric.labels())))));
        }
    }

    private static Map<String, Set<String>> shown(PrometheusMeterRegistry registry) {
        Set<String> histograms = Arrays.stream(Metric.values())
                .filter(metric -> metric.type() == Metric.Type.HISTOGRAM)
                .map(Metric::shown)
                .collect(Collectors.toSet());
        return registry.scrape()
                .lines()
                .filter(Predicate.not(line -> line.startsWith("#")))
                .map(SAMPLE::matcher)
                .filter(sample -> sample.matches() && !sample.group(1).endsWith("_max"))
                .collect(Collectors.toMap(
                        sample -> histograms.stream()
                                .filter(sample.group(1)::startsWith)
                                .findFirst()
                                .orElse(sample.group(1)),
                        sample -> LABEL.matcher(
                                        Optional.ofNullable(sample.group(2)).orElse(""))
                                .results()
                                .map(label -> label.group(1))
                                .filter(Predicate.not("le"::equals))
                                .collect(Collectors.toSet()),
                        (one, other) -> {
                            assertThat(other).isEqualTo(one);
                            return one;
                        }));
    }
}
