package dev.interlock.admission;

/// What is sent back for a body.
sealed interface Reply {
    /// @param uid of the review
    record Answered(String uid, Answer answer) implements Reply {}

    /// @param status of HTTP
    record Refused(int status, String message) implements Reply {}
}
