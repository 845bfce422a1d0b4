package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Helm;
import dev.interlock.testing.Progress;
import dev.interlock.testing.StandInKubelet;
import dev.interlock.testing.Walkthrough;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `docs/first-denial.md`, on a cluster of its own whose node is stood in for ([StandInKubelet]).
class FirstDenialIT {
    private static final Duration PROMISED = Duration.ofMinutes(5);

    @Test
    void fourCommandsLeadToADenialAndItsEvidenceWithinFiveMinutes(@TempDir Path bin) throws IOException {
        Helm.offline(); // built before the clock starts
        try (ControlPlane plane = ControlPlane.start();
                StandInKubelet node = new StandInKubelet(plane)) {
            plane.kubectl()
                    .run("wait", "--for=create", "namespace/default", "--timeout=30s")
                    .ok();
            Walkthrough.programs(bin, plane);
            node.helm(bin);
            Walkthrough document = new Walkthrough(Path.of("docs/first-denial.md"), bin, plane.kubeconfig());
            List<Walkthrough.Step> steps = document.steps();
            assertThat(steps).hasSize(4);
            long start = System.nanoTime();
            steps.forEach(document::take);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            Progress.say("from helm install to a denial and its evidence: %d s".formatted(took.toSeconds()));
            assertThat(took).isLessThan(PROMISED);
        }
    }
}
