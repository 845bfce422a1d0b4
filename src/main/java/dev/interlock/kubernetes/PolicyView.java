package dev.interlock.kubernetes;

import dev.interlock.decision.Policy;
import dev.interlock.decision.Tightening;
import dev.interlock.decision.cel.Stated;
import dev.interlock.decision.cel.Typing;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.drift.Pointer;
import dev.interlock.feedback.Rule;
import dev.interlock.workload.GroupVersionResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All that a stored PromotionPolicy says.
///
/// @param ignored what counts as no drift of what it guards
/// @param rules   of feedback
/// @param problem why some of `ignored` and `rules` could not be read and are left out; empty where all could
public record PolicyView(Policy policy, List<Pointer> ignored, List<Rule> rules, Optional<String> problem) {
    public PolicyView {
        ignored = List.copyOf(ignored);
        rules = List.copyOf(rules);
    }

    /// With what feedback has made of a policy that can be read.
    PolicyView with(List<Tightening> tightenings) {
        return policy instanceof Policy.Loaded loaded
                ? new PolicyView(
                        new Policy.Loaded(
                                loaded.ref(),
                                loaded.match(),
                                loaded.onUndecided(),
                                loaded.owner(),
                                loaded.checks(),
                                tightenings),
                        ignored,
                        rules,
                        problem)
                : this;
    }

    /// Its expressions, those of variables left out; none where it cannot be read.
    public List<Stated> expressions() {
        if (!(policy instanceof Policy.Loaded loaded)) {
            return List.of();
        }
        List<Stated> expressions = new ArrayList<>();
        loaded.match()
                .conditions()
                .forEach(condition -> expressions.add(
                        new Stated(PolicyMapping.conditionAt(condition.name()), condition.expression())));
        loaded.checks().forEach(check -> {
            if (check.check() instanceof ExpressionHolds holds) {
                String id = check.id().value();
                expressions.add(new Stated(PolicyMapping.expressionAt(id), holds.expression()));
                holds.messageExpression()
                        .ifPresent(message -> expressions.add(new Stated(PolicyMapping.messageAt(id), message)));
            }
        });
        return expressions;
    }

    /// The resources that it names beside workloads, in the order of their names.
    public List<GroupVersionResource> others() {
        return policy.match().others().stream()
                .sorted(Comparator.comparing(GroupVersionResource::toString))
                .toList();
    }

    /// What is wrong with them where they are about what it guards.
    public List<String> typeProblems(Typing typing) {
        return typing.problems(expressions(), policy.match().resources());
    }

    /// The resources that it guards whose types are not known, in the order of their names.
    public List<GroupVersionResource> untyped(Typing typing) {
        return policy.match().resources().stream()
                .filter(resource -> !typing.knows(resource))
                .sorted(Comparator.comparing(GroupVersionResource::toString))
                .toList();
    }
}
