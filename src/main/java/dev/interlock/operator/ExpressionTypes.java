package dev.interlock.operator;

import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.cel.Typing;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.kubernetes.PublishedTypes.Published;
import dev.interlock.workload.GroupVersionResource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What the types that the API server publishes say of policies' expressions: found once for each generation
/// of a policy and each version of the types.
final class ExpressionTypes {
    static final Said BEING_READ =
            new Said("Unknown", "NotChecked", "not checked yet: the API server's schemas are being read");

    private final Function<Collection<GroupVersionResource>, CompletableFuture<Published>> types;
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    private record Found(PolicyRef policy, Typing typing, List<String> problems) {}

    /// @param types of workloads and of the other resources that it is given; never fails
    ExpressionTypes(Function<Collection<GroupVersionResource>, CompletableFuture<Published>> types) {
        this.types = types;
    }

    /// Empty where the policy has no expressions, or none that can be read.
    Optional<Said> of(PolicyView view) {
        if (view.expressions().isEmpty()) {
            return Optional.empty();
        }
        CompletableFuture<Published> published = types.apply(view.others());
        if (!published.isDone()) {
            return Optional.of(BEING_READ);
        }
        return Optional.of(
                switch (published.join()) {
                    case Published.Unknown(String cause) -> new Said("Unknown", "NotChecked", "not checked: " + cause);
                    case Published.Types(Typing typing, Map<String, String> failures) ->
                        said(problems(view, typing), view.untyped(typing), failures);
                });
    }

    private static Said said(List<String> problems, List<GroupVersionResource> untyped, Map<String, String> failures) {
        if (problems.isEmpty() && !untyped.isEmpty()) {
            return new Said(
                    "Unknown",
                    "NotChecked",
                    "not checked: "
                            + Said.listed(untyped.stream()
                                    .map(
                                            resource -> "the schema of %s: %s"
                                                    .formatted(
                                                            resource,
                                                            failures.getOrDefault(
                                                                    resource.apiVersion(),
                                                                    "the API server publishes none, see kubectl api-resources")))
                                    .toList()));
        }
        return problems.isEmpty()
                ? new Said(
                        "True", "Typed", "the expressions fit the API server's schemas of the kinds that are matched")
                : new Said(
                        "False",
                        "TypeProblems",
                        "type problems (%d), which change no decision: %s"
                                .formatted(problems.size(), problems.stream().collect(Collectors.joining("; "))));
    }

    private List<String> problems(PolicyView view, Typing typing) {
        PolicyRef policy = view.policy().ref();
        Found known = found.get(policy.uid());
        if (known == null || !known.policy().equals(policy) || !same(known.typing(), typing)) {
            known = new Found(policy, typing, view.typeProblems(typing));
            found.put(policy.uid(), known);
        }
        return known.problems();
    }

    @SuppressWarnings("ReferenceEquality") // they are another object after each change, and only then
    private static boolean same(Typing known, Typing typing) {
        return known == typing;
    }

    /// Forgets the policies that are not there any more.
    void retain(Set<String> stored) {
        found.keySet().retainAll(stored);
    }
}
