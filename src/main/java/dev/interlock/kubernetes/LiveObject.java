package dev.interlock.kubernetes;

import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.WorkloadKind;
import java.util.Optional;

/// What is kept in memory of a live object of a governed kind.
///
/// @param version    `metadata.resourceVersion`
/// @param controller the owner that its `ownerReferences` name as its controller: a claim, because a tenant
/// can write it
/// @param byControllers whether Kubernetes' own controllers wrote that claim, by their field manager
/// @param inert      whether it makes no Pods: scaled to none
/// @param digest     of its significant content; empty where its namespace was out of scope when it was last seen
public record LiveObject(
        WorkloadKind kind,
        ObjectRef ref,
        String version,
        Optional<Controller> controller,
        boolean byControllers,
        boolean inert,
        Optional<String> digest) {
    public ObjectKey key() {
        return new ObjectKey(kind, ref.namespace(), ref.name());
    }

    /// Whose dependent an object says it is.
    public record Controller(String kind, String name, String uid) {}
}
