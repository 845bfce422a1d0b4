package dev.interlock.drift;

import java.time.Instant;
import java.util.Optional;

/// One decision that let content of an object in, or found it there (a baseline), as the ledger knows it.
///
/// @param order     its place in the ledger: what orders contents, since clocks and generations do not
/// @param entry     the ledger entry
/// @param decision  names the DecisionRecord
/// @param requester who asked for it; empty for a baseline
/// @param content   digest of the significant content
/// @param template  digest of the pod template; empty where it has none
public record Intent(
        long order,
        String entry,
        String decision,
        Instant at,
        Standing standing,
        Optional<String> requester,
        String content,
        Optional<String> template) {

    /// What a decision says about the content.
    public enum Standing {
        /// A promoter asked for it and nothing denied it: it is intended. It covers the content, too.
        APPROVES,
        /// It is known how the content came in, and nobody who may has asked for it.
        COVERS
    }

    public boolean approves() {
        return standing == Standing.APPROVES;
    }
}
