package dev.interlock.decision;

/// What an Enforce check that could not be evaluated does to the request. Not Kubernetes' `failurePolicy`,
/// which says what happens when there is no answer at all.
public enum OnUndecided {
    DENY,
    ALLOW
}
