package dev.interlock.decision;

/// Why a violation that would have denied only warns.
public enum Relief {
    NONE(""),
    /// The live object has the same violation (law 9).
    ALREADY_PRESENT("AlreadyPresent"),
    /// The pod template was approved for this object before (law 10).
    WAY_BACK("WayBack");

    private final String word;

    Relief(String word) {
        this.word = word;
    }

    /// The word for it, as warnings and records show it; empty for [#NONE].
    public String word() {
        return word;
    }
}
