package dev.interlock.decision.cel;

/// An expression of a policy.
///
/// @param where it stands there, for people
public record Stated(String where, Expression expression) {}
