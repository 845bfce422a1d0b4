package dev.interlock.decision;

import dev.interlock.workload.Workload;
import java.util.Map;

/// One rule about a workload. Pure: the same workload and situation give the same result, in the same order; it neither
/// logs nor throws.
@FunctionalInterface
public interface Check {
    CheckResult evaluate(Workload workload, Situation situation);

    /// Whether it is about the promotion rather than about the content: such a check is asked neither of what is live
    /// already nor of the way back (laws 9, 10).
    default boolean aboutPromotion() {
        return false;
    }

    /// Whether it is about who asks, or about what changes: then no stored object has its violation already (law 9).
    default boolean aboutChange() {
        return false;
    }

    /// Whether it evaluates an expression, which may take long.
    default boolean asksExpressions() {
        return false;
    }

    /// This check with stricter thresholds, by name. A threshold that is looser than what is declared, or unknown,
    /// changes nothing (law 11).
    default Check tightened(Map<String, Long> thresholds) {
        return this;
    }
}
