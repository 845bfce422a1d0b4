package dev.interlock.operator;

import dev.interlock.api.v1alpha1.FeedbackReleaseSpec;
import dev.interlock.api.v1alpha1.FeedbackReleaseStatus;
import dev.interlock.kubernetes.Raw;
import dev.interlock.kubernetes.ReleaseMapping;
import dev.interlock.kubernetes.ReleaseMapping.Read;
import dev.interlock.ledger.ReleaseEntry;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Takes people's ends of feedback into the ledger. Who may create a FeedbackRelease is a matter of RBAC, and
/// that it names its creator is enforced by the API server (`interlock-releases`).
@ControllerConfiguration(name = "release")
final class ReleaseReconciler implements Reconciler<Raw.Release> {
    private final DriftBook book;
    private final Runnable released;
    private final InstantSource clock;

    ReleaseReconciler(DriftBook book, Runnable released, InstantSource clock) {
        this.book = book;
        this.released = released;
        this.clock = clock;
    }

    @Override
    public UpdateControl<Raw.Release> reconcile(Raw.Release stored, Context<Raw.Release> context) {
        return switch (ReleaseMapping.release(stored)) {
            case Read.Said(FeedbackReleaseSpec spec) -> released(stored, spec);
            case Read.Unreadable(String cause) -> unreadable(stored, cause);
        };
    }

    private UpdateControl<Raw.Release> unreadable(Raw.Release stored, String cause) {
        book.keep();
        Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String problem = "it cannot be read: %s; create another one".formatted(cause);
        boolean said = stored.status(FeedbackReleaseStatus.class)
                .map(FeedbackReleaseStatus::problem)
                .filter(problem::equals)
                .isPresent();
        return said
                ? UpdateControl.noUpdate()
                : UpdateControl.patchStatus(stored.patch(new FeedbackReleaseStatus(at.toString(), 0, problem)));
    }

    private UpdateControl<Raw.Release> released(Raw.Release stored, FeedbackReleaseSpec spec) {
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
        return stored.status(FeedbackReleaseStatus.class).isPresent()
                ? UpdateControl.noUpdate()
                : UpdateControl.patchStatus(stored.patch(new FeedbackReleaseStatus(at.toString(), ended, null)));
    }
}
