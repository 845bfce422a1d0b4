package dev.interlock.drift;

import dev.interlock.workload.NonEmpty;
import java.util.Optional;

/// What comparing a live object with its approved contents comes to.
public sealed interface Verdict {
    /// The live content is in the set of approved contents.
    ///
    /// @param approved digest of the approved content that it is; it may lack what an API server filled in
    ///                 since
    record InSync(String approved) implements Verdict {}

    /// Nothing was ever approved for this object, and it is known how its content came in.
    ///
    /// @param covering the first decision that covers the live content
    record Unapproved(Intent covering) implements Verdict {}

    /// Something was approved, and the live content is something else.
    ///
    /// @param admitted    the newest decision that covers the live content; its requester is who changed it
    /// @param approved    what the differences are shown against
    /// @param differences in the order of their paths
    record Drifted(Optional<Intent> admitted, Intent approved, NonEmpty<Difference> differences) implements Verdict {
        /// Whether no decision covers the live content: it came in while the gate was away, or around it.
        public boolean gap() {
            return admitted.isEmpty();
        }

        /// What tells this drift from another one of the object: the paths, and what is observed there.
        public String signature() {
            return Difference.signature(differences.items(), 0);
        }
    }

    /// Nothing was ever approved for this object, and no decision covers its content.
    ///
    /// @param observed digest of the live content
    record Bypassed(String observed) implements Verdict {
        /// What tells this bypass from another one of the object: the content.
        public String signature() {
            return observed;
        }
    }

    /// It cannot be told. It is not the same as being in sync.
    ///
    /// @param cause one sentence, without a capital and a full stop
    record Unknown(String cause) implements Verdict {}
}
