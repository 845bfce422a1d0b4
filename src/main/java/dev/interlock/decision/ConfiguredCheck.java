package dev.interlock.decision;

import dev.interlock.workload.Owner;
import java.util.Optional;

/// A check as a policy declares it.
///
/// @param mode   its own, or the policy's
/// @param owner  whom to ask about it; empty where the policy's owner is
/// @param remedy what the policy's author says to do about a violation; empty where nothing
public record ConfiguredCheck(CheckId id, Mode mode, Optional<Owner> owner, Optional<String> remedy, Check check) {}
