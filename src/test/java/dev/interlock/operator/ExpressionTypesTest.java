package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Sets;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.Condition;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.Schema;
import dev.interlock.decision.cel.Typing;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.decision.check.OwnerKnown;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.kubernetes.PublishedTypes.Published;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What a policy's status says of its expressions.
class ExpressionTypesTest {
    private final List<List<GroupVersionResource>> asked = new ArrayList<>();
    private CompletableFuture<Published> published = new CompletableFuture<>();
    private final ExpressionTypes types = new ExpressionTypes(others -> {
        asked.add(List.copyOf(others));
        return published;
    });

    private static Published typed(Schema.Plain replicas) {
        return new Published.Types(
                new Typing(
                        Map.of(
                                WorkloadKind.DEPLOYMENT, new Schema.Fields(Map.of("replicas", replicas)),
                                WorkloadKind.POD, new Schema.Fields(Map.of())),
                        Map.of()),
                Map.of("down.example.com/v1", "the server is down"));
    }

    private static PolicyView view(
            long generation, String condition, Optional<ExpressionHolds> check, GroupVersionResource... others) {
        List<Condition> conditions = new ArrayList<>();
        if (!condition.isEmpty()) {
            conditions.add(new Condition("c", Expression.bool(condition, Variables.NONE)));
        }
        return view(new Policy.Loaded(
                new PolicyRef("production", "uid-1", generation),
                new Match(
                        Set.of(),
                        LabelSelector.EVERYTHING,
                        Sets.union(Set.of(WorkloadKind.DEPLOYMENT.groupVersionResource()), Set.of(others)),
                        Set.of(),
                        LabelSelector.EVERYTHING,
                        conditions),
                OnUndecided.DENY,
                Fixture.OWNER,
                List.of(new ConfiguredCheck(
                        new CheckId("one"),
                        Mode.WARN,
                        Optional.empty(),
                        Optional.empty(),
                        check.isPresent() ? check.get() : new OwnerKnown())),
                List.of()));
    }

    private static PolicyView view(Policy policy) {
        return new PolicyView(policy, List.of(), List.of(), Optional.empty());
    }

    private static Optional<ExpressionHolds> check(String expression, String message) {
        return Optional.of(new ExpressionHolds(
                Expression.bool(expression, Variables.NONE),
                Optional.empty(),
                Optional.of(Expression.string(message, Variables.NONE))));
    }

    @Test
    void nothingIsSaidWhereThereAreNoExpressionsOrNoneThatCanBeRead() {
        assertThat(types.of(view(1, "", Optional.empty()))).isEmpty();
        assertThat(types.of(view(new Policy.Unreadable(new PolicyRef("p", "u", 1), Match.ALL, "why"))))
                .isEmpty();
    }

    @Test
    void conditionsChecksAndMessagesAreHeldAgainstTheKindsOfThePolicy() {
        published.complete(typed(Schema.Plain.INT));
        assertThat(types.of(view(1, "object.replicas == 1", Optional.empty())))
                .contains(new Said(
                        "True", "Typed", "the expressions fit the API server's schemas of the kinds that are matched"));
        assertThat(types.of(
                        view(2, "object.replica == 1", check("object.replicas == 'x'", "'has ' + object.replicas"))))
                .contains(
                        new Said(
                                "False",
                                "TypeProblems",
                                "type problems (3), which change no decision: "
                                        + "match.conditions `c`: line 1, column 7: undefined field 'replica', in Deployment; "
                                        + "check `one`: expression: line 1, column 17: found no matching overload for '_==_' applied to '(int, string)', in Deployment; "
                                        + "check `one`: messageExpression: line 1, column 8: found no matching overload for '_+_' applied to '(string, int)', in Deployment"));
    }

    @Test
    void whatIsNotKnownIsNotSaidToBeRight() {
        PolicyView view = view(1, "object.replica == 1", Optional.empty());
        assertThat(types.of(view)).contains(ExpressionTypes.BEING_READ);
        published.complete(new Published.Unknown("the API server is away"));
        assertThat(types.of(view)).contains(new Said("Unknown", "NotChecked", "not checked: the API server is away"));
    }

    @Test
    void whatHasNoSchemaIsNotSaidToBeRight() {
        published.complete(typed(Schema.Plain.INT));
        GroupVersionResource shelves = new GroupVersionResource("example.com", "v1", "shelves");
        assertThat(types.of(view(1, "object.replicas == 1", Optional.empty(), shelves)))
                .contains(
                        new Said(
                                "Unknown",
                                "NotChecked",
                                "not checked: the schema of shelves.v1.example.com: the API server publishes none, see kubectl api-resources"));
        assertThat(types.of(view(
                        3,
                        "object.replicas == 1",
                        Optional.empty(),
                        new GroupVersionResource("down.example.com", "v1", "shelves"))))
                .map(Said::message)
                .contains("not checked: the schema of shelves.v1.down.example.com: the server is down");
        assertThat(types.of(view(2, "object.replica == 1", Optional.empty(), shelves)))
                .as("what is found is said")
                .map(Said::reason)
                .contains("TypeProblems");
        assertThat(asked).contains(List.of(shelves));
    }

    @Test
    void theyAreCheckedAgainWhenThePolicyOrTheTypesChange() {
        published.complete(typed(Schema.Plain.INT));
        PolicyView view = view(1, "object.replicas == 1", Optional.empty());
        assertThat(types.of(view)).map(Said::status).contains("True");
        assertThat(types.of(view(2, "object.replica == 1", Optional.empty())))
                .map(Said::status)
                .contains("False");
        assertThat(types.of(view)).map(Said::status).contains("True");
        published = CompletableFuture.completedFuture(typed(Schema.Plain.STRING));
        assertThat(types.of(view)).map(Said::status).contains("False");
        types.retain(Set.of());
        assertThat(types.of(view)).map(Said::status).contains("False");
    }
}
