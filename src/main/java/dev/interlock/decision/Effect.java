package dev.interlock.decision;

/// What one reason did to the decision it belongs to.
public enum Effect {
    DENIES("Denies"),
    LEAVES_UNDECIDED("LeavesUndecided"),
    WARNS("Warns"),
    RECORDED("Recorded");

    private final String word;

    Effect(String word) {
        this.word = word;
    }

    /// The word for it, as policies, entries, records and metrics have it.
    public String word() {
        return word;
    }
}
