package dev.interlock.decision;

/// What one reason did to the decision it belongs to.
public enum Effect {
    DENIES,
    LEAVES_UNDECIDED,
    WARNS,
    RECORDED
}
