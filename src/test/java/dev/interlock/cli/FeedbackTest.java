package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Match;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Recorded;
import dev.interlock.kubernetes.ClusterView.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FeedbackTest {
    private static World tightened() {
        World world = World.shop();
        world.guards.set(
                0,
                new Guard(
                        World.policy(
                                "production",
                                List.of(
                                        World.tightening("images-pinned", Optional.of("checkout"), Duration.ofHours(2)),
                                        World.tightening("stable", Optional.empty(), Duration.ofDays(3)),
                                        World.tightening("stable", Optional.of("past"), Duration.ofSeconds(-1)))),
                        true));
        return world;
    }

    private static World.Ran release(World world, String... more) {
        List<String> words = new ArrayList<>(List.of("feedback", "release"));
        words.addAll(List.of(more));
        words.addAll(List.of("--reason", "the pipeline\nis mended"));
        return world.run(words.toArray(String[]::new));
    }

    @Test
    void listSaysWhatIsTightenedNow() {
        assertThat(tightened().run("feedback", "list").out())
                .containsPattern("production +images-pinned +checkout +Warn +Enforce +2026-11-25T14:00:00Z"
                        + " +3 drifts in 1h +drift-a drift-b drift-c\n")
                .containsPattern("production +stable +\\* +maxOpenDrift 2 +maxOpenDrift 0 +2026-11-28T12:00:00Z")
                .doesNotContain("past");
    }

    @Test
    void listOfNothingSaysSo() {
        assertThat(World.shop().run("feedback", "list"))
                .isEqualTo(new World.Ran(0, "nothing is tightened: every check is as its policy declares it\n", ""));
        assertThat(World.shop().run("feedback", "list", "-o", "csv").out())
                .isEqualTo("policy,check,service,from,to,until,cause,because\r\n");
    }

    @Test
    void releaseIsRecordedWithWhoAsksAndWhy() {
        World world = tightened();
        World.Ran ran = release(world, "production", "images-pinned", "--service", "checkout");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out())
                .isEqualTo("feedbackrelease images-pinned-x7k2p recorded: alice ends what feedback made of"
                        + " production/images-pinned for service checkout, because: the pipeline is mended\n");
        assertThat(world.released)
                .containsExactly(new Release(
                        "production", "images-pinned", Optional.of("checkout"), "alice", "the pipeline is mended"));
    }

    @Test
    void tighteningOfTheWholePolicyConcernsEachService() {
        assertThat(release(tightened(), "production", "stable", "--service", "checkout")
                        .exit())
                .isZero();
    }

    @Test
    void whatIsNotTightenedIsNotReleasedUnlessForced() {
        World world = tightened();
        World.Ran refused = release(world, "production", "images-pinned", "--service", "other");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err())
                .contains("nothing is tightened for check `images-pinned` of policy `production` and service `other`")
                .contains("--force");
        assertThat(world.released).isEmpty();
        assertThat(release(world, "production", "images-pinned", "--service", "other", "--force")
                        .exit())
                .isZero();
    }

    @Test
    void unknownNamesAreAnsweredWithTheKnownOnes() {
        assertThat(release(tightened(), "nothing", "stable").err())
                .contains("there is no policy `nothing`; there are: production");
        assertThat(release(tightened(), "production", "nothing", "--force").err())
                .contains("policy `production` has no check `nothing`; it has: images-pinned, stable");
        World world = World.empty();
        world.guards.add(new Guard(
                new Policy.Unreadable(new PolicyRef("broken", "uid", 1), Match.ALL, "`spec.mode` is missing"), false));
        assertThat(release(world, "broken", "stable").err()).contains("policy `broken` cannot be read");
    }

    @Test
    void refusalOfTheClusterIsPassedOn() {
        World world = tightened();
        world.answer = new Recorded.Refused("you may not create feedbackreleases.interlock.dev; ask an administrator");
        World.Ran ran = release(world, "production", "images-pinned");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .isEqualTo("interlock: you may not create feedbackreleases.interlock.dev; ask an administrator\n");
    }
}
