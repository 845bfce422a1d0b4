package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Ways out, on a control plane of their own: the emergency exit, the uninstallation, and an API server that restarts.
class UninstallIT {
    private static final Duration SOON = Duration.ofSeconds(40);

    /// The one documented command.
    private static String emergencyExit() throws IOException {
        String command = "kubectl delete validatingwebhookconfiguration interlock";
        assertThat(Files.readString(Path.of("docs/operations.md"))).contains(command);
        return command;
    }

    @Test
    void gateOpensByOneCommandComesBackSurvivesTheApiServerAndLeavesNothingBehind() throws IOException {
        try (ControlPlane controlPlane = ControlPlane.start();
                Interlock interlock = Interlock.install(controlPlane)) {
            Kubectl kubectl = controlPlane.kubectl();
            kubectl.apply(Manifests.namespace("exit", "exit", "required")).ok();
            kubectl.apply(Manifests.policy("exit", "exit", "Enforce")).ok();
            kubectl.run("wait", "--for=condition=Ready", "pp/exit", "--timeout=30s")
                    .ok();
            String bad = Manifests.deployment("exit", "bad", Manifests.BAD_IMAGE);
            kubectl.apply(bad, "--dry-run=server").refused();

            // The emergency exit works while nothing of Interlock does.
            interlock.kill();
            assertThat(kubectl.apply(bad).refused().err()).contains("failed calling webhook");
            String[] words = emergencyExit().split(" ", -1);
            kubectl.run(Arrays.copyOfRange(words, 1, words.length)).ok();
            await().atMost(SOON)
                    .untilAsserted(() -> kubectl.apply(bad, "--dry-run=server").ok());

            // Interlock starts without its gate and does not make it: that is a person's to apply.
            interlock.start();
            kubectl.apply(bad, "--dry-run=server").ok();
            kubectl.run("wait", "--for=condition=Ready=False", "pp/exit", "--timeout=30s")
                    .ok();
            assertThat(kubectl.run("get", "pp", "exit", "-o", "wide").ok().out())
                    .contains("nothing is asked");
            interlock.applyManifests();
            await("the gate is back, with its caBundle")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(kubectl.apply(bad, "--dry-run=server")
                                    .refused()
                                    .err())
                            .contains("denied by policy exit"));

            // An API server that restarts finds the gate as it was.
            controlPlane.kill("kube-apiserver");
            controlPlane.startRole("kube-apiserver");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(kubectl.apply(bad, "--dry-run=server")
                                    .refused()
                                    .err())
                            .contains("denied by policy exit"));
            kubectl.apply(Manifests.policy("exit-later", "exit", "Audit")).ok();
            kubectl.run("wait", "--for=condition=Ready", "pp/exit-later", "--timeout=60s")
                    .ok();
            assertThat(interlock.ready()).isTrue();
            kubectl.apply(Manifests.namespace("exit-two", "exit", "required")).ok();
            await("what is new after the restart is seen")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    kubectl.apply(Manifests.deployment("exit-two", "bad", Manifests.BAD_IMAGE))
                                            .refused()
                                            .err())
                            .contains("to exit denied by policy exit"));
            await("and its record is made")
                    .atMost(SOON)
                    .until(() -> kubectl.run("get", "decrec", "-n", "exit-two", "-o", "name")
                                    .ok()
                                    .out()
                                    .lines()
                                    .count()
                            == 1);

            // Uninstall: everything of deploy/ but the CRDs, so that records stay.
            interlock.stop();
            String all = kubectl.run("kustomize", "deploy/overlays/host").ok().out();
            kubectl.run(withoutCrds(all), List.of("delete", "--ignore-not-found", "-f", "-"))
                    .ok();
            await().atMost(SOON).untilAsserted(() -> kubectl.apply(bad).ok());
            assertThat(kubectl.run("get", "decrec", "-A", "-o", "name").ok().out())
                    .isNotEmpty();
            assertThat(kubectl.run("get", "validatingwebhookconfigurations,validatingadmissionpolicies", "-o", "name")
                            .ok()
                            .out())
                    .doesNotContain("interlock");
        }
    }

    private static String withoutCrds(String manifests) {
        return Arrays.stream(manifests.split("(?m)^---\n"))
                .filter(document -> !document.contains("kind: CustomResourceDefinition"))
                .collect(Collectors.joining("---\n"));
    }

    @Test
    void processThatFindsNoApiServerWaitsForIt() {
        try (ControlPlane controlPlane = ControlPlane.start();
                Interlock interlock = Interlock.prepare(controlPlane, Optional.empty())) {
            interlock.applyManifests();
            interlock.launch();
            controlPlane.kill("kube-apiserver");
            await().atMost(SOON)
                    .until(() -> interlock
                            .get("/health/live")
                            .filter(r -> r.statusCode() == 200)
                            .isPresent());
            assertThat(interlock.running()).isTrue();
            controlPlane.startRole("kube-apiserver");
            interlock.awaitReady();
        }
    }
}
