package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.check.PodSecurity;
import dev.interlock.kubernetes.ManifestReader;
import dev.interlock.testing.PodCases;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `interlock policy lint`.
final class PolicyLintTest {
    private static final String PATH = """
            apiVersion: interlock.dev/v1alpha1
            kind: DeliveryPath
            metadata: {name: checkout}
            spec:
              service: checkout
              owner: {team: payments}
              workloads: {}
              stages:
              - {name: staging, namespaces: [a], promoters: {users: [ci]}}
              - {name: production, namespaces: [b], promoters: {users: [ci]}}
            """;
    private static final String PRODUCTION = "{stages: [production]}";

    @TempDir
    private Path directory;

    /// Checks begin at line 9.
    private static String policy(String name, String match, String onUndecided, String... checks) {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: %s}
                spec:
                  owner: {team: platform}
                  match: %s
                  onUndecided: %s
                  checks:
                %s
                """.formatted(
                        name,
                        match,
                        onUndecided,
                        Arrays.stream(checks).map(check -> "  - " + check).collect(Collectors.joining("\n")));
    }

    private static String selector(String... requirements) {
        return "{namespaceSelector: {matchExpressions: [%s]}}".formatted(String.join(", ", requirements));
    }

    private static String requirement(String key, String operator, String... values) {
        return values.length == 0
                ? "{key: %s, operator: %s}".formatted(key, operator)
                : "{key: %s, operator: %s, values: [%s]}".formatted(key, operator, String.join(", ", values));
    }

    private static String[] images(int count, String mode) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{id: tag-%1$d, mode: %2$s, images: {digest: Optional, deniedTags: [t%1$d]}}"
                        .formatted(i, mode))
                .toArray(String[]::new);
    }

    private static Arguments row(String what, String found, String... policies) {
        return Arguments.of(what, found, String.join("---\n", policies));
    }

    private static String definition(String scope) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: fleets.example.com}
                spec: {group: example.com, scope: %s, names: {plural: fleets, kind: Fleet}}
                """.formatted(scope);
    }

    private static Arguments match(String found, String match) {
        return row(match, found, policy("p", match, "Deny", "{id: owned, ownership: {}}"));
    }

    /// Two checks of one policy.
    private static Arguments checks(String found, String one, String two) {
        return row(one + " and " + two, found, policy("p", PRODUCTION, "Deny", one, two));
    }

    /// A check each in two policies.
    private static Arguments policies(String found, String matchOfOne, String matchOfTwo) {
        return row(
                matchOfOne + " and " + matchOfTwo,
                found,
                policy("one", matchOfOne, "Deny", "{id: owned, ownership: {}}"),
                policy("two", matchOfTwo, "Deny", "{id: owner, ownership: {}}"));
    }

    static Stream<Arguments> rows() {
        String stage = "interlock.dev/stage";
        return Stream.of(
                // never-matches
                match("", "{namespaceSelector: {}}"),
                match("", PRODUCTION),
                match(
                        "6 never-matches",
                        "{stages: [production], namespaceSelector: {matchLabels: {interlock.dev/stage: staging}}}"),
                match(
                        "",
                        "{stages: [production, staging], namespaceSelector: {matchLabels: {interlock.dev/stage: staging}}}"),
                match(
                        "6 never-matches",
                        "{stages: [production], resources: [clusterroles.v1.rbac.authorization.k8s.io, nodes.v1]}"),
                match(
                        "",
                        "{stages: [production], resources: [clusterroles.v1.rbac.authorization.k8s.io, namespaces.v1]}"),
                match("", "{stages: [production], resources: [nodes.v1.longhorn.io]}"),
                row(
                        "a custom resource that is said to be in no namespace",
                        "6 never-matches",
                        policy(
                                "p",
                                "{stages: [production], resources: [fleets.v1.example.com]}",
                                "Deny",
                                "{id: owned, ownership: {}}"),
                        definition("Cluster")),
                row(
                        "a custom resource that is said to be in namespaces",
                        "",
                        policy(
                                "p",
                                "{stages: [production], resources: [fleets.v1.example.com]}",
                                "Deny",
                                "{id: owned, ownership: {}}"),
                        definition("Namespaced")),
                match(
                        "",
                        "{stages: [production], resources: [clusterroles.v1.rbac.authorization.k8s.io, services.v1]}"),
                match("", "{namespaceSelector: {}, resources: [clusterroles.v1.rbac.authorization.k8s.io]}"),
                match("6 never-matches", selector(requirement("a", "In", "x"), requirement("a", "In", "w"))),
                match("", selector(requirement("a", "In", "x", "w"), requirement("a", "In", "w", "v"))),
                match(
                        "6 never-matches",
                        selector(requirement("a", "In", "x", "w"), requirement("a", "NotIn", "w", "x"))),
                match("", selector(requirement("a", "In", "x", "w"), requirement("a", "NotIn", "w"))),
                match("6 never-matches", selector(requirement("a", "Exists"), requirement("a", "DoesNotExist"))),
                match("6 never-matches", selector(requirement("a", "In", "x"), requirement("a", "DoesNotExist"))),
                match("", selector(requirement("a", "NotIn", "x"), requirement("a", "DoesNotExist"))),
                match("", selector(requirement("a", "Exists"), requirement("b", "DoesNotExist"))),
                match("6 never-matches", selector(requirement("kubernetes.io/metadata.name", "DoesNotExist"))),
                match(
                        "6 never-matches",
                        "{stages: [production], namespaceSelector: {matchExpressions: [%s]}}"
                                .formatted(requirement(stage, "NotIn", "production"))),
                match(
                        "6 never-matches",
                        "{stages: [production], namespaceSelector: {matchExpressions: [%s]}}"
                                .formatted(requirement(stage, "DoesNotExist"))),
                match(
                        "",
                        "{stages: [production], namespaceSelector: {matchExpressions: [%s]}}"
                                .formatted(requirement(stage, "Exists"))),
                match(
                        "6 never-matches",
                        "{stages: [production], objectSelector: {matchExpressions: [%s, %s]}}"
                                .formatted(requirement("a", "Exists"), requirement("a", "DoesNotExist"))),
                match(
                        "6 never-matches",
                        "{stages: [production], conditions: [{name: never, expression: \"1 > 2 && object.kind == 'Pod'\"}]}"),
                match("", "{stages: [production], conditions: [{name: some, expression: \"object.kind == 'Pod'\"}]}"),
                // shadowed, by what is left of each match
                row(
                        "two guards less",
                        "two 9 shadowed",
                        policy("one", PRODUCTION, "Deny", "{id: owned, ownership: {}}"),
                        policy(
                                "two",
                                "{stages: [production], resources: [pods], operations: [CREATE], objectSelector: {matchLabels: {a: b}}, conditions: [{name: c, expression: object.x == 1}]}",
                                "Deny",
                                "{id: owned, ownership: {}}")),
                row(
                        "one guards less",
                        "9 shadowed",
                        policy(
                                "one",
                                "{stages: [production], resources: [pods]}",
                                "Deny",
                                "{id: owned, ownership: {}}"),
                        policy(
                                "two",
                                "{stages: [production], resources: [pods, jobs.batch]}",
                                "Deny",
                                "{id: owned, ownership: {}}")),
                row(
                        "each guards something else",
                        "",
                        policy(
                                "one",
                                "{stages: [production], resources: [pods]}",
                                "Deny",
                                "{id: owned, ownership: {}}"),
                        policy(
                                "two",
                                "{stages: [production], resources: [jobs.batch]}",
                                "Deny",
                                "{id: owned, ownership: {}}")),
                // many-enforced
                row("5 enforced", "", policy("p", PRODUCTION, "Deny", images(5, "Enforce"))),
                row("6 enforced", "8 many-enforced", policy("p", PRODUCTION, "Deny", images(6, "Enforce"))),
                row("6 that warn", "", policy("p", PRODUCTION, "Deny", images(6, "Warn"))),
                // undecided-allowed
                row(
                        "Allow with Enforce",
                        "7 undecided-allowed",
                        policy("p", PRODUCTION, "Allow", images(1, "Enforce"))),
                row("Allow with Warn", "", policy("p", PRODUCTION, "Allow", images(1, "Warn"))),
                // updates-only
                match("6 updates-only", "{stages: [production], operations: [UPDATE]}"),
                match("", "{stages: [production], operations: [UPDATE, CREATE]}"),
                match("", "{stages: [production], operations: [CREATE]}"),
                row(
                        "checks that nothing live is asked",
                        "",
                        policy(
                                "p",
                                "{stages: [production], operations: [UPDATE]}",
                                "Deny",
                                "{id: same-account, expression: object.spec == oldObject.spec}",
                                "{id: stable, stability: {maxOpenDrift: 1}}")),
                row(
                        "one that something live would be asked",
                        "6 updates-only",
                        policy(
                                "p",
                                "{stages: [production], operations: [UPDATE]}",
                                "Deny",
                                "{id: same-account, expression: object.spec == oldObject.spec}",
                                "{id: named, expression: object.metadata.name != 'x'}")),
                // unknown-stage
                row("no path is given", "", policy("p", "{stages: [produktion]}", "Deny", images(1, "Warn"))),
                row(
                        "a stage of no path",
                        "6 unknown-stage",
                        policy("p", "{stages: [production, produktion]}", "Deny", images(1, "Warn")),
                        PATH),
                row(
                        "stages of paths",
                        "",
                        policy("p", "{stages: [production, staging]}", "Deny", images(1, "Warn")),
                        PATH),
                row("any stage", "", policy("p", "{namespaceSelector: {}}", "Deny", images(1, "Warn")), PATH),
                row(
                        "a stage of no path in a selector",
                        "6 unknown-stage",
                        policy(
                                "p",
                                "{namespaceSelector: {matchLabels: {interlock.dev/stage: test}}}",
                                "Deny",
                                images(1, "Warn")),
                        PATH),
                row(
                        "any stage but one of no path",
                        "",
                        policy("p", selector(requirement(stage, "NotIn", "test")), "Deny", images(1, "Warn")),
                        PATH),
                // shadowed, by what is asked
                checks(
                        "9 shadowed",
                        "{id: a1, podSecurity: {level: baseline, version: v1.36}}",
                        "{id: b1, podSecurity: {level: restricted, version: v1.36}}"),
                checks(
                        "10 shadowed",
                        "{id: b1, podSecurity: {level: restricted}}",
                        "{id: a1, podSecurity: {level: baseline}}"),
                checks(
                        "10 shadowed",
                        "{id: a1, podSecurity: {level: baseline}}",
                        "{id: b1, podSecurity: {level: baseline}}"),
                checks(
                        "",
                        "{id: a1, podSecurity: {level: baseline, version: v1.30}}",
                        "{id: b1, podSecurity: {level: restricted, version: v1.36}}"),
                checks(
                        "",
                        "{id: a1, podSecurity: {level: baseline}}",
                        "{id: b1, mode: Warn, podSecurity: {level: restricted}}"),
                checks(
                        "",
                        "{id: a1, mode: Warn, podSecurity: {level: baseline}}",
                        "{id: b1, podSecurity: {level: restricted}}"),
                checks(
                        "9 shadowed",
                        "{id: a1, mode: Warn, podSecurity: {level: baseline}}",
                        "{id: b1, mode: Warn, podSecurity: {level: restricted}}"),
                checks(
                        "10 shadowed",
                        "{id: a1, ownership: {}}",
                        "{id: b1, owner: {team: other}, remedy: ask, ownership: {}}"),
                checks("", "{id: a1, ownership: {}}", "{id: b1, podSecurity: {level: baseline}}"),
                checks(
                        "10 shadowed",
                        "{id: a1, images: {digest: Required}}",
                        "{id: b1, images: {digest: Optional, deniedTags: [latest]}}"),
                checks(
                        "",
                        "{id: a1, images: {digest: Required}}",
                        "{id: b1, images: {digest: Required, registries: [a.example.com]}}"
                                .replace("digest: Required, ", "digest: Optional, ")),
                checks(
                        "9 shadowed",
                        "{id: a1, images: {digest: Required}}",
                        "{id: b1, images: {digest: Required, registries: [a.example.com]}}"),
                checks(
                        "10 shadowed",
                        "{id: a1, images: {digest: Required, registries: [a.example.com]}}",
                        "{id: b1, images: {digest: Required, registries: [b.example.com, a.example.com]}}"),
                checks(
                        "",
                        "{id: a1, images: {digest: Required, registries: [a.example.com]}}",
                        "{id: b1, images: {digest: Required, registries: [b.example.com]}}"),
                checks(
                        "9 shadowed",
                        "{id: a1, images: {digest: Optional, deniedTags: [latest]}}",
                        "{id: b1, images: {digest: Optional, deniedTags: [edge, latest]}}"),
                checks(
                        "",
                        "{id: a1, images: {digest: Optional, deniedTags: [latest]}}",
                        "{id: b1, images: {digest: Optional, deniedTags: [edge]}}"),
                checks(
                        "9 shadowed",
                        "{id: a1, stability: {maxOpenDrift: 5}}",
                        "{id: b1, stability: {maxOpenDrift: 2}}"),
                checks(
                        "9 shadowed",
                        "{id: a1, stability: {maxOpenDrift: 5}}",
                        "{id: b1, stability: {maxOpenDrift: 5, maxDrift: {count: 1, within: 1d}}}"),
                checks(
                        "9 shadowed",
                        "{id: a1, stability: {maxDrift: {count: 2, within: 1d}}}",
                        "{id: b1, stability: {maxDrift: {count: 1, within: 1d}}}"),
                checks(
                        "",
                        "{id: a1, stability: {maxDrift: {count: 2, within: 1d}}}",
                        "{id: b1, stability: {maxDrift: {count: 1, within: 2d}}}"),
                checks(
                        "",
                        "{id: a1, stability: {maxOpenDrift: 5}}",
                        "{id: b1, stability: {maxDrift: {count: 1, within: 2d}}}"),
                // shadowed, by what is guarded: the later one of two that are alike, else the narrower one
                policies("two 9 shadowed", PRODUCTION, PRODUCTION),
                policies("", PRODUCTION, "{stages: [staging]}"),
                policies("one 9 shadowed", PRODUCTION, "{stages: [production, staging]}"),
                policies("two 9 shadowed", "{namespaceSelector: {}}", PRODUCTION),
                policies("", PRODUCTION, "{namespaceSelector: {matchLabels: {team: a}}}"),
                policies(
                        "one 9 shadowed",
                        "{stages: [production], namespaceSelector: {matchLabels: {team: a}}}",
                        selector(requirement("team", "Exists"))),
                policies(
                        "one 9 shadowed",
                        selector(requirement("team", "In", "a")),
                        selector(requirement("team", "NotIn", "b"))),
                policies(
                        "two 9 shadowed",
                        selector(requirement("team", "NotIn", "b")),
                        selector(requirement("team", "DoesNotExist"))),
                policies("", selector(requirement("team", "NotIn", "b")), selector(requirement("team", "Exists"))),
                policies(
                        "two 9 shadowed",
                        selector(requirement("team", "NotIn", "b")),
                        selector(requirement("team", "NotIn", "b", "c"))),
                row(
                        "the wider one lets in what cannot be evaluated",
                        "one 7 undecided-allowed",
                        policy("one", "{namespaceSelector: {}}", "Allow", "{id: owned, ownership: {}}"),
                        policy("two", PRODUCTION, "Deny", "{id: owned, ownership: {}}")),
                row(
                        "three alike",
                        "10 shadowed, 11 shadowed",
                        policy(
                                "p",
                                PRODUCTION,
                                "Deny",
                                "{id: a1, ownership: {}}",
                                "{id: b1, ownership: {}}",
                                "{id: c1, ownership: {}}")),
                row(
                        "feedback makes the laxer one stricter",
                        "",
                        policy(
                                        "p",
                                        PRODUCTION,
                                        "Deny",
                                        "{id: a1, stability: {maxOpenDrift: 5}}",
                                        "{id: b1, stability: {maxOpenDrift: 2}}")
                                + "  feedback: [{when: {drift: {count: 2, within: 1h}}, tighten: {check: a1, set: {maxOpenDrift: 1}}, hold: 1d}]\n"),
                row(
                        "a policy that never matches is told that only",
                        "two 6 never-matches",
                        policy("one", PRODUCTION, "Deny", "{id: owned, ownership: {}}"),
                        policy(
                                "two",
                                "{stages: [production], namespaceSelector: {matchLabels: {interlock.dev/stage: staging}}}",
                                "Deny",
                                "{id: owned, ownership: {}}"),
                        PATH));
    }

    private World.Ran lint(String policies, String... more) throws IOException {
        Path all = Files.createDirectories(directory.resolve("all"));
        String[] documents = policies.split("---\n", -1);
        for (int i = 0; i < documents.length; i++) {
            Files.writeString(all.resolve("%d.yaml".formatted(i)), documents[i]);
        }
        return World.run(
                World.NO_CLUSTER,
                Stream.concat(Stream.of("policy", "lint", "-f", all.toString()), Arrays.stream(more))
                        .toArray(String[]::new));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void findsWhatIsAmissAndNothingElse(String what, String found, String policies) throws IOException {
        World.Ran ran = lint(policies, "-o", "json");
        assertThat(ran.err()).isEmpty();
        List<JsonNode> findings = new ArrayList<>();
        new ObjectMapper().readTree(ran.out()).path("findings").forEach(findings::add);
        boolean named = found.startsWith("one") || found.startsWith("two");
        assertThat(findings.stream()
                        .map(each -> (named ? each.path("policy").asText() + " " : "")
                                + each.path("line").asInt() + " "
                                + each.path("rule").asText())
                        .collect(Collectors.joining(", ")))
                .as(what)
                .isEqualTo(found);
        assertThat(ran.exit()).isEqualTo(found.contains("never-matches") ? 1 : 0);
    }

    @Test
    void aFindingIsSaidWithItsPlaceItsRuleAndWhatToDo() throws IOException {
        World.Ran ran = lint(policy("p", PRODUCTION, "Allow", "{id: a1, ownership: {}}", "{id: b1, ownership: {}}"));
        String file = directory.resolve("all/0.yaml").toString();
        assertThat(ran.out()).isEqualTo("""
                %1$s:7: warning [undecided-allowed] what check `a1` denies is let in where the check cannot be evaluated; set onUndecided to Deny, or the check's mode to Warn
                %1$s:10: warning [shadowed] whatever check `p/b1` finds wrong, check `p/a1` finds wrong too, in the same mode; take one of them out
                1 policy: 2 warnings
                """.formatted(file));
        assertThat(ran.exit()).isZero();
    }

    @Test
    void theExitCodeSaysWhetherAnErrorOrAWarningIsFound() throws IOException {
        String good = policy("p", PRODUCTION, "Deny", "{id: a1, ownership: {}}");
        assertThat(lint(good, "--fail-on-warn")).isEqualTo(new World.Ran(0, "1 policy: nothing found\n", ""));
        String warned = policy("p", PRODUCTION, "Allow", "{id: a1, ownership: {}}");
        assertThat(lint(warned).exit()).isZero();
        assertThat(lint(warned, "--fail-on-warn").exit()).isEqualTo(5);
        String wrong = policy(
                "p",
                selector(requirement("a", "Exists"), requirement("a", "DoesNotExist")),
                "Allow",
                "{id: a1, ownership: {}}");
        assertThat(lint(wrong, "--fail-on-warn").exit()).isEqualTo(1);
        assertThat(lint(good.replace("ownership", "ownersip")).exit()).isEqualTo(2);
        assertThat(lint(PATH).exit()).isEqualTo(2);
    }

    @Test
    void nothingIsFoundInWhatIsShipped() {
        for (String place :
                List.of("deploy/policies/baseline", "deploy/policies/restricted", "deploy/policies/staged")) {
            World.Ran ran = World.run(World.NO_CLUSTER, "policy", "lint", "-f", place, "--fail-on-warn");
            assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        }
    }

    /// Of each Pod that an API server takes: what baseline finds wrong, restricted finds wrong too.
    @Test
    void whatMakesBaselineRedundantIsSoAtEveryVersion() {
        List<Workload> workloads = PodCases.all().stream()
                .filter(PodCases.PodCase::valid)
                .map(each -> PodCases.object(WorkloadKind.DEPLOYMENT, "shop", "app", each.pod()))
                .map(object -> Workload.of(
                        WorkloadKind.DEPLOYMENT,
                        ManifestReader.read("case", object.toString())
                                .getFirst()
                                .object()))
                .toList();
        assertThat(workloads).hasSizeGreaterThan(50);
        for (int minor = 0; minor <= 40; minor++) {
            PodSecurity baseline = new PodSecurity(PodSecurity.Level.BASELINE, new PodSecurity.Version(minor));
            PodSecurity restricted = new PodSecurity(PodSecurity.Level.RESTRICTED, new PodSecurity.Version(minor));
            assertThat(Stricter.orSame(restricted, baseline)).isTrue();
            assertThat(workloads)
                    .filteredOn(each -> baseline.evaluate(each, Fixture.situation()) instanceof CheckResult.Failed)
                    .allSatisfy(each -> assertThat(restricted.evaluate(each, Fixture.situation()))
                            .isInstanceOf(CheckResult.Failed.class));
        }
    }

    /// Over every namespace of two labels with two values each: what is said to be within is, and what is said
    /// to be impossible is.
    @Test
    void whatIsSaidOfMatchesHoldsInEverySmallWorld() {
        List<LabelSelector.Requirement> requirements = Stream.of("a", "b")
                .flatMap(key -> Stream.<LabelSelector.Requirement>of(
                        new LabelSelector.In(key, Set.of("x")),
                        new LabelSelector.In(key, Set.of("x", "y")),
                        new LabelSelector.NotIn(key, Set.of("x")),
                        new LabelSelector.NotIn(key, Set.of("x", "y")),
                        new LabelSelector.Exists(key),
                        new LabelSelector.DoesNotExist(key)))
                .toList();
        List<Match> matches = requirements.stream()
                .flatMap(one -> requirements.stream()
                        .map(two -> new Match(Set.of(), new LabelSelector(Map.of(), List.of(one, two)))))
                .toList();
        List<Map<String, String>> namespaces = namespaces();
        assertThat(matches).hasSize(144);
        for (Match one : matches) {
            List<Map<String, String>> guarded =
                    namespaces.stream().filter(one::matches).toList();
            assertThat(MatchBounds.of(one).impossible().isPresent())
                    .as("%s", one)
                    .isEqualTo(guarded.isEmpty());
            for (Match two : matches) {
                if (MatchBounds.of(one).within(MatchBounds.of(two))) {
                    assertThat(guarded).as("%s within %s", one, two).allMatch(two::matches);
                }
            }
        }
    }

    private static List<Map<String, String>> namespaces() {
        List<List<String>> values = List.of(List.of(), List.of("x"), List.of("y"), List.of("z"));
        List<Map<String, String>> namespaces = new ArrayList<>();
        for (List<String> a : values) {
            for (List<String> b : values) {
                Map<String, String> labels = new HashMap<>(Map.of("kubernetes.io/metadata.name", "n"));
                a.forEach(value -> labels.put("a", value));
                b.forEach(value -> labels.put("b", value));
                namespaces.add(labels);
            }
        }
        return namespaces;
    }

    @Test
    void thePageSaysOfEveryRuleWhatItFinds() throws IOException {
        String page = Files.readString(Path.of("docs/policies.md"));
        assertThat(PolicyLint.Rule.values())
                .allSatisfy(rule -> assertThat(page)
                        .contains("| `%s` | %s |"
                                .formatted(rule.word(), rule.severity().word())));
        assertThat(page).contains("more than %d checks".formatted(PolicyLint.MOST_ENFORCED));
    }
}
