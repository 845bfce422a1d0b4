package dev.interlock.admission;

import dev.interlock.decision.Gate;

/// Where reviews are sent to.
///
/// @param gate     what it means that a review cannot be answered
/// @param policies whether it asks about policies, not about promotions
record Path(Gate gate, boolean policies) {}
