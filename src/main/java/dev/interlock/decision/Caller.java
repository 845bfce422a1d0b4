package dev.interlock.decision;

/// How it is known that the API server asks.
public enum Caller {
    /// It showed a certificate of the authority that is configured for it.
    MTLS("mtls"),
    /// No authority is configured, so that nobody could show one.
    UNVERIFIED("unverified"),
    /// An authority is configured, and the caller showed no certificate of it: what it asks is decided and
    /// recorded, and stands for nothing afterwards.
    STRANGER("unverified");

    private final String word;

    Caller(String word) {
        this.word = word;
    }

    /// The word for it, as entries have it.
    public String word() {
        return word;
    }
}
