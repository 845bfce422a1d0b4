package dev.interlock.decision.cel.library;

/// Why a function has no result. The message is one short clause, for people who write expressions.
final class Failure extends Exception {
    Failure(String message) {
        // Failures are answers, often to hostile input: no trace, no suppression.
        super(message, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
