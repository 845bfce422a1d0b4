package dev.interlock.decision;

import java.util.Set;

/// Who asked, as the API server authenticated them.
public record Requester(String username, Set<String> groups) {
    public Requester {
        groups = Set.copyOf(groups);
    }
}
