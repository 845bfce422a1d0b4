package dev.interlock.cli;

/// How a command ends: fixed, so that scripts can rely on it.
public enum ExitCode {
    CLEAN(0),
    /// The newest decision denies, or a promotion would be denied, drift is open, or the gate is not as it was asked to
    /// be.
    FOUND(1),
    /// Wrong arguments, or what they name does not exist.
    USAGE(2),
    /// The cluster or the database cannot be asked.
    UNREACHABLE(3),
    /// Evidence is not what it was.
    DIFFERS(4),
    /// Something would be warned about, and that was asked to count.
    WARNED(5),
    /// Something could not be read for want of a right; the rest is shown.
    PARTIAL(6),
    /// A bug of Interlock's own.
    FAULT(70);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
