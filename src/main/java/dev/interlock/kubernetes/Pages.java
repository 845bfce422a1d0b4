package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
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
        Optional<String> next = Optional.empty();
        do {
            GenericKubernetesResourceList page = list.apply(options(next));
            page.getItems().forEach(consumer);
            next = next(page);
        } while (next.isPresent());
    }

    /// One page. Where its list is too old to go on with, the page is of a newer one.
    ///
    /// @param next the page; the first where it is empty
    static GenericKubernetesResourceList one(
            Function<ListOptions, GenericKubernetesResourceList> list, Optional<String> next) {
        try {
            return list.apply(options(next));
        } catch (KubernetesClientException e) {
            Optional<String> newer = Optional.ofNullable(e.getStatus())
                    .filter(_ -> e.getCode() == 410)
                    .map(Status::getMetadata)
                    .map(ListMeta::getContinue);
            if (newer.isEmpty()) {
                throw e;
            }
            return list.apply(options(newer));
        }
    }

    /// The page after one; empty for the last.
    static Optional<String> next(GenericKubernetesResourceList page) {
        return Optional.ofNullable(page.getMetadata().getContinue()).filter(token -> !token.isEmpty());
    }

    private static ListOptions options(Optional<String> next) {
        return new ListOptionsBuilder()
                .withLimit(SIZE)
                .withContinue(next.orElse(null))
                .build();
    }
}
