package dev.interlock.decision;

import dev.interlock.workload.NonEmpty;

/// What a check says of a request.
public sealed interface CheckResult {
    record Passed() implements CheckResult {}

    record Failed(NonEmpty<Violation> violations) implements CheckResult {}

    /// The check could not be evaluated, which is not the same as a violation and never counts as a pass.
    record Errored(String cause) implements CheckResult {}
}
