package dev.interlock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The PrometheusRule in `deploy/monitoring` has the rules of the rule file beside it.
class RuleGoldenTest {
    private static final boolean UPDATE = "update".equals(System.getProperty("interlock.golden"));
    private static final Path RULES = Path.of("deploy/monitoring/interlock.rules.yaml");
    private static final Path OBJECT = Path.of("deploy/monitoring/prometheusrule.yaml");

    @Test
    void thePrometheusRuleIsTheRuleFile() throws IOException {
        String rules = Files.readString(RULES);
        String object = """
                # Generated from interlock.rules.yaml: run `make generate` after a change there.
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata:
                  name: interlock
                spec:
                """ + rules.substring(rules.indexOf("groups:")).indent(2);
        if (UPDATE) {
            Files.writeString(OBJECT, object);
        }
        assertThat(OBJECT).as("run `make generate`").content().isEqualTo(object);
    }
}
