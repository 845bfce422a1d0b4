package dev.interlock.kubernetes;

/// What the API server is told to ask, beside what `deploy/` says that it should ask.
public sealed interface GateState {
    /// As it was shipped, or with more rules.
    record Whole() implements GateState {}

    /// The configuration, or an entry of it, is not there: nothing is asked.
    record Missing() implements GateState {}

    /// An entry has no `caBundle`, so that no call can succeed.
    record WithoutAuthority() implements GateState {}

    /// Less is asked about than what was shipped asks about.
    ///
    /// @param detail which entry, and what of it
    record Narrowed(String detail) implements GateState {}

    /// Not looked at yet, or not watched now.
    record Unknown() implements GateState {}
}
