package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Probe;
import dev.interlock.kubernetes.GateState;
import java.util.List;
import java.util.Optional;
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
        return all(listed).getFirst();
    }

    /// @throws Problem where some of it may not be seen
    static <T> List<T> all(Listed<T> listed) {
        listed.missing().ifPresent(what -> {
            throw new Problem(ExitCode.PARTIAL, what + "; ask a cluster administrator for that right");
        });
        return listed.items();
    }

    /// What it is less than it was shipped to be; empty where it is all of it.
    static Optional<String> notWhole(GateState gate) {
        return switch (gate) {
            case GateState.Whole _ -> Optional.empty();
            case GateState.Missing _ ->
                Optional.of(
                        "there is no ValidatingWebhookConfiguration interlock, or an entry of it is missing; apply it");
            case GateState.WithoutAuthority _ ->
                Optional.of("the gate has no caBundle yet, which an operator writes; see that one runs, and its log");
            case GateState.Narrowed(String detail) ->
                Optional.of("the gate asks about less than it was shipped to: %s; apply it again".formatted(detail));
            case GateState.Unknown _ -> Optional.of("the gate is not known");
        };
    }
}
