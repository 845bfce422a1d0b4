package dev.interlock.decision.cel.library;

/// How large a result may become. The API server has a cost budget for this; cel-java has none.
final class Limits {
    /// The longest text that a function makes, in UTF-16 units.
    static final int TEXT = 1 << 20;

    /// The longest list that a function makes: what the API server's budget for one expression, 1,000,000,
    /// comes to.
    static final int ITEMS = 1_000_000;

    private Limits() {}

    /// Refuses a text before it is made.
    static void text(long length) throws Failure {
        if (length > TEXT) {
            throw new Failure("the result is longer than " + TEXT + " characters");
        }
    }

    /// Refuses a list before it is made.
    static void items(long size) throws Failure {
        if (size > ITEMS) {
            throw new Failure("the result has more than " + ITEMS + " items");
        }
    }
}
