package dev.interlock.ledger;

/// A file that cannot be used, or no longer. Its message is one sentence: what is wrong, where, and what to do; no
/// capital, no full stop.
public final class LedgerUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LedgerUnavailable(String sentence) {
        super(sentence);
    }

    LedgerUnavailable(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    /// The sentence for a file that a newer version wrote.
    static LedgerUnavailable newer(String noun, String where, String has, String known) {
        return new LedgerUnavailable(
                "the %s `%s` has schema version %s, and this version of Interlock knows %s: run the version that wrote it, or a newer one"
                        .formatted(noun, where, has, known));
    }
}
