/// Expressions in CEL, with the variables and functions that Kubernetes has: compiled when a policy changes, evaluated
/// within bounds. The only part of the core that knows the CEL library.
@NullMarked
package dev.interlock.decision.cel;

import org.jspecify.annotations.NullMarked;
