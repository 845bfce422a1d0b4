package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Walkthrough;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `docs/getting-started.md`.
class GettingStartedIT {
    @TempDir
    private static Path bin;

    private static Kubectl kubectl;

    @BeforeAll
    static void install() throws IOException {
        Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        clean();
        Walkthrough.programs(bin, ControlPlane.shared());
    }

    /// Also where the document was not run to its end.
    @AfterAll
    static void clean() {
        kubectl.run("delete", "pp/orders", "dpath/orders", "--ignore-not-found").ok();
        kubectl.run("delete", "feedbackreleases", "--all").ok();
        kubectl.run("delete", "namespace", "orders", "orders-staging", "--ignore-not-found")
                .ok();
    }

    @Test
    void everyCommandOfTheDocumentDoesWhatItShows() throws IOException {
        Walkthrough document = new Walkthrough(
                Path.of("docs/getting-started.md"), bin, ControlPlane.shared().kubeconfig());
        List<Walkthrough.Step> steps = document.steps();
        assertThat(steps).hasSizeGreaterThan(25);
        steps.forEach(document::take);
    }
}
