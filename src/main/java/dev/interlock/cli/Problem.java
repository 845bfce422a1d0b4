package dev.interlock.cli;

/// A command cannot do what it is asked to; the message says why and what to do, in one sentence.
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    Problem(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
