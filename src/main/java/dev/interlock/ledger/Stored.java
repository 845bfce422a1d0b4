package dev.interlock.ledger;

/// One row of a ledger, as it reads.
public sealed interface Stored {
    /// Its place in the ledger: rows became durable in this order.
    long sequence();

    record Decided(long sequence, DecisionEntry entry) implements Stored {}

    record Repeated(long sequence, Repeat repeat) implements Stored {}

    record Amended(long sequence, Amendment amendment) implements Stored {}

    /// A row that is there and cannot be understood: to be named, and passed by.
    record Unreadable(long sequence, String cause) implements Stored {}
}
