package dev.interlock.decision;

import dev.interlock.workload.Mask;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Workload;
import java.util.Optional;

/// What is asked: one promotion, as the API server is about to store it, or one object as it is live.
///
/// @param uid         of this occurrence: the review's, new for every call; for what is live, see [Occurrence]
/// @param subresource for example `ephemeralcontainers`; empty for the object itself
/// @param caller      how it is known that the API server asks
/// @param old         the stored object; present exactly for [Operation#UPDATE]
public record Request(
        String uid,
        Trigger trigger,
        Gate gate,
        Operation operation,
        ObjectRef subject,
        String subresource,
        Requester requester,
        Caller caller,
        Workload workload,
        Optional<Workload> old,
        boolean dryRun) {
    /// The same without what nobody may see.
    Request withoutSecrets(Mask mask) {
        return new Request(
                uid,
                trigger,
                gate,
                operation,
                subject,
                subresource,
                requester,
                caller,
                workload.withoutSecrets(mask),
                old.map(stored -> stored.withoutSecrets(mask)),
                dryRun);
    }

    /// The same, as if the object was created now.
    Request asCreate() {
        return new Request(
                uid,
                trigger,
                gate,
                Operation.CREATE,
                subject,
                subresource,
                requester,
                caller,
                workload,
                Optional.empty(),
                dryRun);
    }
}
