package dev.interlock.admission;

/// What a request body is.
sealed interface Decoded {
    record Complete(Review review) implements Decoded {}

    /// A review that has a uid, so that it can be answered, but that cannot be read further.
    record Unreadable(String uid, String message) implements Decoded {}

    /// Nothing that an AdmissionReview answer would fit: there is no uid to answer with.
    record NotAReview(String message) implements Decoded {}
}
