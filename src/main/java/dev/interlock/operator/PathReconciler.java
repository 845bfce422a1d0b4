package dev.interlock.operator;

import dev.interlock.api.v1alpha1.DeliveryPath;
import dev.interlock.api.v1alpha1.DeliveryPathStatus;
import dev.interlock.kubernetes.Caches;
import dev.interlock.kubernetes.PathMapping;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/// Says of each path what it claims, and what is wrong with it.
@ControllerConfiguration(name = "path")
final class PathReconciler implements Reconciler<DeliveryPath> {
    private final Caches caches;
    private final Assessment assessment;
    private final InstantSource clock;
    private final Wake<DeliveryPath> wake = new Wake<>();

    PathReconciler(Caches caches, Assessment assessment, InstantSource clock) {
        this.caches = caches;
        this.assessment = assessment;
        this.clock = clock;
    }

    /// Workloads, other paths or namespaces have changed.
    void wake() {
        wake.all();
    }

    @Override
    public List<EventSource<?, DeliveryPath>> prepareEventSources(EventSourceContext<DeliveryPath> context) {
        return List.of(wake.source(context));
    }

    @Override
    public UpdateControl<DeliveryPath> reconcile(DeliveryPath stored, Context<DeliveryPath> context) {
        GenericKubernetesResource raw =
                context.getClient().getKubernetesSerialization().convertValue(stored, GenericKubernetesResource.class);
        DeliveryPathStatus next = PathStatus.of(
                PathMapping.path(raw),
                Objects.requireNonNullElse(stored.getMetadata().getGeneration(), 0L),
                caches.paths(),
                caches.namespaces().all(),
                assessment.claimed(),
                stored.getStatus(),
                clock.instant());
        if (next.equals(stored.getStatus())) {
            return UpdateControl.noUpdate();
        }
        var patch = new DeliveryPath();
        patch.getMetadata().setName(stored.getMetadata().getName());
        patch.setStatus(next);
        return UpdateControl.patchStatus(patch);
    }
}
