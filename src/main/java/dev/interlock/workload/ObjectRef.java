package dev.interlock.workload;

/// Which object: its kind, where it is, and which one of that name.
///
/// @param apiVersion for example `apps/v1`
/// @param namespace  empty where it is in none
/// @param uid        as the API server gave it; empty where the object has none yet
public record ObjectRef(String apiVersion, String kind, String namespace, String name, String uid) {
    /// The API group; empty for the core group.
    public String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /// As people write it: `Deployment payments/checkout`, `ClusterRole viewer`.
    @Override
    public String toString() {
        return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
    }
}
