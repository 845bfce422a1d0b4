package dev.interlock.decision;

/// Which entry of the webhook configuration a request came through: the namespace's label `interlock.dev/gate`.
/// It decides only where no policy can: when matching itself is impossible.
public enum Gate {
    REQUIRED,
    OPTIONAL
}
