package dev.interlock.decision;

/// What a violation of a check does.
public enum Mode {
    /// A violation denies; a check that cannot be evaluated leaves the decision undecided.
    ENFORCE("Enforce"),
    /// Either warns.
    WARN("Warn"),
    /// Either is only recorded.
    AUDIT("Audit");

    private final String word;

    Mode(String word) {
        this.word = word;
    }

    /// The word for it, as policies, entries, records and metrics have it.
    public String word() {
        return word;
    }
}
