package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Space;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WhyTest {
    static List<Arguments> stories() {
        return List.of(
                story(
                        "allowed",
                        0,
                        world -> world.decided.add(World.decision("checkout", "Allowed", "Admission", 5)),
                        "Deployment shop/checkout (service checkout, stage production)",
                        "Decision: allowed",
                        "Asked by alice (UPDATE).",
                        "2 checks asked, by policies production@3.",
                        "Evidence: content sha256:c0ffee, entry entry-1 of ledger ledger-1, record d-checkout-allowed-5.",
                        "It approves this content",
                        "Drift: none, it is as approved",
                        "Owner: payments, #payments-oncall, escalation #payments-leads"),
                story(
                        "denied",
                        1,
                        world -> world.decided.addAll(
                                List.of(
                                        World.decision("checkout", "Allowed", "Admission", 50),
                                        World.decision(
                                                "checkout",
                                                "Denied",
                                                "Admission",
                                                5,
                                                World.finding(
                                                        "Denies",
                                                        Optional.of("pin it with crane digest"),
                                                        Optional.of(
                                                                "tightened from Warn to Enforce until 14:20 UTC because of 3 drifts in 1h"))))),
                        "Decision: denied",
                        "Denied by [production/images-pinned] (Enforce, tightened from Warn to Enforce until 14:20 UTC because"
                                + " of 3 drifts in 1h): NotPinned: container app: image `nginx:1` has no digest",
                        "- pin it with crane digest",
                        "interlock feedback release production images-pinned --service checkout --reason",
                        "About [production/images-pinned] ask platform, #platform.",
                        "Drift: none, it is as approved"),
                story(
                        "denied creation",
                        1,
                        world -> {
                            world.live.clear();
                            world.decided.add(World.decision(
                                    "checkout",
                                    "Denied",
                                    "Admission",
                                    5,
                                    World.finding("Denies", Optional.empty(), Optional.empty())));
                        },
                        "It does not exist now",
                        "mend what [production/images-pinned] says, then apply again; ask platform, #platform"),
                story(
                        "warned",
                        0,
                        world -> world.decided.add(World.decision(
                                "checkout",
                                "Warned",
                                "Admission",
                                5,
                                World.finding("Warns", Optional.of("pin it"), Optional.empty()))),
                        "Decision: let in with a warning",
                        "Warned of by [production/images-pinned] (Warn)",
                        "- pin it"),
                story(
                        "undecided",
                        1,
                        world -> world.decided.add(World.decision(
                                "checkout",
                                "Undecided",
                                "Admission",
                                5,
                                World.finding("LeavesUndecided", Optional.empty(), Optional.empty()))),
                        "Decision: undecided, and refused",
                        "Could not be evaluated [production/images-pinned]",
                        "ask the policy's owner to mend what could not be evaluated"),
                story(
                        "drifted",
                        1,
                        world -> {
                            world.decided.add(World.decision("checkout", "Allowed", "Admission", 50));
                            world.drifts.add(World.drift("checkout", "Drifted", Optional.empty()));
                        },
                        "Drift: Drifted",
                        "Drifted 30m ago (2026-11-25T11:30:00Z): the gate let the change in, but no promoter asked for it.",
                        "/spec/template/spec/containers/0/image: app@sha256:1 → app@sha256:2 (by kubectl-edit)",
                        "Changed by mallory, through field manager kubectl-edit.",
                        "kubectl apply -f the manifest that was approved",
                        "kubectl rollout undo deploy/checkout -n shop",
                        "have a promoter (ci, group releasers) apply what is live"),
                story(
                        "bypassed",
                        1,
                        world -> world.drifts.add(World.drift("checkout", "Bypassed", Optional.empty())),
                        "Drift: Bypassed",
                        "kubectl delete deploy checkout -n shop"),
                story(
                        "baseline that would be denied",
                        0,
                        world -> world.decided.add(World.decision(
                                "checkout",
                                "Denied",
                                "Baseline",
                                5,
                                World.finding("Denies", Optional.empty(), Optional.empty()))),
                        "it was there before the gate, and would be denied now",
                        "nothing is approved for it either",
                        "apply its manifest once"),
                story(
                        "reassessed",
                        0,
                        world -> world.decided.addAll(List.of(
                                World.decision("checkout", "Allowed", "Admission", 50),
                                World.decision("checkout", "Denied", "Reassessment", 5))),
                        "Decision: allowed",
                        "Looked at again 5m ago (2026-11-25T11:55:00Z), after policies or paths changed: it would be denied"),
                story(
                        "no decision",
                        0,
                        _ -> {},
                        "No decision",
                        "it was there before its namespace came under the gate"),
                story(
                        "no policy",
                        0,
                        world -> world.guards.clear(),
                        "No policy matches namespace shop",
                        "Drift: unknown, because drift is not watched"),
                story(
                        "no gate",
                        0,
                        world -> world.spaces.set(0, new Space("shop", Map.of("interlock.dev/stage", "production"))),
                        "Namespace shop is under no gate"));
    }

    private static Arguments story(String name, int exit, Consumer<World> change, String... said) {
        return Arguments.of(name, exit, change, List.of(said));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stories")
    void storyIsTold(String name, int exit, Consumer<World> change, List<String> said) {
        World world = World.shop();
        change.accept(world);
        World.Ran ran = world.run("why", "deploy/checkout");
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
        assertThat(ran.out()).contains(said);
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void recordAndEventAreAskedAboutByName() {
        World world = World.shop();
        world.decided.add(World.decision("checkout", "Denied", "Admission", 50));
        world.decided.add(World.decision("checkout", "Allowed", "Admission", 5));
        world.drifts.add(World.drift("checkout", "Drifted", Optional.of("Restored")));
        assertThat(world.run("why", "d-checkout-denied-50")).satisfies(ran -> {
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.out()).contains("Decision: denied");
        });
        assertThat(world.run("why", "drift-checkout", "-A")).satisfies(ran -> {
            assertThat(ran.exit()).isZero();
            assertThat(ran.out()).contains("Drift: resolved").contains("Resolved at 2026-11-25T12:00:00Z: restored.");
        });
    }

    @Test
    void whatIsUnknownIsNotFoundAndSaysWhereToLook() {
        World.Ran object = World.shop().run("why", "deploy", "nothing");
        assertThat(object.exit()).isEqualTo(2);
        assertThat(object.err())
                .contains("there is no Deployment `shop/nothing`")
                .contains("interlock inventory -n shop");
        World.Ran record = World.shop().run("why", "d-nothing");
        assertThat(record.exit()).isEqualTo(2);
        assertThat(record.err())
                .contains("no decision or drift is named `d-nothing` in namespace shop; name its namespace with -n");
    }

    @Test
    void missingRightsAreSaid() {
        World world = World.shop();
        world.guards.set(0, new Guard(World.policy("production", List.of()), true));
        world.forbidden.add("decisionrecords.interlock.dev");
        World.Ran ran = world.run("why", "deploy/checkout");
        assertThat(ran.exit()).isEqualTo(6);
        assertThat(ran.err()).contains("you may not list decisionrecords.interlock.dev");
    }
}
