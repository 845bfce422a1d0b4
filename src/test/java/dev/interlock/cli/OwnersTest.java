package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.decision.Match;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Space;
import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnersTest {
    @Test
    void emptyClusterSaysWhatIsMissing() {
        World.Ran ran = World.empty().run("owners");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .contains("no services: there is no DeliveryPath yet")
                .contains("no orphans");
    }

    @Test
    void stageIsShownWithItsPoliciesAndChecksByMode() {
        World world = World.shop();
        world.guards.set(
                0,
                new Guard(
                        World.policy(
                                "production",
                                List.of(
                                        World.tightening("images-pinned", Optional.of("checkout"), Duration.ofHours(2)),
                                        World.tightening("images-pinned", Optional.of("other"), Duration.ofHours(2)),
                                        World.tightening("stable", Optional.empty(), Duration.ofHours(-1)))),
                        true));
        World.Ran ran = world.run("owners");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .containsPattern("checkout +payments +#payments-oncall +#payments-leads +checkout +production +shop"
                        + " +production \\(1 Enforce, 1 Warn, 1 tightened\\) +1\n")
                .contains("production/images-pinned for checkout: Warn→Enforce until 2026-11-25T14:00:00Z")
                .doesNotContain("for other")
                .contains("no orphans");
    }

    @Test
    void orphansContestedAndMisplacedWorkloadsAreNamed() {
        World world = World.shop();
        world.paths.add(World.path("billing", "production", "shop", Map.of("app", "twice")));
        world.paths.add(World.path("ledger", "production", "shop", Map.of("app", "twice")));
        world.paths.add(World.path("search", "staging", "shop", Map.of("app", "search")));
        world.spaces.add(World.space("stray", "production", "optional"));
        world.spaces.add(new Space("free", Map.of()));
        world.live.add(World.deployment("lost"));
        world.live.add(World.deployment("twice"));
        world.live.add(World.deployment("search"));
        world.live.add(World.live(WorkloadKind.JOB, "stray", "once", Optional.empty()));
        world.live.add(World.live(WorkloadKind.JOB, "free", "ungated", Optional.empty()));
        world.live.add(World.live(WorkloadKind.REPLICA_SET, "shop", "made", Optional.of(World.deployment("lost"))));
        String out = world.run("owners").out();
        assertThat(out)
                .containsPattern("shop +Deployment +lost +Orphaned +paths list namespace shop, but none selects")
                .containsPattern("shop +Deployment +twice +Contested +paths billing, ledger all claim it")
                .containsPattern("shop +Deployment +search +Misplaced +path search has namespace shop in stage staging,"
                        + " but its label says production")
                .containsPattern("stray +Job +once +Orphaned +no path lists namespace stray")
                .doesNotContain("ungated")
                .doesNotContain("made");
    }

    @Test
    void policyThatCannotBeReadIsShownAsSuch() {
        World world = World.shop();
        world.guards.add(new Guard(
                new Policy.Unreadable(
                        new PolicyRef("broken", "uid-broken", 1), Match.ALL, "`spec.mode` is of the wrong type"),
                false));
        assertThat(world.run("owners").out())
                .contains("broken (cannot be read); production (1 Enforce, 1 Warn)")
                .contains("broken: `spec.mode` is of the wrong type");
    }

    @Test
    void missingRightIsNamedAndTheRestIsShown() {
        World world = World.shop();
        world.forbidden.addAll(List.of("cronjobs", "promotionpolicies.interlock.dev"));
        World.Ran ran = world.run("owners");
        assertThat(ran.exit()).isEqualTo(6);
        assertThat(ran.out()).contains("checkout").contains("no orphans among what could be read");
        assertThat(ran.err()).contains("you may not list cronjobs").contains("you may not list promotionpolicies");
    }

    @Test
    void jsonHasStableKeys() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(World.shop().run("owners", "-o", "json").out());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly("services", "orphans", "unreadablePolicies", "missing");
        JsonNode stage = json.at("/services/0/stages/0");
        assertThat(json.at("/services/0/owner/escalation").asText()).isEqualTo("#payments-leads");
        assertThat(stage.at("/policies/0/checks/enforce").asInt()).isEqualTo(1);
        assertThat(stage.at("/policies/0/checks/warn").asInt()).isEqualTo(1);
        assertThat(stage.at("/workloads").asInt()).isEqualTo(1);
    }

    @Test
    void csvHasALineForEachPolicyAndEachOrphan() {
        World world = World.shop();
        world.live.add(World.deployment("lost"));
        assertThat(world.run("owners", "-o", "csv").out().split("\r\n"))
                .hasSize(3)
                .satisfies(lines -> assertThat(lines[1])
                        .isEqualTo("stage,checkout,payments,#payments-oncall,#payments-leads,checkout,production,shop,"
                                + "production,1,1,0,,1,,,,"))
                .satisfies(lines ->
                        assertThat(lines[2]).startsWith("orphan,,,,,,,shop,").contains("Deployment,lost"));
    }
}
