package dev.interlock.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/// How everything that Interlock declares is written: by server-side apply, as the owner of its fields.
public final class ServerSideApply {
    private ServerSideApply() {}

    /// @param manager the name of who owns the fields from then on, whoever did before
    public static PatchContext by(String manager) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .build();
    }
}
