package dev.interlock.operator;

import dev.interlock.api.v1alpha1.DeliveryPathStatus;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.PathMapping;
import dev.interlock.kubernetes.Raw;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Says of each path what it claims, and what is wrong with it.
@ControllerConfiguration(name = "path")
final class PathReconciler implements Reconciler<Raw.Path> {
    private final DriftBook book;
    private final Caches caches;
    private final Assessment assessment;
    private final InstantSource clock;
    private final Wake<Raw.Path> wake = new Wake<>();

    PathReconciler(DriftBook book, Caches caches, Assessment assessment, InstantSource clock) {
        this.book = book;
        this.caches = caches;
        this.assessment = assessment;
        this.clock = clock;
    }

    /// Workloads, other paths or namespaces have changed.
    void wake() {
        wake.all();
    }

    @Override
    public List<EventSource<?, Raw.Path>> prepareEventSources(EventSourceContext<Raw.Path> context) {
        return List.of(wake.source(context));
    }

    @Override
    public UpdateControl<Raw.Path> reconcile(Raw.Path stored, Context<Raw.Path> context) {
        book.keep();
        Optional<DeliveryPathStatus> previous = stored.status(DeliveryPathStatus.class);
        DeliveryPathStatus next = PathStatus.of(
                PathMapping.path(stored),
                Objects.requireNonNullElse(stored.getMetadata().getGeneration(), 0L),
                caches.paths(),
                caches.namespaces().all(),
                assessment.claimed(),
                previous.orElse(null),
                clock.instant());
        return previous.filter(next::equals).isPresent()
                ? UpdateControl.noUpdate()
                : UpdateControl.patchStatus(stored.patch(next));
    }
}
