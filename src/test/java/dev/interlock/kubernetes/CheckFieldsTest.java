package dev.interlock.kubernetes;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.decision.DriftFact;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Policy;
import dev.interlock.decision.Reason;
import dev.interlock.workload.Workload;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// No field of a check is decoration: a change of it changes what is said of something.
final class CheckFieldsTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Workload WORKLOAD =
            Fixture.deployment(obj("hostNetwork", true, "containers", List.of(Fixture.container("app", "nginx:edge"))));
    private static final DriftFact DRIFT =
            new DriftFact("drift-1", "shop", Fixture.AT.minus(Duration.ofHours(1)), true, false);

    record Case(String field, JsonNode from, JsonNode to) {
        @Override
        public String toString() {
            return field;
        }
    }

    static List<Case> cases() {
        try (InputStream in =
                Objects.requireNonNull(CheckFieldsTest.class.getResourceAsStream("/checks/fields.yaml"))) {
            List<Case> cases = new ArrayList<>();
            YAML.readTree(in)
                    .forEach(each ->
                            cases.add(new Case(each.path("field").asText(), each.path("from"), each.path("to"))));
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Reason> said(JsonNode check) {
        GenericKubernetesResource stored = new GenericKubernetesResource();
        stored.setMetadata(new ObjectMetaBuilder()
                .withName("policy")
                .withUid("uid")
                .withGeneration(1L)
                .build());
        stored.setAdditionalProperty(
                "spec",
                Map.of(
                        "owner",
                        Map.of("team", "platform"),
                        "match",
                        Map.of("stages", List.of("production")),
                        "mode",
                        "Enforce",
                        "onUndecided",
                        "Deny",
                        "checks",
                        List.of(YAML.convertValue(check, Object.class))));
        Policy policy = PolicyMapping.policy(stored);
        assertThat(policy).isInstanceOf(Policy.Loaded.class);
        Evidence evidence = Fixture.withDrift(Fixture.evidence(policy), DRIFT);
        return switch (Fixture.EVALUATOR.evaluate(Fixture.create(WORKLOAD), evidence)) {
            case Evaluation.Decided decided -> decided.decision().basis().reasons();
            case Evaluation.Unchanged _, Evaluation.NotGoverned _ ->
                throw new AssertionError("a create changes something");
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void case36_aChangeOfAFieldChangesWhatIsSaid(Case each) {
        assertThat(said(each.from())).as(each.field()).isNotEqualTo(said(each.to()));
    }

    @Test
    void case36_everyFieldThatTheSchemaHasIsInTheTable() throws IOException {
        JsonNode crd = YAML.readTree(
                Path.of("crds/promotionpolicies.interlock.dev-v1.yml").toFile());
        List<String> fields = new ArrayList<>();
        leaves(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/checks/items"), "", fields);
        assertThat(cases().stream().map(Case::field)).containsExactlyInAnyOrderElementsOf(fields);
    }

    private static void leaves(JsonNode schema, String path, List<String> fields) {
        if (!schema.has("properties")) {
            fields.add(path);
            return;
        }
        schema.path("properties")
                .properties()
                .forEach(member -> leaves(
                        member.getValue(), path.isEmpty() ? member.getKey() : path + "." + member.getKey(), fields));
    }
}
