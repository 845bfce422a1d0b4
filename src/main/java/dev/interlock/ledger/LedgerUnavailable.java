package dev.interlock.ledger;

import org.jspecify.annotations.Nullable;

/// A ledger that cannot be used, or no longer. Its message is one sentence: what is wrong, where, and what to
/// do; no capital, no full stop.
public final class LedgerUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean lasting;

    LedgerUnavailable(String sentence) {
        super(sentence);
        this.lasting = false;
    }

    LedgerUnavailable(String sentence, Throwable cause) {
        this(sentence, cause, false);
    }

    private LedgerUnavailable(String sentence, @Nullable Throwable cause, boolean lasting) {
        super(sentence, cause);
        this.lasting = lasting;
    }

    /// Where a setting, or what is kept there, has to be changed first.
    static LedgerUnavailable lasting(String sentence, @Nullable Throwable cause) {
        return new LedgerUnavailable(sentence, cause, true);
    }

    /// The sentence for what a newer version wrote.
    static LedgerUnavailable newer(String noun, String where, String has, String known) {
        return lasting(
                "the %s `%s` has schema version %s, and this version of Interlock knows %s: run the version that wrote it, or a newer one"
                        .formatted(noun, where, has, known),
                null);
    }

    /// The sentence for what another cluster wrote.
    public static LedgerUnavailable another(String where, String owner, String cluster) {
        return lasting(
                "the ledger `%s` is that of cluster %s, and this is cluster %s: name another database or file"
                        .formatted(where, owner, cluster),
                null);
    }

    /// Whether waiting does not help.
    public boolean lasting() {
        return lasting;
    }
}
