package dev.interlock.drift;

import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.util.List;

/// Names a DriftEvent by which drift of which object it is, so that a replay makes no second one and the same
/// edit after a restore makes a new one.
public final class DriftName {
    private static final int DIGITS = 26;

    private DriftName() {}

    /// @param uid     of the drifted object
    /// @param earlier how many drift events of this uid the ledger has already
    public static String of(String uid, int earlier) {
        Node name = new Node.Arr(List.of(new Node.Text(uid), new Node.Int(earlier)));
        return "drift-" + Canonical.sha256(name).substring(0, DIGITS);
    }
}
