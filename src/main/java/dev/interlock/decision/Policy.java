package dev.interlock.decision;

import dev.interlock.workload.Owner;
import java.util.Comparator;
import java.util.List;

/// A policy as the evaluator sees it.
public sealed interface Policy {
    PolicyRef ref();

    Match match();

    /// The strictest mode that any of its checks may be asked in, whatever feedback made of it.
    Mode strictest();

    /// @param owner       whom to ask
    /// @param checks      in the order of their ids
    /// @param tightenings what feedback made of the checks, past ones perhaps among them
    record Loaded(
            PolicyRef ref,
            Match match,
            OnUndecided onUndecided,
            Owner owner,
            List<ConfiguredCheck> checks,
            List<Tightening> tightenings)
            implements Policy {
        public Loaded {
            tightenings = List.copyOf(tightenings);
            checks = checks.stream()
                    .sorted(Comparator.comparing(ConfiguredCheck::id))
                    .toList();
        }

        @Override
        public Mode strictest() {
            for (Tightening tightening : tightenings) {
                if (tightening.mode().isPresent()) {
                    return Mode.ENFORCE;
                }
            }
            Mode strictest = Mode.AUDIT;
            for (ConfiguredCheck check : checks) {
                if (check.mode().compareTo(strictest) < 0) {
                    strictest = check.mode();
                }
            }
            return strictest;
        }

        /// This policy as declared, without what feedback made of it.
        Loaded declared() {
            return new Loaded(ref, match, onUndecided, owner, checks, List.of());
        }
    }

    /// A policy that is stored but cannot be read: what it guards is undecided (law 16), on every replica
    /// alike.
    ///
    /// @param match what it guards where that much can be read, else [Match#ALL]
    record Unreadable(PolicyRef ref, Match match, String cause) implements Policy {
        @Override
        public Mode strictest() {
            return Mode.ENFORCE;
        }
    }
}
