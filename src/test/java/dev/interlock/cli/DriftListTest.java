package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriftListTest {
    @Test
    void noOpenDriftIsClean() {
        World world = World.shop();
        world.drifts.add(World.drift("checkout", "Drifted", Optional.of("Restored")));
        assertThat(world.run("drift", "list", "-A")).isEqualTo(new World.Ran(0, "no open drift\n", ""));
    }

    @Test
    void openDriftIsShownWithWhatDiffers() {
        World world = World.shop();
        world.drifts.add(World.drift("checkout", "Drifted", Optional.empty()));
        World.Ran ran = world.run("drift", "list");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out())
                .containsPattern("shop +Drifted +Deployment +checkout +checkout +production +Edit +mallory +30m"
                        + " +drift-checkout\n    /spec/template/spec/containers/0/image: app@sha256:1 → app@sha256:2"
                        + " \\(by kubectl-edit\\)\n");
        assertThat(world.run("drift", "list", "-o", "csv").out()).contains("2026-11-25T11:30:00Z");
        assertThat(world.run("drift", "list", "-o", "json").out()).contains("\"observed\" : \"app@sha256:2\"");
    }
}
