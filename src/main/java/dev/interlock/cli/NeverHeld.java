package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView.Served;
import java.util.List;
import java.util.Optional;

/// What no gate asks about on purpose, and why. A subresource that is not here and that nobody asks about is
/// ungoverned.
///
/// @param group    empty for the core group; `*` for any
/// @param resource with its subresource; `*` for any, in either part
record NeverHeld(String group, String resource, String reason) {
    private static final String CONNECTION = "a connection, which changes no object";

    private static final List<NeverHeld> ALL = List.of(
            new NeverHeld("*", "*/status", "says what is, and recovery needs it"),
            new NeverHeld("*", "*/scale", "changes how many run, not what"),
            new NeverHeld("*", "*/finalize", "ends a deletion, which is never held"),
            new NeverHeld("", "bindings", "says where a Pod runs, not what"),
            new NeverHeld("", "pods/binding", "says where it runs, not what"),
            new NeverHeld("", "pods/eviction", "a deletion, which is never held"),
            new NeverHeld("", "pods/exec", "reaches into what runs, which changes no object"),
            new NeverHeld("", "pods/attach", "reaches into what runs, which changes no object"),
            new NeverHeld("", "pods/portforward", CONNECTION),
            new NeverHeld("", "*/proxy", CONNECTION),
            new NeverHeld("", "serviceaccounts/token", "gives out a token, which changes no object"));

    /// The API server asks no webhook about these, whatever a rule says.
    private static final List<NeverHeld> EXEMPT = List.of(
            exempt("validatingwebhookconfigurations"),
            exempt("mutatingwebhookconfigurations"),
            exempt("validatingadmissionpolicies"),
            exempt("validatingadmissionpolicybindings"),
            exempt("mutatingadmissionpolicies"),
            exempt("mutatingadmissionpolicybindings"));

    private static NeverHeld exempt(String resource) {
        return new NeverHeld(
                "admissionregistration.k8s.io", resource, "the API server asks no webhook about what it asks by");
    }

    static Optional<String> reason(Served served) {
        return first(ALL, served);
    }

    static Optional<String> exemption(Served served) {
        return first(EXEMPT, served);
    }

    private static Optional<String> first(List<NeverHeld> table, Served served) {
        return table.stream().filter(entry -> entry.matches(served)).findFirst().map(NeverHeld::reason);
    }

    private boolean matches(Served served) {
        String resource =
                this.resource.startsWith("*/") ? served.resource() + this.resource.substring(1) : this.resource;
        return (group.equals("*") || group.equals(served.group())) && resource.equals(Asking.path(served));
    }
}
