package dev.interlock.operator;

import dev.interlock.api.v1alpha1.FeedbackRelease;
import dev.interlock.api.v1alpha1.FeedbackReleaseSpec;
import dev.interlock.api.v1alpha1.FeedbackReleaseStatus;
import dev.interlock.ledger.ReleaseEntry;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Takes people's ends of feedback into the ledger. Who may create a FeedbackRelease is a matter of RBAC, and that it
/// names its creator is enforced by the API server (`interlock-releases`).
@ControllerConfiguration(name = "release")
final class ReleaseReconciler implements Reconciler<FeedbackRelease> {
    private final DriftBook book;
    private final Runnable released;
    private final InstantSource clock;

    ReleaseReconciler(DriftBook book, Runnable released, InstantSource clock) {
        this.book = book;
        this.released = released;
        this.clock = clock;
    }

    @Override
    public UpdateControl<FeedbackRelease> reconcile(FeedbackRelease stored, Context<FeedbackRelease> context) {
        FeedbackReleaseSpec spec = stored.getSpec();
        int ended = book.inForce(spec.policy(), spec.check(), Optional.ofNullable(spec.service()));
        Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        book.released(new ReleaseEntry(
                1,
                stored.getMetadata().getUid(),
                stored.getMetadata().getName(),
                spec.policy(),
                spec.check(),
                Optional.ofNullable(spec.service()),
                spec.requester(),
                spec.reason(),
                at));
        released.run();
        if (stored.getStatus() != null) {
            return UpdateControl.noUpdate();
        }
        FeedbackRelease patch = new FeedbackRelease();
        patch.getMetadata().setName(stored.getMetadata().getName());
        patch.setStatus(new FeedbackReleaseStatus(at.toString(), ended));
        return UpdateControl.patchStatus(patch);
    }
}
