package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.kubernetes.AskedRule;
import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Served;
import dev.interlock.kubernetes.ClusterView.Shape;
import dev.interlock.kubernetes.ClusterView.Shaped;
import dev.interlock.kubernetes.GateState;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// `interlock gate coverage`.
class GateCoverageTest {
    private static final Set<String> WRITE = Set.of("create", "patch", "update");

    /// Pods are asked about; a rollout holds containers, a blob may, and a note does not.
    private static World world() {
        World world = World.shop();
        AskedRule pods =
                new AskedRule(List.of(""), List.of("v1"), List.of("CREATE", "UPDATE"), List.of("pods"), "Namespaced");
        world.gateEntries.add(new GateEntry("gate", GateEntry.GATES, true, Optional.empty(), List.of(pods)));
        world.served.add(new Served("", "v1", "pods", "status", "Pod", true, WRITE));
        for (String kind : List.of("Rollout", "Blob", "Note")) {
            world.served.add(
                    new Served("example.com", "v1", kind.toLowerCase(Locale.ROOT) + "s", "", kind, true, WRITE));
        }
        world.shapes.put(
                "example.com/v1",
                List.of(
                        new Shaped("Rollout", new Shape.Template("spec.template.spec")),
                        new Shaped("Blob", new Shape.Open("")),
                        new Shaped("Note", new Shape.Closed())));
        return world;
    }

    @Test
    void listsWhatIsWorthALookAndCountsTheRest() {
        World.Ran ran = world().run("gate", "coverage");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("""
                RESOURCE               STANDING     ASKED   WHY
                rollouts.example.com   Ungoverned   -       holds containers at `spec.template.spec`; no rule asks about it
                blobs.example.com      Unknown      -       may hold anything; no rule asks about it

                1 ungoverned, 0 partly, 1 unknown, 1 covered, 1 never held, 1 outside; --all lists all of them
                """);
    }

    @Test
    void allListsEverythingWithItsReason() {
        assertThat(world().run("gate", "coverage", "--all").out())
                .containsPattern("pods +Covered +CREATE UPDATE +-\n")
                .containsPattern("pods/status +NeverHeld +- +says what is")
                .containsPattern("notes.example.com +Outside +- +holds no containers")
                .endsWith("1 outside\n");
    }

    @Test
    void nothingToListIsSaid() {
        World world = world();
        world.served.removeIf(served -> served.group().equals("example.com"));
        assertThat(world.run("gate", "coverage").out())
                .startsWith(
                        "nothing that runs containers, and no part of what is governed, goes by the gate\n0 ungoverned");
    }

    @Test
    void gateThatIsMissingIsSaidAndNothingIsShownAsCovered() {
        World world = world();
        world.gates.set(0, new GateState.Missing());
        world.gateEntries.clear();
        World.Ran ran = world.run("gate", "coverage");
        assertThat(ran.exit()).isEqualTo(ExitCode.FOUND.number());
        assertThat(ran.out())
                .startsWith(
                        "there is no ValidatingWebhookConfiguration interlock, or an entry of it is missing; apply it\n")
                .containsPattern("pods +Ungoverned +- +no rule asks about it")
                .contains(" 0 covered");
    }

    @Test
    void gateThatIsNarrowedEndsWithOne() {
        World world = world();
        world.gates.set(0, new GateState.Narrowed("`matchConditions` leave out requests"));
        World.Ran ran = world.run("gate", "coverage");
        assertThat(ran.exit()).isEqualTo(ExitCode.FOUND.number());
        assertThat(ran.out()).contains("`matchConditions` leave out requests");
    }

    @Test
    void withoutTheRightToReadTheGateNothingIsShown() {
        World world = world();
        world.forbidden.add("validatingwebhookconfigurations");
        World.Ran ran = world.run("gate", "coverage");
        assertThat(ran.exit()).isEqualTo(ExitCode.PARTIAL.number());
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("validatingwebhookconfigurations; ask a cluster administrator for that right");
    }

    @Test
    void groupWhoseServerIsDownIsNamedAndNothingIsCalledComplete() {
        World world = world();
        world.served.removeIf(served -> served.group().equals("example.com"));
        world.silent = Optional.of("the server behind the API server does not answer for example.com/v1");
        World.Ran ran = world.run("gate", "coverage");
        assertThat(ran.exit()).isEqualTo(ExitCode.PARTIAL.number());
        assertThat(ran.out()).startsWith("nothing goes by the gate among what could be read\n");
        assertThat(ran.err()).contains("does not answer for example.com/v1; what it would add is not shown");
    }

    @Test
    void schemasThatCannotBeReadLeaveKindsUnknown() {
        World world = world();
        world.forbidden.add("/openapi/v3");
        World.Ran ran = world.run("gate", "coverage");
        assertThat(ran.exit()).isEqualTo(ExitCode.PARTIAL.number());
        assertThat(ran.out()).contains("0 ungoverned, 0 partly, 3 unknown, 1 covered");
        assertThat(ran.err()).contains("you may not list /openapi/v3");
    }

    @Test
    void apiServerThatListsNothingIsNoCleanOne() {
        World world = world();
        world.served.clear();
        World.Ran ran = world.run("gate", "coverage");
        assertThat(ran.exit()).isEqualTo(ExitCode.UNREACHABLE.number());
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("lists no resources");
    }

    @Test
    void programsGetTheSame() throws IOException {
        World world = world();
        world.silent = Optional.of("something is down");
        JsonNode json = new ObjectMapper()
                .readTree(world.run("gate", "coverage", "--all", "-o", "json").out());
        assertThat(json.at("/gate").asText()).isEqualTo("whole");
        assertThat(json.at("/resources")).hasSize(5);
        assertThat(json.at("/resources/0/resource").asText()).isEqualTo("rollouts.example.com");
        assertThat(json.at("/resources/2/asked/1").asText()).isEqualTo("UPDATE");
        assertThat(json.at("/counts/NeverHeld").asInt()).isEqualTo(1);
        assertThat(json.at("/missing/0").asText()).isEqualTo("something is down");
        assertThat(world.run("gate", "coverage", "-o", "csv").out().lines())
                .hasSize(3)
                .startsWith("resource,standing,asked,why");
    }
}
