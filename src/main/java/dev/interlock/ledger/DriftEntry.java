package dev.interlock.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A drift as it stands in the ledger: complete, so that its DriftEvent is made from it alone.
///
/// @param name         of the DriftEvent, and the row's id
/// @param earlier      how many drifts of this object there were before
/// @param drift        `Drifted` or `Bypassed`
/// @param cause        `Edit`, `Undecided`, `Gap` or `ExemptIdentity`
/// @param subject      the object
/// @param path         the DeliveryPath that claims it
/// @param differences  at most [#MOST_DIFFERENCES]
/// @param omitted      how many more there are
/// @param manager      the field manager of the first difference; empty where none owns it
/// @param requester    who asked for the change, where it passed the gate
/// @param onset        when it was first seen
/// @param continues    the drift that this one goes on from, its paths having changed; such a one is no onset
/// @param approved     digest of the content that it is held against
/// @param observed     digest of the content that is live
/// @param signature    tells it from another drift of the same object
/// @param gap          the id of the gap in which it came in, where one is known
public record DriftEntry(
        int schema,
        String name,
        int earlier,
        String drift,
        String cause,
        DecisionEntry.Subject subject,
        String cluster,
        String origin,
        Optional<String> stage,
        String service,
        Optional<String> path,
        Optional<DecisionEntry.Owner> owner,
        List<Difference> differences,
        int omitted,
        String manager,
        Optional<String> requester,
        Instant onset,
        Optional<String> continues,
        Optional<String> approved,
        Optional<String> approvedEntry,
        String observed,
        Optional<String> observedEntry,
        String signature,
        Optional<String> gap) {
    public static final int MOST_DIFFERENCES = 200;

    public DriftEntry {
        differences = List.copyOf(differences);
    }

    /// One path. A value is absent where the path is not there.
    public record Difference(String path, Optional<String> approved, Optional<String> observed, String manager) {}
}
