package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/// A list in pages, so that neither side holds all of it at once.
final class Pages {
    /// Items of one page.
    static final long SIZE = 500;

    private Pages() {}

    /// Every item, in the API server's order.
    ///
    /// @param list asks for the page that its options name
    static void each(
            Function<ListOptions, GenericKubernetesResourceList> list, Consumer<GenericKubernetesResource> consumer) {
        String next = "";
        do {
            GenericKubernetesResourceList page = list.apply(new ListOptionsBuilder()
                    .withLimit(SIZE)
                    .withContinue(next.isEmpty() ? null : next)
                    .build());
            page.getItems().forEach(consumer);
            next = Objects.requireNonNullElse(page.getMetadata().getContinue(), "");
        } while (!next.isEmpty());
    }
}
