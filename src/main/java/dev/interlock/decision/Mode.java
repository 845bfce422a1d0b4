package dev.interlock.decision;

/// What a violation of a check does.
public enum Mode {
    /// A violation denies; a check that cannot be evaluated leaves the decision undecided.
    ENFORCE,
    /// Either warns.
    WARN,
    /// Either is only recorded.
    AUDIT
}
