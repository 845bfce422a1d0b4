package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.Condition;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Operation;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Request;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Owner;
import dev.interlock.workload.RegistryPrefix;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever is stored gives a policy (law 16).
class PolicyMappingTest {
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final PolicyRef REF = new PolicyRef("production", "uid-1", 7);

    private static final String FULL = """
            owner: {team: platform, contact: "#platform"}
            match:
              stages: [production, staging]
              namespaceSelector:
                matchLabels: {team: shop}
                matchExpressions:
                - {key: tier, operator: In, values: [gold, silver]}
                - {key: region, operator: NotIn, values: [test]}
                - {key: audited, operator: Exists}
                - {key: frozen, operator: DoesNotExist}
            mode: Warn
            onUndecided: Allow
            checks:
            - id: registries
              mode: Enforce
              owner: {team: security}
              remedy: push it to our registry
              images: {digest: Optional, registries: [registry.example.com/, ghcr.io/acme]}
            - id: images-pinned
              images: {digest: Required}
            """;

    private static final Match FULL_MATCH = new Match(
            Set.of("production", "staging"),
            new LabelSelector(
                    Map.of("team", "shop"),
                    List.of(
                            new LabelSelector.In("tier", Set.of("gold", "silver")),
                            new LabelSelector.NotIn("region", Set.of("test")),
                            new LabelSelector.Exists("audited"),
                            new LabelSelector.DoesNotExist("frozen"))));

    private static final String LEAST = """
            owner: {team: platform}
            match: {stages: [production]}
            mode: Enforce
            onUndecided: Deny
            checks:
            - {id: images-pinned, images: {digest: Required}}
            """;

    private static final Match LEAST_MATCH = new Match(Set.of("production"), LabelSelector.EVERYTHING);

    private static JsonNode spec(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    private static GenericKubernetesResource stored(PolicyRef ref, JsonNode spec) {
        GenericKubernetesResource stored = new GenericKubernetesResource();
        stored.setMetadata(new ObjectMetaBuilder()
                .withName(ref.name())
                .withUid(ref.uid())
                .withGeneration(ref.generation())
                .build());
        stored.setAdditionalProperty("spec", YAML.convertValue(spec, Object.class));
        return stored;
    }

    private static Policy policy(JsonNode spec) {
        return PolicyMapping.policy(stored(REF, spec));
    }

    private static Policy.Loaded loaded(JsonNode spec) {
        return switch (policy(spec)) {
            case Policy.Loaded loaded -> loaded;
            case Policy.Unreadable unreadable -> throw new AssertionError(unreadable.cause());
        };
    }

    /// The least that is valid, with the value at a JSON pointer replaced; `absent` takes it out.
    private static JsonNode with(String pointer, String yaml) {
        JsonNode spec = spec(LEAST);
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = spec.at(pointer.substring(0, slash));
        String last = pointer.substring(slash + 1);
        switch (parent) {
            case ObjectNode object when yaml.equals("absent") -> object.remove(last);
            case ObjectNode object -> object.set(last, spec(yaml));
            case ArrayNode array -> array.set(Integer.parseInt(last), spec(yaml));
            default -> throw new IllegalArgumentException("nothing at " + pointer);
        }
        return spec;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[services.v1, endpoints.v1]   | services.v1",
                "[deployments.v1.apps, pods]   | pods.v1",
                "[services]                    | ''",
            })
    void law16_whatCannotBeGovernedMakesAPolicyUnreadableAndTakesNothingFromWhatItGuards(
            String resources, String guarded) {
        Policy policy = policy(with("/match", "{stages: [production], resources: %s}".formatted(resources)));
        assertThat(policy).isInstanceOf(Policy.Unreadable.class);
        assertThat(policy.match().stages()).containsExactly("production");
        assertThat(policy.match().resources().stream().map(Object::toString).collect(Collectors.joining()))
                .isEqualTo(guarded);
    }

    @Test
    void aPolicyIsReadFieldByField() {
        assertThat(policy(spec(FULL)))
                .isEqualTo(new Policy.Loaded(
                        REF,
                        FULL_MATCH,
                        OnUndecided.ALLOW,
                        new Owner("platform", "#platform"),
                        List.of(
                                new ConfiguredCheck(
                                        new CheckId("images-pinned"),
                                        Mode.WARN,
                                        Optional.empty(),
                                        Optional.empty(),
                                        new ImagesAllowed(true, List.of(), List.of())),
                                new ConfiguredCheck(
                                        new CheckId("registries"),
                                        Mode.ENFORCE,
                                        Optional.of(new Owner("security", "")),
                                        Optional.of("push it to our registry"),
                                        new ImagesAllowed(
                                                false,
                                                List.of(
                                                        RegistryPrefix.of("registry.example.com"),
                                                        RegistryPrefix.of("ghcr.io/acme")),
                                                List.of()))),
                        List.of()));
    }

    @Test
    void expressionsAreCompiledWithThePolicysVariables() {
        Variables variables = Variables.NONE.with("wanted", "2").with("more", "variables.wanted + 1");
        assertThat(policy(spec("""
                        owner: {team: platform}
                        match:
                          stages: [production]
                          resources: [jobs.batch, cronjobs.batch]
                          operations: [UPDATE]
                          objectSelector: {matchLabels: {app: checkout}}
                          conditions: [{name: named, expression: "request.name != ''"}]
                        variables:
                        - {name: wanted, expression: "2"}
                        - {name: more, expression: variables.wanted + 1}
                        mode: Enforce
                        onUndecided: Deny
                        checks:
                        - {id: one, expression: variables.more == 3, message: m, messageExpression: "'m'"}
                        """)))
                .isEqualTo(new Policy.Loaded(
                        REF,
                        new Match(
                                Set.of("production"),
                                LabelSelector.EVERYTHING,
                                Set.of(
                                        WorkloadKind.JOB.groupVersionResource(),
                                        WorkloadKind.CRON_JOB.groupVersionResource()),
                                Set.of(Operation.UPDATE),
                                new LabelSelector(Map.of("app", "checkout"), List.of()),
                                List.of(new Condition("named", Expression.bool("request.name != ''", Variables.NONE)))),
                        OnUndecided.DENY,
                        new Owner("platform", ""),
                        List.of(new ConfiguredCheck(
                                new CheckId("one"),
                                Mode.ENFORCE,
                                Optional.empty(),
                                Optional.empty(),
                                new ExpressionHolds(
                                        Expression.bool("variables.more == 3", variables),
                                        Optional.of("m"),
                                        Optional.of(Expression.string("'m'", variables))))),
                        List.of()));
    }

    /// What it guards does not hang on conditions that cannot be read.
    @Test
    void case24_policyWhoseExpressionsDoNotCompileIsUnreadableAndGuardsWhatItGuarded() {
        assertUnreadable(
                policy(with("/match/conditions", "[{name: c, expression: object.kind}]")),
                LEAST_MATCH,
                "match.conditions `c`: it gives a dyn and must give a bool");
        assertUnreadable(
                policy(with("/variables", "[{name: a, expression: b}]")),
                LEAST_MATCH,
                "variables `a`: line 1, column 1: undeclared reference to 'b'");
        assertUnreadable(
                policy(with("/checks/0", "{id: one, expression: object.spec.replicas}")),
                LEAST_MATCH,
                "check `one`: expression: it gives a dyn and must give a bool");
    }

    @Test
    void whatMayBeAbsentMeansWhatTheCrdSays() {
        assertThat(policy(spec(LEAST)))
                .isEqualTo(new Policy.Loaded(
                        REF,
                        LEAST_MATCH,
                        OnUndecided.DENY,
                        new Owner("platform", ""),
                        List.of(new ConfiguredCheck(
                                new CheckId("images-pinned"),
                                Mode.ENFORCE,
                                Optional.empty(),
                                Optional.empty(),
                                new ImagesAllowed(true, List.of(), List.of()))),
                        List.of()));
        assertThat(loaded(with("/match", "{namespaceSelector: {}}")).match())
                .as("every workload")
                .isEqualTo(new Match(Set.of(), LabelSelector.EVERYTHING));
    }

    @ParameterizedTest
    @CsvSource({
        "Enforce, absent, ENFORCE",
        "Enforce, Enforce, ENFORCE",
        "Enforce, Warn, WARN",
        "Enforce, Audit, AUDIT",
        "Warn, absent, WARN",
        "Warn, Enforce, ENFORCE",
        "Audit, absent, AUDIT",
        "Audit, Warn, WARN",
        "Audit, null, AUDIT",
    })
    void aChecksOwnModeComesBeforeThePolicys(String policy, String check, Mode mode) {
        ObjectNode spec = with("/checks/0/mode", check).deepCopy();
        spec.put("mode", policy);
        assertThat(loaded(spec).checks()).extracting(ConfiguredCheck::mode).containsExactly(mode);
    }

    @ParameterizedTest
    @CsvSource({"/exceptions, {maxDuration: 14d}", "/checks/0/severity, hello", "/match/conditions, []"})
    void aFieldOfANewerVersionIsPassedBy(String pointer, String value) {
        assertThat(policy(with(pointer, value))).isEqualTo(policy(spec(LEAST)));
    }

    @Test
    void aPolicyWithoutGenerationHasGenerationZero() {
        GenericKubernetesResource stored = stored(REF, spec(LEAST));
        stored.getMetadata().setGeneration(null);
        assertThat(PolicyMapping.policy(stored).ref()).isEqualTo(new PolicyRef("production", "uid-1", 0));
    }

    /// Outside of `match`, so that what it guards is still known.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/owner            | absent     | spec.owner",
                "/owner            | null       | spec.owner",
                "/owner            | platform   | spec.owner",
                "/owner            | \"\"       | spec.owner",
                "/owner            | []         | spec.owner",
                "/owner/team       | absent     | owner.team",
                "/owner/team       | null       | owner.team",
                "/owner/team       | 42         | owner.team",
                "/owner/team       | true       | owner.team",
                "/owner/team       | 1.5        | owner.team",
                "/owner/team       | [platform] | owner.team",
                "/owner/contact    | {}         | owner.contact",
                "/mode             | absent     | spec.mode",
                "/mode             | null       | spec.mode",
                "/mode             | Block      | spec.mode",
                "/mode             | enforce    | spec.mode",
                "/mode             | \"\"       | spec.mode",
                "/mode             | 2          | spec.mode",
                "/mode             | {}         | spec.mode",
                "/onUndecided      | absent     | spec.onUndecided",
                "/onUndecided      | Ignore     | spec.onUndecided",
                "/onUndecided      | 1          | spec.onUndecided",
                "/onUndecided      | true       | spec.onUndecided",
                "/checks           | absent     | spec.checks",
                "/checks           | null       | spec.checks",
                "/checks           | {}         | spec.checks",
                "/checks           | all        | spec.checks",
                "/checks           | [null]     | spec.checks",
                "/checks           | [[]]       | spec.checks",
                "/checks           | [3]        | spec.checks",
                "/checks/0/id      | absent     | checks.id",
                "/checks/0/id      | null       | checks.id",
                "/checks/0/id      | 42         | checks[0].id",
                "/checks/0/id      | Pinned     | check id must be kebab-case, 2 to 63 characters: `Pinned`",
                "/checks/0/id      | x          | `x`",
                "/checks/0/id      | \"\"       | check id",
                "/checks/0/mode    | Deny       | checks[0].mode",
                "/checks/0/mode    | 1          | checks[0].mode",
                "/checks/0/remedy  | []         | checks[0].remedy",
                "/checks/0/owner   | {}         | owner.team",
                "/checks/0/images  | absent     | check `images-pinned`",
                "/checks/0/images  | null       | check `images-pinned`",
                "/checks/0/images  | true       | checks[0].images",
                "/checks/0/images  | {}         | images.digest",
                "/checks/0         | {id: no-weekend, freeze: {}}                | check `no-weekend`",
                "/checks/0/images  | {digest: Always}                            | checks[0].images.digest",
                "/checks/0/images  | {digest: 0}                                 | checks[0].images.digest",
                "/checks/0/images  | {digest: Required, registries: r.example}   | checks[0].images.registries",
                "/checks/0/images  | {digest: Required, registries: [443]}       | checks[0].images.registries[0]",
                "/checks/0/images  | {digest: Required, registries: [null]}      | images.registries",
                "/checks/0/images  | {digest: Required, registries: [acme]}      | check `images-pinned`: not a registry",
                "/checks/0/images  | {digest: Required, registries: ['']}        | check `images-pinned`: not a registry",
                "/checks/0/images  | {digest: Required, registries: [https://a.example]} | check `images-pinned`: not a registry",
            })
    void whatCannotBeReadIsUnreadableNamesTheFieldAndKeepsItsMatch(String pointer, String value, String field) {
        assertUnreadable(policy(with(pointer, value)), LEAST_MATCH, field);
    }

    /// A match that says less than was meant would let promotions slip by.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "absent                                          | spec.match",
                "null                                            | spec.match",
                "production                                      | spec.match",
                "[]                                              | spec.match",
                "{stages: production}                            | match.stages",
                "{stages: {}}                                    | match.stages",
                "{stages: [3]}                                   | match.stages[0]",
                "{stages: [null]}                                | match.stages",
                "{stages: [[production]]}                        | match.stages[0]",
                "{stages: [production], namespaceSelector: all}  | match.namespaceSelector",
                "{namespaceSelector: {matchLabels: [team]}}      | namespaceSelector.matchLabels",
                "{namespaceSelector: {matchLabels: {team: 3}}}   | namespaceSelector.matchLabels.team",
                "{namespaceSelector: {matchLabels: {team: null}}} | matchLabels",
                "{namespaceSelector: {matchExpressions: {}}}     | namespaceSelector.matchExpressions",
                "{namespaceSelector: {matchExpressions: [null]}} | matchExpressions",
                "{namespaceSelector: {matchExpressions: [{operator: Exists}]}}          | matchExpressions.key",
                "{namespaceSelector: {matchExpressions: [{key: a}]}}                    | matchExpressions.operator",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: Gt}]}}      | matchExpressions[0].operator",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: 2}]}}       | matchExpressions[0].operator",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: In}]}}      | matchExpressions",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: In, values: []}]}}      | matchExpressions",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: In, values: [null]}]}}  | matchExpressions",
                "{namespaceSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}} | matchExpressions",
            })
    void anUnreadableMatchGuardsEverything(String match, String field) {
        assertUnreadable(policy(with("/match", match)), Match.ALL, field);
    }

    @ParameterizedTest
    @CsvSource({"null", "production", "42", "[]", "\"\"", "{}", "true"})
    void aSpecThatIsNoneIsUnreadableAndGuardsEverything(String spec) {
        assertUnreadable(policy(spec(spec)), Match.ALL, "spec");
    }

    @Test
    void aPolicyWithoutSpecIsUnreadableAndGuardsEverything() {
        GenericKubernetesResource stored = stored(REF, spec(LEAST));
        stored.getAdditionalProperties().clear();
        assertUnreadable(PolicyMapping.policy(stored), Match.ALL, "spec");
    }

    /// What the API server refuses by the CRD's rules may be stored under another CRD, or stand in a file.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{id: one, expression: 'true', ownership: {}}                        | has 2 kinds",
                "{id: one, ownership: {}, message: hello}                            | go with an expression",
                "{id: one, ownership: {}, messageExpression: '\"no\"'}             | go with an expression",
                "{id: one, images: {digest: Required, deniedTags: [edge]}}           | would deny nothing",
                "{id: one, images: {digest: Optional}}                               | could never fail",
            })
    void case36_aCheckOfWhichAFieldWouldSayNothingIsUnreadable(String check, String cause) {
        assertUnreadable(policy(with("/checks/0", check)), LEAST_MATCH, cause);
    }

    @Test
    void case36_anIdThatIsThereTwiceIsUnreadable() {
        assertUnreadable(
                policy(with(
                        "/checks",
                        "[{id: one, ownership: {}}, {id: one, podSecurity: {level: baseline, version: latest}}]")),
                LEAST_MATCH,
                "check id `one` is there twice");
    }

    /// They are kept for as long as the policy is there, those that are equal too.
    @Test
    void case20_regularExpressionsThatAreLargeTogetherAreRefused() {
        String checks = IntStream.range(0, 30)
                .mapToObj(i -> "{id: one-%d, expression: \"''.matches('a{1000}b{1000}c{1000}d{1000}')\"}".formatted(i))
                .collect(Collectors.joining(", ", "[", "]"));
        assertUnreadable(
                policy(with("/checks", checks)),
                LEAST_MATCH,
                "the regular expressions of a policy have at most 100000 instructions together");
    }

    /// What the API server asks about follows from what policies name, whatever else of one cannot be read (law 16).
    @Test
    void whatAnUnreadableMatchNamesIsGuardedEverywhere() {
        Policy policy = policy(with(
                "/match",
                "{resources: [services.v1], namespaceSelector: {matchExpressions: [{key: a, operator: Gt}]}}"));
        assertThat(policy).isInstanceOf(Policy.Unreadable.class);
        assertThat(policy.match().others()).containsExactly(new GroupVersionResource("", "v1", "services"));
        assertThat(policy.match().matches(Map.of())).isTrue();
        assertThat(policy(with("/match", "{resources: [services.v1, no.such.thing!], stages: 3}"))
                        .match()
                        .others())
                .containsExactly(new GroupVersionResource("", "v1", "services"));
        assertThat(policy(with("/match", "{resources: {a: foo}, stages: 3}")).match())
                .isEqualTo(Match.ALL);
    }

    @Test
    void theCauseStaysShortAndWholeWhateverIsStored() {
        assertUnreadable(policy(with("/checks/0/id", "x" + "😀".repeat(5_000))), LEAST_MATCH, "check id");
        assertUnreadable(policy(with("/checks/0/id", "xy" + "😀".repeat(5_000))), LEAST_MATCH, "check id");
        assertUnreadable(policy(with("/checks/0/id", "\"a\\nb\"")), LEAST_MATCH, "check id");
    }

    private static void assertUnreadable(Policy policy, Match match, String field) {
        assertThat(policy).isInstanceOfSatisfying(Policy.Unreadable.class, unreadable -> {
            assertThat(unreadable.ref()).isEqualTo(REF);
            assertThat(unreadable.match()).isEqualTo(match);
            assertThat(unreadable.cause()).contains(field);
            assertFitForPeople(unreadable.cause());
        });
    }

    /// It is shown in every denial of what the policy guards: short, one line, no name of a Java type, no half
    /// character.
    private static void assertFitForPeople(String cause) {
        assertThat(cause)
                .isNotBlank()
                .doesNotContain("\n", "dev.interlock", "java.", "Exception", "Cannot invoke")
                .isEqualTo(new String(cause.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        assertThat(cause.codePointCount(0, cause.length())).isLessThanOrEqualTo(201);
    }

    @Test
    void noMutationOfAValidSpecThrowsAndNoneOutsideOfMatchChangesWhatIsGuarded() {
        Random random = new Random(20_261_125);
        int readable = 0;
        int unreadable = 0;
        for (int i = 0; i < 5_000; i++) {
            JsonNode mutant = spec(FULL);
            boolean matchTouched = mutate(mutant, random);
            Policy policy = policy(mutant);
            assertThat(policy.ref()).isEqualTo(REF);
            if (!matchTouched) {
                assertThat(policy.match()).as(mutant.toString()).isEqualTo(FULL_MATCH);
            }
            switch (policy) {
                case Policy.Loaded loaded -> {
                    readable++;
                    assertThat(loaded.checks()).as(mutant.toString()).doesNotContainNull();
                }
                case Policy.Unreadable broken -> {
                    unreadable++;
                    assertFitForPeople(broken.cause());
                }
            }
        }
        assertThat(readable).isGreaterThan(100);
        assertThat(unreadable).isGreaterThan(1_000);
    }

    /// Replaces or takes out one value anywhere.
    ///
    /// @return whether that was `match` or something in it
    private static boolean mutate(JsonNode spec, Random random) {
        List<Place> places = new ArrayList<>();
        collect(spec, false, places);
        Place place = places.get(random.nextInt(places.size()));
        JsonNode value = spec(STRANGE.get(random.nextInt(STRANGE.size())));
        boolean out = random.nextInt(8) == 0;
        switch (place.parent()) {
            case ObjectNode object when out -> object.remove(place.name());
            case ObjectNode object -> object.set(place.name(), value);
            case ArrayNode array when out -> array.remove(place.index());
            case ArrayNode array -> array.set(place.index(), value);
            default -> throw new IllegalStateException("a parent is an object or a list");
        }
        return place.inMatch();
    }

    private record Place(JsonNode parent, String name, int index, boolean inMatch) {}

    private static final List<String> STRANGE = List.of(
            "null",
            "''",
            "x",
            "Enforce",
            "\"\\u0000\"",
            "0",
            "1",
            "-1",
            "9223372036854775808",
            "1e400",
            "0.5",
            "true",
            "[]",
            "{}",
            "[null]",
            "[x, 1, {}]",
            "{x: null}",
            "[[[[[[[[]]]]]]]]",
            "{id: x, images: {}}");

    private static void collect(JsonNode node, boolean inMatch, List<Place> places) {
        switch (node) {
            case ObjectNode object ->
                object.properties().forEach(member -> {
                    boolean within = inMatch || member.getKey().equals("match");
                    places.add(new Place(object, member.getKey(), -1, within));
                    collect(member.getValue(), within, places);
                });
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    places.add(new Place(array, "", i, inMatch));
                    collect(array.get(i), inMatch, places);
                }
            }
            default -> {}
        }
    }

    @Test
    void aPoisonPolicyHoldsUpNothingButWhatItGuards() {
        PolicyRef poison = new PolicyRef("poison", "uid-2", 1);
        JsonNode broken = with("/match", "{stages: [staging]}");
        ((ObjectNode) broken).set("mode", spec("Block"));
        List<Policy> policies =
                List.of(PolicyMapping.policy(stored(poison, broken)), PolicyMapping.policy(stored(REF, spec(LEAST))));
        Request pinned = Fixture.create(Fixture.deployment("app@sha256:" + "0".repeat(64)));

        Decision inProduction = Fixture.decide(pinned, evidence("production", policies));
        Decision inStaging = Fixture.decide(pinned, evidence("staging", policies));

        assertThat(inProduction).isInstanceOf(Decision.Allowed.class);
        assertThat(inProduction.basis().policies()).containsExactly(REF);
        assertThat(inStaging).isInstanceOfSatisfying(Decision.Undecided.class, undecided -> {
            assertThat(undecided.causes().first().violation().code()).isEqualTo("PolicyUnreadable");
            assertThat(undecided.causes().first().policy()).isEqualTo("poison");
        });
        assertThat(inStaging.basis().policies()).containsExactly(poison);
    }

    private static Evidence evidence(String stage, List<Policy> policies) {
        return Fixture.evidence(Optional.of(Map.of("interlock.dev/stage", stage)), policies);
    }
}
