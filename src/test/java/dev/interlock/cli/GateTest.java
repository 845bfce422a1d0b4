package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Probe;
import dev.interlock.kubernetes.GateState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GateTest {
    private static World world(List<GateState> gates, List<Probe> probes) {
        World world = World.shop();
        world.gates.clear();
        world.gates.addAll(gates);
        world.probes.clear();
        world.probes.addAll(probes);
        return world;
    }

    @Test
    void checkIsDoneAfterThreeAnswersInARowEachToAnotherObject() {
        World world = world(
                List.of(new GateState.Whole()),
                List.of(
                        new Probe.Answered("mtls"),
                        new Probe.Answered("mtls"),
                        new Probe.Unasked(),
                        new Probe.Answered("unverified")));
        World.Ran ran = world.run("gate", "check");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).isEqualTo("the API server asks Interlock about namespace shop, caller unverified\n");
        assertThat(ran.err()).contains("waiting: nobody is asked about namespace `shop`");
        assertThat(world.probed).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void checkAsksNobodyBeforeTheGateIsWholeAndSaysWhatItWaitsFor() {
        World world = world(
                List.of(
                        new GateState.Missing(),
                        new GateState.WithoutAuthority(),
                        new GateState.Narrowed("required.gate.interlock.dev: `rules` leave out resources"),
                        new GateState.Whole()),
                List.of(new Probe.Answered("mtls")));
        World.Ran ran = world.run("gate", "check", "-n", "interlock-check");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err())
                .contains("no ValidatingWebhookConfiguration interlock")
                .contains("no caBundle yet")
                .contains("`rules` leave out resources");
        assertThat(world.probed).hasSize(3).allMatch(name -> name.startsWith("interlock-check/"));
    }

    @Test
    void checkThatIsNotAnsweredInTimeSaysTheLastReason() {
        World.Ran ran = world(
                        List.of(new GateState.Whole()),
                        List.of(new Probe.Failed("failed calling webhook \"required.gate.interlock.dev\"")))
                .run("gate", "check", "--timeout", "5s");
        assertThat(ran.exit()).isEqualTo(ExitCode.FOUND.number());
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines().toList().getLast())
                .isEqualTo("interlock: not so within 5s: a dry run in namespace `shop` fails: failed calling webhook"
                        + " \"required.gate.interlock.dev\"");
    }

    @Test
    void checkWithoutARightEndsAtOnceAndNamesIt() {
        World world = World.shop();
        world.forbidden.add("deployments.apps");
        World.Ran ran = world.run("gate", "check");
        assertThat(ran.exit()).isEqualTo(ExitCode.PARTIAL.number());
        assertThat(ran.err()).contains("deployments.apps").contains("ask a cluster administrator");
        assertThat(world.probed).hasSize(1);
    }

    @Test
    void checkAsksAClusterThatDoesNotAnswerUntilTheTimeIsOver() {
        World.Ran ran = World.run(
                (_, _) -> new World() {
                    @Override
                    public Listed<GateState> gate() {
                        throw new ClusterView.Unavailable("the cluster does not answer");
                    }
                },
                "gate",
                "check",
                "--timeout",
                "3s");
        assertThat(ran.exit()).isEqualTo(ExitCode.UNREACHABLE.number());
        assertThat(ran.err()).contains("waiting: the cluster does not answer");
    }

    @Test
    void removeWaitsUntilTheApiServerDoesNotAskAnyMore() {
        World world = world(
                List.of(new GateState.Whole()),
                List.of(
                        new Probe.Answered("mtls"),
                        new Probe.Failed("failed calling webhook \"required.gate.interlock.dev\": connection refused"),
                        new Probe.Unasked()));
        World.Ran ran = world.run("gate", "remove", "-n", "shop");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).isEqualTo("nothing is asked any more\n");
        assertThat(ran.err()).contains("still asks Interlock about namespace `shop`");
        assertThat(world.probed).hasSize(5);
    }

    @Test
    void removeWaitsForBothPartsOfTheGate() {
        World world = World.shop();
        world.gateEntries.add(new GateEntry(
                "required.resources.interlock.dev", Set.of("required"), true, Optional.empty(), List.of()));
        World.Ran ran = world.run("gate", "remove");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err())
                .contains(
                        "waiting: the API server is still told to ask, by",
                        "(required.resources.interlock.dev); see who");
    }

    @Test
    void removeOfAGateThatIsNotThereIsFine() {
        World.Ran ran = world(List.of(new GateState.Missing()), List.of()).run("gate", "remove");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).isEqualTo("there was no gate\n");
    }

    /// The gate is what there is to remove, and who may not look any further has removed it.
    @Test
    void removeByWhomDryRunsAreForbiddenRemovesTheGate() {
        World world = World.shop();
        world.forbidden.add("deployments.apps");
        World.Ran ran = world.run("gate", "remove", "-n", "shop");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).isEqualTo("the gate is deleted\n");
    }

    @Test
    void durationsAreWrittenAsKubectlHasThem() {
        assertThat(World.shop().run("gate", "check", "--timeout", "PT5S").err())
                .contains("`PT5S` is no duration; write for example 30s or 5m");
        assertThat(World.shop().run("gate", "check", "--timeout", "0s").exit()).isEqualTo(ExitCode.USAGE.number());
    }
}
