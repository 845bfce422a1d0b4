package dev.interlock.operator;

import dev.interlock.kubernetes.PolicyView;
import dev.interlock.kubernetes.ServedResources.Served;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.OtherKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Says of a policy whether the API server asks about what it names beside workloads.
final class OtherResources {
    static final String NOT_ASKED = "NotAsked";

    private final Predicate<GroupVersionResource> asked;
    private final Function<GroupVersionResource, Served> served;
    private final Supplier<Set<GroupVersionResource>> named;

    /// @param asked  whether the API server is told to ask about a resource
    /// @param served whether it has such a resource, and where; throws where that cannot be known now
    /// @param named  by all policies that there are
    OtherResources(
            Predicate<GroupVersionResource> asked,
            Function<GroupVersionResource, Served> served,
            Supplier<Set<GroupVersionResource>> named) {
        this.asked = asked;
        this.served = served;
        this.named = named;
    }

    /// Empty where it names workloads only.
    Optional<Said> of(PolicyView view) {
        List<GroupVersionResource> others = view.others();
        if (others.isEmpty()) {
            return Optional.empty();
        }
        List<String> missing = names(others, asked.negate());
        if (!missing.isEmpty()) {
            return Optional.of(new Said(
                    "False", NOT_ASKED, "the API server is not told yet to ask about " + Said.listed(missing)));
        }
        List<String> elsewhere = names(
                named.get(),
                resource -> !others.contains(resource) && others.stream().anyMatch(resource::isLike));
        if (!elsewhere.isEmpty()) {
            return Optional.of(new Said(
                    "False",
                    "VersionsDiffer",
                    "other policies name %s: what is written in that version is not converted any more, and this policy leaves it undecided; name one version in all, or both in this one"
                            .formatted(Said.listed(elsewhere))));
        }
        try {
            return Optional.of(asked(view, others));
        } catch (RuntimeException e) {
            return Optional.of(new Said(
                    "Unknown",
                    "NotChecked",
                    "whether the API server has these resources is not known now: " + e.getMessage()));
        }
    }

    private Said asked(PolicyView view, List<GroupVersionResource> others) {
        List<String> unknown = names(others, resource -> served.apply(resource) == Served.NOT);
        if (!unknown.isEmpty()) {
            return new Said(
                    "False",
                    "NotServed",
                    "the API server has no %s; see kubectl api-resources for names and versions"
                            .formatted(Said.listed(unknown)));
        }
        List<String> nowhere = names(
                others,
                resource -> served.apply(resource) == Served.IN_NO_NAMESPACE && !resource.isLike(OtherKind.NAMESPACES));
        if (!nowhere.isEmpty() && !view.policy().match().matches(Map.of())) {
            return new Said(
                    "False",
                    "NeverMatched",
                    "objects of %s are in no namespace, so no stage and no label of a namespace matches them; name them in a policy that asks for neither"
                            .formatted(Said.listed(nowhere)));
        }
        return new Said(
                "True",
                "Asked",
                "the API server asks about %d resources that are no workloads".formatted(others.size()));
    }

    private static List<String> names(Collection<GroupVersionResource> some, Predicate<GroupVersionResource> which) {
        return some.stream()
                .filter(which)
                .map(GroupVersionResource::toString)
                .sorted()
                .toList();
    }
}
