package dev.interlock.kubernetes;

import dev.interlock.workload.WorkloadKind;

/// Where an object is: what stays the same when it is deleted and made anew.
public record ObjectKey(WorkloadKind kind, String namespace, String name) {
    @Override
    public String toString() {
        return "%s %s/%s".formatted(kind.kind(), namespace, name);
    }
}
