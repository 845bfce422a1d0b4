package dev.interlock.decision;

import dev.interlock.decision.cel.Expression;

/// What must hold of a request beside its namespace, its kind and its labels for a policy to guard it.
///
/// @param name shown where it cannot be evaluated
public record Condition(String name, Expression expression) {}
