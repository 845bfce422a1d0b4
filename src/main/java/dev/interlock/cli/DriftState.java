package dev.interlock.cli;

/// How a live object stands to what was approved for it.
enum DriftState {
    IN_SYNC("InSync"),
    DRIFTED("Drifted"),
    BYPASSED("Bypassed"),
    /// Nothing that it ever was is approved.
    UNAPPROVED("Unapproved"),
    /// Nobody looks, or what was seen cannot be read.
    UNKNOWN("Unknown");

    private final String word;

    DriftState(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
