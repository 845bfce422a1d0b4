package dev.interlock.decision;

import java.util.Set;

/// Who promotes into a stage.
///
/// @param users           user names, service accounts among them as `system:serviceaccount:<namespace>:<name>`
/// @param groups          of which a member suffices
public record Promoters(Set<String> users, Set<String> groups) {
    public Promoters {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
    }

    public boolean include(Requester requester) {
        return users.contains(requester.username())
                || requester.groups().stream().anyMatch(groups::contains);
    }
}
