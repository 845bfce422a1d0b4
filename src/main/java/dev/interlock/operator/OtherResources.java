package dev.interlock.operator;

import dev.interlock.kubernetes.PolicyView;
import dev.interlock.workload.GroupVersionResource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Says of a policy whether the API server asks about what it names beside workloads.
final class OtherResources {
    static final String NOT_ASKED = "NotAsked";

    private final Predicate<GroupVersionResource> asked;
    private final Predicate<GroupVersionResource> served;

    /// @param asked  whether the API server is told to ask about a resource
    /// @param served whether it has such a resource; throws where that cannot be known now
    OtherResources(Predicate<GroupVersionResource> asked, Predicate<GroupVersionResource> served) {
        this.asked = asked;
        this.served = served;
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
        try {
            List<String> unknown = names(others, served.negate());
            return Optional.of(
                    unknown.isEmpty()
                            ? new Said(
                                    "True",
                                    "Asked",
                                    "the API server asks about %d resources that are no workloads"
                                            .formatted(others.size()))
                            : new Said(
                                    "False",
                                    "NotServed",
                                    "the API server has no %s; see kubectl api-resources for names and versions"
                                            .formatted(Said.listed(unknown))));
        } catch (RuntimeException e) {
            return Optional.of(new Said(
                    "Unknown",
                    "NotChecked",
                    "whether the API server has these resources is not known now: " + e.getMessage()));
        }
    }

    private static List<String> names(Collection<GroupVersionResource> some, Predicate<GroupVersionResource> which) {
        return some.stream().filter(which).map(GroupVersionResource::toString).toList();
    }
}
