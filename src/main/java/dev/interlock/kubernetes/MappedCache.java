package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// All objects of one of our kinds, as the core takes them. Watched as raw objects, so that one that cannot
/// be read stops nothing.
public final class MappedCache<T> implements CacheProof.Provable, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MappedCache.class.getName());

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final KubernetesClient client;
    private final ResourceDefinitionContext kind;
    private final Mapping<T> mapping;
    private volatile Map<String, Read<T>> known = Map.of();
    private volatile SharedIndexInformer<GenericKubernetesResource> informer;
    private volatile List<T> values = List.of();
    private Optional<List<T>> unproven = Optional.empty();

    /// What was read of an object.
    record Read<T>(GenericKubernetesResource stored, T value) {
        private String resourceVersion() {
            return stored.getMetadata().getResourceVersion();
        }
    }

    /// How objects are read. Total: whatever is stored gives a value.
    @FunctionalInterface
    interface Mapping<T> {
        /// @param before what another version of it was read as, if any was
        T read(GenericKubernetesResource stored, Optional<Read<T>> before);
    }

    /// @param mapping total: whatever is stored gives a value
    public MappedCache(
            KubernetesClient client, ResourceDefinitionContext kind, Function<GenericKubernetesResource, T> mapping) {
        this(client, kind, (stored, _) -> mapping.apply(stored));
    }

    MappedCache(KubernetesClient client, ResourceDefinitionContext kind, Mapping<T> mapping) {
        this.client = client;
        this.kind = kind;
        this.mapping = mapping;
        informer = watch();
        informer.start();
    }

    private SharedIndexInformer<GenericKubernetesResource> watch() {
        return kind.isNamespaceScoped()
                ? Watches.of(client.genericKubernetesResources(kind).inAnyNamespace(), this::changed)
                : Watches.of(client.genericKubernetesResources(kind), this::changed);
    }

    /// How one of our kinds is asked for.
    public static ResourceDefinitionContext kind(String kind, String plural, boolean namespaced) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("interlock.dev")
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }

    /// Whether all that existed at the start is in [#values].
    public boolean synced() {
        if (!informer.hasSynced()) {
            return false;
        }
        refresh();
        return true;
    }

    /// As last seen, one immutable list for as long as nothing changes.
    public List<T> values() {
        return values;
    }

    /// What an object was read as; empty where what is known is another version of it, or nothing.
    Optional<T> read(GenericKubernetesResource stored) {
        return Optional.ofNullable(known.get(stored.getMetadata().getUid()))
                .filter(read ->
                        read.resourceVersion().equals(stored.getMetadata().getResourceVersion()))
                .map(Read::value);
    }

    /// Calls `listener` after each change, on the watch's thread: it must not block.
    ///
    /// @return ends that
    public Runnable onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void changed() {
        refresh();
        listeners.forEach(Runnable::run);
    }

    /// Reads what changed. From the watch's store, not from its events: the store is whole before the first
    /// event is told.
    private synchronized void refresh() {
        Map<String, Read<T>> next = new HashMap<>();
        List<T> list = new ArrayList<>();
        for (GenericKubernetesResource stored : informer.getStore().list()) {
            String version = stored.getMetadata().getResourceVersion();
            Read<T> before = known.get(stored.getMetadata().getUid());
            Read<T> read = before != null && before.resourceVersion().equals(version)
                    ? before
                    : new Read<>(stored, mapping.read(stored, Optional.ofNullable(before)));
            next.put(stored.getMetadata().getUid(), read);
            list.add(read.value());
        }
        if (!next.equals(known)) {
            known = next;
            values = List.copyOf(list);
        }
    }

    @Override
    public boolean proven() {
        Map<String, String> listed = listed();
        List<T> before = values;
        if (listed.equals(versions())) {
            unproven = Optional.empty();
            return true;
        }
        if (silentSince(before)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the watch of %s misses what the API server has, and says nothing: it is begun anew"
                            .formatted(kind.getPlural()));
            SharedIndexInformer<GenericKubernetesResource> silent = informer;
            informer = watch();
            informer.start();
            silent.close();
        }
        unproven = Optional.of(before);
        return false;
    }

    @SuppressWarnings("ReferenceEquality") // the list is another one after each change, and only then
    private boolean silentSince(List<T> now) {
        return unproven.filter(last -> last == now).isPresent();
    }

    private synchronized Map<String, String> versions() {
        Map<String, String> versions = new HashMap<>();
        known.forEach((uid, read) -> versions.put(uid, read.resourceVersion()));
        return versions;
    }

    /// What the API server has now: versions by uid.
    private Map<String, String> listed() {
        Map<String, String> found = new HashMap<>();
        Pages.each(
                this::page,
                each -> found.put(
                        each.getMetadata().getUid(), each.getMetadata().getResourceVersion()));
        return found;
    }

    private GenericKubernetesResourceList page(ListOptions options) {
        return kind.isNamespaceScoped()
                ? client.genericKubernetesResources(kind).inAnyNamespace().list(options)
                : client.genericKubernetesResources(kind).list(options);
    }

    @Override
    public void close() {
        informer.close();
    }
}
