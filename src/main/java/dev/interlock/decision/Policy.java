package dev.interlock.decision;

import dev.interlock.workload.Owner;
import java.util.Comparator;
import java.util.List;

/// A policy as the evaluator sees it.
public sealed interface Policy {
    PolicyRef ref();

    Match match();

    /// @param owner  whom to ask
    /// @param checks in the order of their ids
    record Loaded(PolicyRef ref, Match match, OnUndecided onUndecided, Owner owner, List<ConfiguredCheck> checks)
            implements Policy {
        public Loaded {
            checks = checks.stream()
                    .sorted(Comparator.comparing(ConfiguredCheck::id))
                    .toList();
        }

        boolean enforces() {
            return checks.stream().anyMatch(check -> check.mode() == Mode.ENFORCE);
        }
    }

    /// A policy that is stored but cannot be read: what it guards is undecided (law 16), on every replica alike.
    ///
    /// @param match what it guards where that much can be read, else [Match#ALL]
    record Unreadable(PolicyRef ref, Match match, String cause) implements Policy {}
}
