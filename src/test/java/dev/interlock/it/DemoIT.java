package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The demo shows what the README promises, and ends.
class DemoIT {
    @Test
    void demoShowsADenialTheMendedWorkloadAndBothRecords() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("src/test/controlplane/demo", "--exit").redirectErrorStream(true);
        builder.environment()
                .put("JAVA_HOME", Path.of(System.getProperty("java.home")).toString());
        Process demo = builder.start();
        String out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(out).isZero();
        assertThat(out)
                .contains("denied by policy production (1 of 1 checks violated)")
                .contains("deployment.apps/checkout created")
                .containsPattern(
                        "[0-9a-f]{32} +Denied +Deployment +checkout +production +production +DigestMissing,RegistryNotAllowed")
                .containsPattern("[0-9a-f]{32} +Allowed +Deployment +checkout +production +production")
                .contains("Kind:         DecisionRecord");
    }
}
