package dev.interlock.decision.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.WorkloadKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a policy's expressions say together. What single ones do is in `PublishedTypesTest`.
final class TypingTest {
    private static final Set<GroupVersionResource> ALL = WorkloadKind.resources();
    private static final Typing TYPING = new Typing(
            Map.of(
                    WorkloadKind.POD,
                    new Schema.Fields(Map.of("node", Schema.Plain.STRING)),
                    WorkloadKind.DEPLOYMENT,
                    new Schema.Fields(Map.of("replicas", Schema.Plain.INT)),
                    WorkloadKind.STATEFUL_SET,
                    new Schema.Fields(Map.of("replicas", Schema.Plain.INT))),
            Map.of());

    private static Stated stated(String where, String expression, Variables variables) {
        return new Stated(where, Expression.any(expression, variables));
    }

    @Test
    void variablesHaveTheTypesThatTheirExpressionsHaveInEachKind() {
        Variables variables = Variables.NONE.with("count", "object.replicas").with("all", "[variables.count]");
        assertThat(TYPING.problems(
                        List.of(
                                stated("a", "variables.all.size() == 1", variables),
                                stated("b", "variables.count == 'one'", variables),
                                stated("c", "variables.all[0] == 'two'", variables)),
                        ALL))
                .containsExactly(
                        "variables `count`: line 1, column 7: undefined field 'replicas', in Pod",
                        "b: line 1, column 17: found no matching overload for '_==_' applied to '(int, string)', in Deployment, StatefulSet",
                        "c: line 1, column 18: found no matching overload for '_==_' applied to '(int, string)', in Deployment, StatefulSet");
    }

    @Test
    void variableThatNoExpressionUsesIsNeverEvaluatedAndNotHeldAgainstAnything() {
        Variables variables = Variables.NONE.with("wrong", "object.nope");
        assertThat(TYPING.problems(List.of(stated("a", "workload.kind == 'Pod'", variables)), ALL))
                .isEmpty();
    }

    @Test
    void onlyTheKindsThatAPolicyIsAboutAreAsked() {
        List<Stated> expressions = List.of(stated("a", "object.node == 'n'", Variables.NONE));
        assertThat(TYPING.problems(expressions, Set.of(WorkloadKind.POD.groupVersionResource())))
                .isEmpty();
        assertThat(TYPING.problems(
                        expressions,
                        Set.of(
                                WorkloadKind.POD.groupVersionResource(),
                                WorkloadKind.DEPLOYMENT.groupVersionResource())))
                .containsExactly("a: line 1, column 7: undefined field 'node', in Deployment");
        assertThat(TYPING.problems(expressions, Set.of(WorkloadKind.JOB.groupVersionResource())))
                .as("nothing is known of it")
                .isEmpty();
    }

    @Test
    void problemsComeInTheOrderOfTheExpressions() {
        assertThat(TYPING.problems(
                        List.of(
                                stated("z", "object.node == oldObject.x", Variables.NONE),
                                stated("a", "object.replicas == 1", Variables.NONE)),
                        ALL))
                .containsExactly(
                        "z: line 1, column 7: undefined field 'node', in Deployment, StatefulSet",
                        "z: line 1, column 25: undefined field 'x', in Deployment, Pod, StatefulSet",
                        "a: line 1, column 7: undefined field 'replicas', in Pod");
    }
}
