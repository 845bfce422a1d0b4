package dev.interlock.kubernetes;

import dev.interlock.decision.Policy;
import dev.interlock.drift.Pointer;
import dev.interlock.feedback.Rule;
import java.util.List;
import java.util.Optional;

/// All that a stored PromotionPolicy says.
///
/// @param ignored what counts as no drift of what it guards
/// @param rules   of feedback
/// @param problem why some of `ignored` and `rules` could not be read and are left out; empty where all could
public record PolicyView(Policy policy, List<Pointer> ignored, List<Rule> rules, Optional<String> problem) {
    public PolicyView {
        ignored = List.copyOf(ignored);
        rules = List.copyOf(rules);
    }
}
