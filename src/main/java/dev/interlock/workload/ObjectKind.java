package dev.interlock.workload;

/// A kind of objects that can be decided about.
public sealed interface ObjectKind permits WorkloadKind, OtherKind {
    /// For example `apps/v1`.
    String apiVersion();

    /// For example `Deployment`.
    String kind();

    /// The resource that objects of this kind are found under.
    GroupVersionResource groupVersionResource();

    /// The plural name in URLs and webhook rules.
    default String resource() {
        return groupVersionResource().resource();
    }

    /// Whether its objects are namespaces. They are in none, though the API server says of each that it is in
    /// itself.
    default boolean namespace() {
        return groupVersionResource().equals(OtherKind.NAMESPACES);
    }
}
