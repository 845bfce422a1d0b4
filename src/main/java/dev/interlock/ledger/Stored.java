package dev.interlock.ledger;

/// One row of a ledger, as it reads.
public sealed interface Stored {
    /// Its place in the ledger: rows became durable in this order.
    long sequence();

    record Decided(long sequence, DecisionEntry entry) implements Stored {}

    record Repeated(long sequence, Repeat repeat) implements Stored {}

    record Amended(long sequence, Amendment amendment) implements Stored {}

    record Drifted(long sequence, DriftEntry drift) implements Stored {}

    record DriftEnded(long sequence, DriftEnd end) implements Stored {}

    record GapBegan(long sequence, Gap gap) implements Stored {}

    record GapEnded(long sequence, GapEnd end) implements Stored {}

    record WentBack(long sequence, Rollback rollback) implements Stored {}

    record Scoped(long sequence, Scope scope) implements Stored {}

    record Released(long sequence, ReleaseEntry release) implements Stored {}

    record Tightened(long sequence, TighteningEntry tightening) implements Stored {}

    record Applied(long sequence, AppliedEntry applied) implements Stored {}

    /// A row that is there and cannot be understood: to be named, and passed by.
    record Unreadable(long sequence, String cause) implements Stored {}
}
