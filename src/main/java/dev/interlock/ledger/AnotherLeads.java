package dev.interlock.ledger;

/// Another operator writes: this one waits for its turn. Nothing is wrong.
public final class AnotherLeads extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AnotherLeads(String where) {
        super("another operator writes `%s`, and this one waits until it ends".formatted(where));
    }
}
