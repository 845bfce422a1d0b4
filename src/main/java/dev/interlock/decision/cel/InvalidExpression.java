package dev.interlock.decision.cel;

/// An expression that does not compile, or whose value is of another type than is needed there.
public final class InvalidExpression extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param message where in the expression, and what is wrong there; one clause
    InvalidExpression(String message) {
        super(message, null, false, false);
    }
}
