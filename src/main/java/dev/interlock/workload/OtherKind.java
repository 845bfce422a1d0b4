package dev.interlock.workload;

/// A kind that runs nothing, as far as is known: a Service, a NetworkPolicy, a custom resource. It is decided
/// about where a policy names its resource.
public record OtherKind(GroupVersionResource groupVersionResource, String kind) implements ObjectKind {
    private static final GroupVersionResource SECRETS = new GroupVersionResource("", "v1", "secrets");
    /// Namespaces, whose labels are those that policies choose namespaces by.
    public static final GroupVersionResource NAMESPACES = new GroupVersionResource("", "v1", "namespaces");

    @Override
    public String apiVersion() {
        return groupVersionResource.apiVersion();
    }

    /// Whether its objects hold what nobody may see.
    boolean secret() {
        return groupVersionResource.equals(SECRETS);
    }
}
