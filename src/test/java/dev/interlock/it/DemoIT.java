package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.testing.Fork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The demo shows what the README promises, and ends.
class DemoIT {
    private static String out = "";

    @BeforeAll
    static void demo() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("src/test/controlplane/demo", "--exit").redirectErrorStream(true);
        builder.environment()
                .put("JAVA_HOME", Path.of(System.getProperty("java.home")).toString());
        builder.environment().put("INTERLOCK_PORTS", Fork.ports());
        Process demo = builder.start();
        out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(out).isZero();
    }

    @Test
    void demoShowsADenialTheMendedWorkloadAndBothRecords() {
        assertThat(out)
                .contains("denied by policy production (1 of 1 checks violated)")
                .contains("Owner payments, #payments-oncall (of the policy: platform, #platform)")
                .contains("deployment.apps/checkout created")
                .containsPattern(
                        "[0-9a-f]{32} +Denied +Deployment +checkout +production +production +DigestMissing,RegistryNotAllowed")
                .containsPattern("[0-9a-f]{32} +Allowed +Deployment +checkout +production +production")
                .contains("Kind:         DecisionRecord");
    }

    @Test
    void demoShowsWhatDriftedByWhomAndThatItWasRestored() {
        String path = "spec\\.template\\.spec\\.containers\\[name=checkout\\]\\.image";
        assertThat(out)
                .containsPattern("drift-[0-9a-f]+ +Open +Drifted +Deployment +checkout +production +" + path
                        + " +kubectl-set +tenant ")
                .containsPattern(
                        "(shop +drift-[0-9a-f]+ +Resolved +Drifted .* tenant +Restored +checkout +Edit .*\\R){3}");
    }

    /// In the order of the story: one thing after the other, each with the command that shows it.
    @Test
    void demoShowsThatTheThirdDriftTightensACheckAndThatThereIsAWayBackAndAnEnd() {
        String until = "until ([0-9-]+ )?[0-9]{2}:[0-9]{2} UTC";
        String declared = "Warning: \\[production-feedback/released-images\\] container checkout: image ";
        assertThat(out)
                .containsPattern("(?s)checkout: released-images to Enforce %s \\(3 drifts in 1h\\)".formatted(until)
                        + ".*checkout-next\\.yaml\\R.*denied by policy production-feedback \\(1 of 3 checks violated\\)"
                        + ".*tightened from Warn to Enforce %s because of 3 drifts in 1h \\(drift-[0-9a-f]+, "
                                .formatted(until)
                        + ".*checkout-good\\.yaml\\RWarning: \\[production-feedback/released-images\\] WayBack: "
                        + ".*checkout-next\\.yaml\\R" + declared + "[^\n]*\\Rdeployment\\.apps/checkout configured");
    }
}
