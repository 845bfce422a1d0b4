package dev.interlock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.testing.DebianProgram;
import dev.interlock.testing.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The alerts that are shipped: what they ask for is there, each has a page that says what to do, a case in which it
/// fires and one in which it does not, and Prometheus' own tool runs these.
@Timeout(300)
class AlertsTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path RULES = Path.of("deploy/monitoring/interlock.rules.yaml");
    private static final Path DASHBOARDS = Path.of("deploy/monitoring/dashboards");
    private static final Path CASES = Path.of("src/test/prometheus");
    private static final Pattern OURS = Pattern.compile("(?<![a-z:_])interlock_[a-z_]+");

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        YAML.readTree(RULES.toFile())
                .path("groups")
                .forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }

    private static Map<String, JsonNode> alerts() throws IOException {
        return rules().stream()
                .filter(rule -> rule.has("alert"))
                .collect(Collectors.toMap(rule -> rule.path("alert").asText(), Function.identity()));
    }

    private static List<Path> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.filter(file -> file.toString().endsWith(".test.yaml")).toList();
        }
    }

    @Test
    void everyMetricThatARuleOrADashboardAsksForIsThere() throws IOException {
        Set<String> shown = Arrays.stream(Metric.values())
                .flatMap(metric -> metric.type() == Metric.Type.HISTOGRAM
                        ? Stream.of("_bucket", "_count", "_sum").map(metric.shown()::concat)
                        : Stream.of(metric.shown()))
                .collect(Collectors.toSet());
        Set<String> expressions =
                rules().stream().map(rule -> rule.path("expr").asText()).collect(Collectors.toSet());
        try (Stream<Path> dashboards = Files.list(DASHBOARDS)) {
            for (Path dashboard : dashboards.toList()) {
                expressions.addAll(YAML.readTree(dashboard.toFile()).findValuesAsText("expr"));
            }
        }
        assertThat(expressions)
                .hasSizeGreaterThan(40)
                .allSatisfy(expression -> assertThat(
                                OURS.matcher(expression).results().map(MatchResult::group))
                        .isSubsetOf(shown));
    }

    @Test
    void everyAlertSaysWhatItIsHowBadAndWhereToReadOn() throws IOException {
        assertThat(alerts()).hasSizeGreaterThan(10).allSatisfy((name, alert) -> {
            assertThat(alert.at("/labels/severity").asText()).containsPattern("critical|warning");
            assertThat(alert.at("/annotations/summary").asText()).isNotEmpty().doesNotEndWith(".");
            assertThat(alert.at("/annotations/description").asText()).endsWith(".");
            assertThat(alert.at("/annotations/runbook_url").asText()).isEqualTo("docs/runbooks/%s.md", name);
            assertThat(Path.of("docs/runbooks", name + ".md")).content().startsWith("# " + name + "\n");
        });
    }

    @Test
    void everyAlertHasACaseInWhichItFiresAndOneInWhichItDoesNot() throws IOException {
        Set<String> fires = new HashSet<>();
        Set<String> rests = new HashSet<>();
        for (Path file : cases()) {
            YAML.readTree(file.toFile())
                    .path("tests")
                    .forEach(test -> test.path("alert_rule_test")
                            .forEach(one -> (one.path("exp_alerts").isEmpty() ? rests : fires)
                                    .add(one.path("alertname").asText())));
        }
        assertThat(fires).isEqualTo(alerts().keySet());
        assertThat(rests).isEqualTo(alerts().keySet());
    }

    @Test
    void promtoolFindsTheRulesGoodAndTheCasesHold() throws IOException {
        Path promtool = DebianProgram.of("promtool", "prometheus");
        assertThat(Processes.run(
                                command(promtool, "check", "rules", RULES.toString()),
                                "",
                                Duration.ofMinutes(1),
                                _ -> {})
                        .ok()
                        .out())
                .contains("SUCCESS");
        List<String> test = new ArrayList<>(List.of("test", "rules"));
        cases().forEach(file -> test.add(file.toString()));
        Processes.run(command(promtool, test.toArray(String[]::new)), "", Duration.ofMinutes(4), _ -> {})
                .ok();
    }

    private static ProcessBuilder command(Path promtool, String... arguments) {
        List<String> command = new ArrayList<>(List.of(promtool.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
