package dev.interlock.drift;

import dev.interlock.workload.Node;
import java.util.List;
import java.util.Optional;

/// What the ledger knows of an object.
public interface IntentStore {
    /// Every decision that approves or covers content of the object with that uid.
    List<Intent> of(String uid);

    /// The significant content with that digest; empty where the ledger does not have it.
    Optional<Node.Obj> content(String digest);
}
