package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Probe;
import java.util.UUID;

/// Asks a cluster about its gate, and takes a missing right for the end of it: trying again would not help.
final class GateProbe {
    private GateProbe() {}

    static Probe ask(ClusterView view, String namespace) {
        return one(probe(view, namespace));
    }

    static Listed<Probe> probe(ClusterView view, String namespace) {
        return view.probe(namespace, "interlock-check-" + UUID.randomUUID());
    }

    /// @throws Problem where a right is missing
    static <T> T one(Listed<T> listed) {
        listed.missing().ifPresent(what -> {
            throw new Problem(ExitCode.PARTIAL, what + "; ask a cluster administrator for that right");
        });
        return listed.items().getFirst();
    }
}
