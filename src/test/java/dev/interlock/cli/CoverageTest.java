package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.Coverage.Row;
import dev.interlock.cli.Coverage.Standing;
import dev.interlock.kubernetes.AskedRule;
import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Served;
import dev.interlock.kubernetes.ClusterView.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Law 8: which resource is asked about by which rule, and what of the others is found and named.
class CoverageTest {
    private static final Set<String> WRITE = Set.of("create", "delete", "get", "patch", "update");
    private static final String ASKED = "CREATE UPDATE";

    private static AskedRule rule(String group, String resource, String... operations) {
        return new AskedRule(List.of(group), List.of("v1"), List.of(operations), List.of(resource), "*");
    }

    private static GateEntry entry(String gate, AskedRule... rules) {
        return new GateEntry(
                gate.isEmpty() ? "any" : gate,
                gate.isEmpty() ? GateEntry.GATES : Set.of(gate),
                true,
                Optional.empty(),
                List.of(rules));
    }

    private static List<GateEntry> both(AskedRule... rules) {
        return List.of(entry("required", rules), entry("optional", rules));
    }

    /// @param name as `deployments.apps/scale`
    private static Served served(String name, Set<String> verbs) {
        int slash = name.indexOf('/');
        String whole = slash < 0 ? name : name.substring(0, slash);
        int dot = whole.indexOf('.');
        return new Served(
                dot < 0 ? "" : whole.substring(dot + 1),
                "v1",
                dot < 0 ? whole : whole.substring(0, dot),
                slash < 0 ? "" : name.substring(slash + 1),
                "Kind",
                true,
                verbs);
    }

    private static Row row(List<GateEntry> entries, Served served, Optional<Shape> shape) {
        List<Row> rows = Coverage.of(entries, List.of(served), _ -> shape).rows();
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static Arguments way(String what, List<GateEntry> entries, Standing standing, String asked, String why) {
        return Arguments.of(what, entries, standing, asked, why);
    }

    static Stream<Arguments> rules() {
        AskedRule whole = rule("", "pods", "CREATE", "UPDATE");
        return Stream.of(
                way("both entries ask about both operations", both(whole), Standing.COVERED, ASKED, ""),
                way(
                        "an operation has a rule of its own",
                        both(rule("", "pods", "CREATE"), rule("", "pods", "UPDATE")),
                        Standing.COVERED,
                        ASKED,
                        ""),
                way("by wildcards", both(rule("*", "*", "*")), Standing.COVERED, ASKED, ""),
                way("one entry for whatever gate", List.of(entry("", whole)), Standing.COVERED, ASKED, ""),
                way("no entry", List.of(), Standing.UNGOVERNED, "", "no rule asks about it"),
                way("no rule", both(), Standing.UNGOVERNED, "", "no rule asks about it"),
                way("another group", both(rule("apps", "pods", "*")), Standing.UNGOVERNED, "", "no rule asks about it"),
                way(
                        "a subresource",
                        both(rule("", "pods/resize", "*")),
                        Standing.UNGOVERNED,
                        "",
                        "no rule asks about it"),
                way("deletions", both(rule("", "pods", "DELETE")), Standing.UNGOVERNED, "", "no rule asks about it"),
                way(
                        "one gate",
                        List.of(entry("required", whole), entry("optional")),
                        Standing.PARTLY,
                        "",
                        "no rule asks about it: CREATE under gate optional, UPDATE under gate optional"),
                way(
                        "one operation",
                        both(rule("", "pods", "CREATE")),
                        Standing.PARTLY,
                        "CREATE",
                        "no rule asks about it: UPDATE under gate optional, UPDATE under gate required"),
                way(
                        "an entry with a flaw",
                        List.of(flawed("required", whole), entry("optional", whole)),
                        Standing.PARTLY,
                        "",
                        "the entry that asks has a flaw: CREATE under gate required, UPDATE under gate required"),
                way(
                        "entries with a flaw",
                        List.of(flawed("required", whole), flawed("optional", whole)),
                        Standing.PARTLY,
                        "",
                        "the entry that asks has a flaw"),
                way(
                        "another entry beside one with a flaw",
                        List.of(flawed("required", whole), entry("", whole)),
                        Standing.COVERED,
                        ASKED,
                        ""));
    }

    private static GateEntry flawed(String gate, AskedRule... rules) {
        return new GateEntry(gate, Set.of(gate), true, Optional.of("a flaw"), List.of(rules));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isCoveredWhereEveryOperationIsAskedAboutUnderEachGate(
            String what, List<GateEntry> entries, Standing standing, String asked, String why) {
        Row row = row(entries, served("pods", WRITE), Optional.of(new Shape.Closed()));
        assertThat(row.standing()).isEqualTo(standing);
        assertThat(String.join(" ", row.asked())).isEqualTo(asked);
        assertThat(row.why()).isEqualTo(why);
    }

    private static Arguments kind(String name, Shape shape, Standing standing, String why) {
        return Arguments.of(name, Optional.ofNullable(shape), standing, why);
    }

    static Stream<Arguments> kinds() {
        Shape closed = new Shape.Closed();
        return Stream.of(
                kind("pods", closed, Standing.UNGOVERNED, "no rule"),
                kind(
                        "podtemplates",
                        new Shape.Template("template.spec"),
                        Standing.UNGOVERNED,
                        "at `template.spec`; no rule"),
                kind("rollouts.example.com", new Shape.Template(""), Standing.UNGOVERNED, "holds containers; no rule"),
                kind("controllerrevisions.apps", closed, Standing.UNGOVERNED, "raw data"),
                kind(
                        "releases.example.com",
                        new Shape.Open("spec.values"),
                        Standing.UNKNOWN,
                        "anything at `spec.values`"),
                kind("blobs.example.com", new Shape.Open(""), Standing.UNKNOWN, "may hold anything; no rule"),
                Arguments.of("odd.example.com", Optional.empty(), Standing.UNKNOWN, "not published"),
                kind("configmaps", closed, Standing.OUTSIDE, "holds no containers"),
                kind("pods.example.com", closed, Standing.OUTSIDE, "holds no containers"),
                kind(
                        "validatingwebhookconfigurations.admissionregistration.k8s.io",
                        closed,
                        Standing.NEVER_HELD,
                        "asks no webhook"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void case12_kindThatNobodyAsksAboutStandsByWhatItMayHold(
            String name, Optional<Shape> shape, Standing standing, String why) {
        Row row = row(both(rule("batch", "jobs", "*")), served(name, WRITE), shape);
        assertThat(row.standing()).isEqualTo(standing);
        assertThat(row.why()).contains(why);
    }

    /// Even where a rule asks about everything: the API server does not.
    @Test
    void whatTheApiServerAsksNobodyAboutIsNeverShownAsCovered() {
        Served exempt = served("validatingadmissionpolicies.admissionregistration.k8s.io", WRITE);
        assertThat(row(both(rule("*", "*/*", "*")), exempt, Optional.of(new Shape.Closed()))
                        .standing())
                .isEqualTo(Standing.NEVER_HELD);
    }

    private static Arguments part(String name, String verbs, String kind, Standing standing) {
        return Arguments.of(name, Set.copyOf(Arrays.asList(verbs.split(" "))), kind, standing);
    }

    static Stream<Arguments> parts() {
        return Stream.of(
                part("pods/resize", "get patch update", "Pod", Standing.COVERED),
                part("pods/status", "get patch update", "Pod", Standing.NEVER_HELD),
                part("deployments.apps/scale", "get patch update", "Scale", Standing.NEVER_HELD),
                part("rollouts.example.com/scale", "get patch update", "Scale", Standing.NEVER_HELD),
                part("namespaces/finalize", "update", "Namespace", Standing.NEVER_HELD),
                part("pods/binding", "create", "Binding", Standing.NEVER_HELD),
                part("pods/eviction", "create", "Eviction", Standing.NEVER_HELD),
                part("pods/exec", "create get", "PodExecOptions", Standing.NEVER_HELD),
                part("pods/attach", "create get", "PodAttachOptions", Standing.NEVER_HELD),
                part("pods/portforward", "create get", "PodPortForwardOptions", Standing.NEVER_HELD),
                part("pods/proxy", "create delete get patch update", "PodProxyOptions", Standing.NEVER_HELD),
                part("serviceaccounts/token", "create", "TokenRequest", Standing.NEVER_HELD),
                part("pods/migrate", "update", "Pod", Standing.UNGOVERNED),
                part("deployments.apps/rollback", "create", "Rollback", Standing.UNGOVERNED),
                part("widgets.example.com/turn", "update", "Widget", Standing.UNGOVERNED),
                part("gadgets.example.com/turn", "update", "Gadget", Standing.OUTSIDE),
                part("pods.metrics.k8s.io/migrate", "update", "Pod", Standing.OUTSIDE));
    }

    /// Deployments are governed whatever the gate says, widgets because a rule names them.
    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void case5_partOfWhatIsGovernedIsAskedAboutOrNeverHeldOrNamed(
            String name, Set<String> verbs, String kind, Standing standing) {
        List<GateEntry> entries = both(
                rule("", "pods", "CREATE", "UPDATE"),
                rule("", "pods/resize", "CREATE", "UPDATE"),
                rule("example.com", "widgets", "CREATE"));
        Served bare = served(name, verbs);
        Served served = new Served(
                bare.group(), bare.version(), bare.resource(), bare.subresource(), kind, bare.namespaced(), verbs);
        assertThat(row(entries, served, Optional.empty()).standing()).isEqualTo(standing);
    }

    /// It is reached by another operation than what changes an object.
    @Test
    void connectionIsCoveredByARuleAboutConnections() {
        Served exec = new Served("", "v1", "pods", "exec", "PodExecOptions", true, Set.of("create", "get"));
        Row row = row(both(rule("", "pods/exec", "CONNECT")), exec, Optional.empty());
        assertThat(row.standing()).isEqualTo(Standing.COVERED);
        assertThat(row.asked()).containsExactly("CONNECT");
        assertThat(row(both(rule("", "pods/exec", "CREATE", "UPDATE")), exec, Optional.empty())
                        .standing())
                .isEqualTo(Standing.NEVER_HELD);
    }

    @Test
    void whatCannotBeWrittenIsNotListed() {
        assertThat(Coverage.of(
                                List.of(),
                                List.of(served("pods/log", Set.of("get", "delete", "watch"))),
                                _ -> Optional.empty())
                        .rows())
                .isEmpty();
    }

    /// A label of its namespace keeps no object without one from being asked about.
    @Test
    void resourceWithoutANamespaceIsCoveredByAnyEntry() {
        Served cluster = new Served("", "v1", "namespaces", "", "Namespace", false, WRITE);
        List<GateEntry> optional = List.of(entry("optional", rule("", "namespaces", "*")));
        assertThat(row(optional, cluster, Optional.empty()).standing()).isEqualTo(Standing.COVERED);
        assertThat(row(optional, served("namespaces", WRITE), Optional.empty()).standing())
                .isEqualTo(Standing.PARTLY);
    }

    private static Served version(String version) {
        return new Served("example.com", version, "widgets", "", "Widget", true, WRITE);
    }

    @Test
    void case8_ruleForOneVersionCoversTheOthersUnlessItIsExact() {
        List<Served> versions = List.of(version("v1beta1"), version("v1"));
        AskedRule rule = rule("example.com", "widgets", "*");
        assertThat(Coverage.of(both(rule), versions, _ -> Optional.empty()).rows())
                .singleElement()
                .extracting(Row::standing)
                .isEqualTo(Standing.COVERED);
        GateEntry exact = new GateEntry("exact", GateEntry.GATES, false, Optional.empty(), List.of(rule));
        assertThat(Coverage.of(List.of(exact), versions, _ -> Optional.empty()).rows())
                .singleElement()
                .extracting(Row::standing)
                .isEqualTo(Standing.UNKNOWN);
    }

    /// Whatever the other versions are.
    @Test
    void versionThatMayHoldMostCounts() {
        List<Shape> shapes = List.of(new Shape.Closed(), new Shape.Open("a"), new Shape.Template("b"));
        for (int most = 0; most < shapes.size(); most++) {
            List<Shape> some = shapes.subList(0, most + 1);
            List<Served> versions = new ArrayList<>();
            for (int i = 0; i <= most; i++) {
                versions.add(version("v" + i));
            }
            for (List<Served> order : List.of(versions, versions.reversed())) {
                assertThat(Coverage.of(
                                        List.of(),
                                        order,
                                        each -> Optional.of(some.get(
                                                Integer.parseInt(each.version().substring(1)))))
                                .rows())
                        .singleElement()
                        .extracting(Row::standing)
                        .isEqualTo(List.of(Standing.OUTSIDE, Standing.UNKNOWN, Standing.UNGOVERNED)
                                .get(most));
            }
        }
    }

    @Test
    void whatIsWorthALookComesFirst() {
        List<Served> served = List.of(
                served("configmaps", WRITE),
                served("pods/status", WRITE),
                served("zebras", WRITE),
                served("apes", WRITE),
                served("jobs.batch", WRITE));
        Coverage coverage = Coverage.of(
                both(rule("batch", "jobs", "*")),
                served,
                each -> Optional.of(
                        each.resource().equals("configmaps") ? new Shape.Closed() : new Shape.Template("spec")));
        assertThat(coverage.rows())
                .extracting(Row::resource)
                .containsExactly("apes", "zebras", "jobs.batch", "pods/status", "configmaps");
        assertThat(coverage.count(Standing.UNGOVERNED)).isEqualTo(2);
    }
}
