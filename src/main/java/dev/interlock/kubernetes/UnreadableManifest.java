package dev.interlock.kubernetes;

/// A manifest that cannot be read; the message says where, why and what to do, in one clause.
public final class UnreadableManifest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param line the first is 1
    UnreadableManifest(String file, int line, String why) {
        super("%s:%d: %s".formatted(file, line, why));
    }
}
