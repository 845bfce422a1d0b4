package dev.interlock.feedback;

/// Over what a rule counts, and for whom it tightens.
public enum Scope {
    /// Each service for itself.
    SERVICE,
    /// All that the policy guards, taken together.
    POLICY
}
