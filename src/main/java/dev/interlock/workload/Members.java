package dev.interlock.workload;

import java.util.Map;
import java.util.TreeMap;

/// The members of an object while it is made, in the order of their names. Whoever makes an object of them does not
/// touch them any more, so that they need not be copied once more.
final class Members extends TreeMap<String, Node> {
    private static final long serialVersionUID = 1L;

    /// @param members copied
    Members(Map<String, Node> members) {
        super(members);
    }
}
