package dev.interlock.decision;

/// What led to a decision.
public enum Trigger {
    /// Somebody asked the API server for the change: the only trigger that can approve.
    ADMISSION("Admission"),
    /// The object was there when its namespace first came into scope.
    BASELINE("Baseline"),
    /// Policies or paths changed, and the live object is looked at again.
    REASSESSMENT("Reassessment"),
    /// A pipeline asks ahead of the promotion: what is about it alone is not asked yet, and nothing is approved.
    GATE("Gate");

    private final String word;

    Trigger(String word) {
        this.word = word;
    }

    /// The word for it, as records show it.
    public String word() {
        return word;
    }
}
