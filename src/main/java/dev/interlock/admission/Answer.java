package dev.interlock.admission;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Journal.Journaled;
import java.util.List;

/// What a review is answered with.
sealed interface Answer {
    /// None of Interlock's business, or nothing significant changes: let through without a decision.
    ///
    /// @param unchanged whether it is an update of equal significant content
    record Passed(boolean unchanged) implements Answer {}

    /// @param decision as answered
    /// @param evidence where its evidence is
    record Decided(Decision decision, Evidenced evidence) implements Answer {}

    /// The review could not be taken as far as a decision; the gate says what that means.
    record Unreadable(boolean admits, String message) implements Answer {}

    /// A policy that the API server is not to store.
    ///
    /// @param message what is wrong with it, where, and how to mend it
    record Refused(String message) implements Answer {}

    /// A policy that may be stored.
    ///
    /// @param doubts what is said of it all the same
    record Usable(String policy, List<String> doubts) implements Answer {}

    /// Not looked at, because too much is on its way: to be tried again.
    record Busy() implements Answer {}

    /// What became of the evidence of a decision.
    sealed interface Evidenced {
        record InLedger(String entry) implements Evidenced {}

        /// A dry run leaves no trace.
        record DryRun() implements Evidenced {}

        record Missing(String cause) implements Evidenced {}

        static Evidenced of(Journaled journaled) {
            return switch (journaled) {
                case Journaled.Durable(String entry) -> new InLedger(entry);
                case Journaled.NotDurable(String cause) -> new Missing(cause);
            };
        }
    }
}
