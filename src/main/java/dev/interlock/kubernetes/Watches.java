package dev.interlock.kubernetes;

import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/// How every watch here is started: the first list is consistent (a limit makes the client ask for the newest
/// version instead of any cached one), and no error ends it for good.
final class Watches {
    private Watches() {}

    /// A watch that calls `changed` after each change. Start it when everything that `changed` needs is in place.
    static <T> SharedIndexInformer<T> of(Informable<T> resource, Runnable changed) {
        SharedIndexInformer<T> informer = resource.withLimit(Pages.SIZE).runnableInformer(0);
        informer.exceptionHandler((_, _) -> true);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                changed.run();
            }

            @Override
            public void onUpdate(T before, T after) {
                changed.run();
            }

            @Override
            public void onDelete(T deleted, boolean unknownFinalState) {
                changed.run();
            }
        });
        return informer;
    }
}
