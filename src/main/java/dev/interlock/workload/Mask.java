package dev.interlock.workload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Turns a value that must not be kept (`env[].value`) into a salted digest: equal values stay equal, the
/// value itself does not leave. The salt belongs to one ledger, so digests can be compared within it and
/// nowhere else.
public final class Mask {
    private final byte[] salt;

    /// @param salt at least 16 random bytes
    public Mask(byte[] salt) {
        if (salt.length < 16) {
            throw new IllegalArgumentException("a salt has at least 16 bytes, this one has %d".formatted(salt.length));
        }
        this.salt = salt.clone();
    }

    /// `salted-sha256:` and 32 hexadecimal digits.
    public String of(String value) {
        MessageDigest digest = Canonical.sha256();
        digest.update(salt);
        byte[] hash = digest.digest(value.getBytes(StandardCharsets.UTF_8));
        return "salted-sha256:" + HexFormat.of().formatHex(hash, 0, 16);
    }
}
