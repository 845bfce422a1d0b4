package dev.interlock.ledger;

/// What was copied is not what it was copied from. Its message says which row.
public final class LedgerDiffers extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LedgerDiffers(String sentence) {
        super(sentence);
    }
}
