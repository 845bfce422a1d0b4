package dev.interlock.ledger;

import dev.interlock.decision.Caller;
import dev.interlock.decision.Decision;
import java.util.Optional;

/// What a row says of the object that it is about, in columns.
///
/// @param uid      of the object
/// @param template digest of its pod template, where it has one
record About(String uid, Optional<String> template, Optional<Standing> standing) {
    enum Standing {
        /// The content is intent from here on.
        APPROVES("Approves"),
        /// The content was let in or found, and is not intent.
        COVERS("Covers"),
        DENIES("Denies"),
        /// Looked at again: it would not be denied now.
        KEEPS("Keeps"),
        /// Looked at again: it would be denied now.
        RECALLS("Recalls");

        private final String word;

        Standing(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static About of(Decision decision) {
        Decision.Basis basis = decision.basis();
        return new About(
                basis.request().subject().uid(),
                Optional.of(basis.template()).filter(digest -> !digest.isEmpty()),
                standing(decision));
    }

    private static Optional<Standing> standing(Decision decision) {
        boolean denied = decision instanceof Decision.Denied;
        return switch (decision.basis().request().trigger()) {
            case BASELINE -> Optional.of(Standing.COVERS);
            case GATE -> Optional.empty();
            case REASSESSMENT -> Optional.of(denied ? Standing.RECALLS : Standing.KEEPS);
            case ADMISSION -> {
                if (decision.basis().request().caller() == Caller.STRANGER) {
                    yield Optional.empty();
                }
                if (decision.admits()) {
                    yield Optional.of(decision.approves() ? Standing.APPROVES : Standing.COVERS);
                }
                yield denied ? Optional.of(Standing.DENIES) : Optional.empty();
            }
        };
    }
}
