package dev.interlock.decision;

import dev.interlock.workload.Workload;

/// One rule about a workload. Pure: the same workload and evidence give the same result, in the same order; it neither
/// logs nor throws.
@FunctionalInterface
public interface Check {
    CheckResult evaluate(Workload workload, Evidence evidence);
}
