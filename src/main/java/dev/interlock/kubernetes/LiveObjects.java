package dev.interlock.kubernetes;

import dev.interlock.drift.Dependents;
import dev.interlock.drift.Managers;
import dev.interlock.drift.Observation;
import dev.interlock.kubernetes.LiveObject.Controller;
import dev.interlock.workload.Content;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Mask;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Every live object of the governed kinds. Objects are digested as they arrive and not kept: 100,000 of them
/// fit into memory, and a whole one is fetched when somebody needs it.
public final class LiveObjects implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LiveObjects.class.getName());
    private static final List<WorkloadKind> OWNERS_FIRST = List.of(
            WorkloadKind.DEPLOYMENT,
            WorkloadKind.STATEFUL_SET,
            WorkloadKind.DAEMON_SET,
            WorkloadKind.CRON_JOB,
            WorkloadKind.REPLICATION_CONTROLLER,
            WorkloadKind.REPLICA_SET,
            WorkloadKind.JOB,
            WorkloadKind.POD);

    private final Map<WorkloadKind, SharedIndexInformer<GenericKubernetesResource>> informers =
            new ConcurrentHashMap<>();
    private final Map<WorkloadKind, Digesting> stores = new EnumMap<>(WorkloadKind.class);
    private final KubernetesClient client;
    private final Mask mask;
    private final Predicate<String> inScope;
    private final Consumer<ObjectKey> changed;
    private final Consumer<LiveObject> arrived;
    private final LiveProof proof = new LiveProof(watched());
    private volatile boolean synced;

    /// @param mask    as that of the ledger which has the approved contents
    /// @param inScope which namespaces are governed
    /// @param changed told of every object that came, changed or went, on the watch's thread: it must not block
    /// @param arrived told of every version of every object that comes, in order, likewise
    public LiveObjects(
            KubernetesClient client,
            Mask mask,
            Predicate<String> inScope,
            Consumer<ObjectKey> changed,
            Consumer<LiveObject> arrived) {
        this.client = client;
        this.mask = mask;
        this.inScope = inScope;
        this.arrived = arrived;
        this.changed = changed;
        for (WorkloadKind kind : WorkloadKind.values()) {
            stores.put(kind, new Digesting(kind));
            informers.put(kind, watch(kind));
        }
    }

    private SharedIndexInformer<GenericKubernetesResource> watch(WorkloadKind kind) {
        SharedIndexInformer<GenericKubernetesResource> informer = client.genericKubernetesResources(
                        ObjectMapping.context(kind))
                .inAnyNamespace()
                .withLimit(Pages.SIZE)
                .runnableInformer(0);
        informer.removeNamespaceIndex();
        informer.itemStore(store(kind));
        informer.exceptionHandler((_, _) -> true);
        return informer;
    }

    private Digesting store(WorkloadKind kind) {
        return Objects.requireNonNull(stores.get(kind));
    }

    private SharedIndexInformer<GenericKubernetesResource> informer(WorkloadKind kind) {
        return Objects.requireNonNull(informers.get(kind));
    }

    private LiveProof.Watched watched() {
        return new LiveProof.Watched() {
            @Override
            public boolean synced(WorkloadKind kind) {
                return informer(kind).hasSynced() && informer(kind).isWatching();
            }

            @Override
            public Map<String, String> held(WorkloadKind kind, Optional<String> after, Optional<String> upTo) {
                return store(kind).versions(after, upTo);
            }

            @Override
            public Optional<String> held(WorkloadKind kind, String key) {
                return store(kind).find(key).map(LiveObject::version);
            }

            @Override
            public LiveProof.Page list(WorkloadKind kind, Optional<String> next) {
                SortedMap<String, String> versions = new TreeMap<>();
                GenericKubernetesResourceList page = Pages.one(
                        options -> client.genericKubernetesResources(ObjectMapping.context(kind))
                                .inAnyNamespace()
                                .list(options),
                        next);
                page.getItems()
                        .forEach(object -> versions.put(
                                Digesting.key(object), object.getMetadata().getResourceVersion()));
                return new LiveProof.Page(versions, Pages.next(page));
            }

            @Override
            public Optional<String> ask(WorkloadKind kind, String key) {
                int slash = key.indexOf('/');
                return get(new ObjectKey(kind, key.substring(0, slash), key.substring(slash + 1)))
                        .map(object -> object.getMetadata().getResourceVersion());
            }

            @Override
            public void watchAnew(WorkloadKind kind) {
                // Until the new one has listed all, what is known of the kind may be old, and is said to be.
                informer(kind).close();
                SharedIndexInformer<GenericKubernetesResource> anew = watch(kind);
                informers.put(kind, anew);
                anew.start();
            }
        };
    }

    /// A whole object.
    ///
    /// @param observation as drift compares it
    public record Whole(LiveObject live, Workload workload, Observation observation) {}

    public void start() {
        informers.values().forEach(SharedIndexInformer::start);
        proof.start();
    }

    /// Whether everything that existed at the start is known.
    public boolean synced() {
        // Once: a watch that is begun anew forgets nothing, and [#unwatched] says that it may be behind.
        synced = synced || informers.values().stream().allMatch(SharedIndexInformer::hasSynced);
        return synced;
    }

    /// The kinds that are not watched now, so that what is known of them may be old.
    public List<WorkloadKind> unwatched() {
        return informers.entrySet().stream()
                .filter(entry -> !entry.getValue().isWatching())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// How long ago each watch last told of a change; of those that have.
    public Map<WorkloadKind, Duration> lastEvents() {
        long now = System.nanoTime();
        Map<WorkloadKind, Duration> ages = new EnumMap<>(WorkloadKind.class);
        stores.forEach((kind, store) -> store.lastEvent.ifPresent(at -> ages.put(kind, Duration.ofNanos(now - at))));
        return ages;
    }

    /// How many objects there are in each namespace, those that Kubernetes' own controllers made left out.
    public Map<String, Long> roots() {
        Map<String, Long> roots = new HashMap<>();
        stores.values()
                .forEach(store -> store.kept.values().stream()
                        .filter(object -> !object.byControllers())
                        .forEach(object -> roots.merge(object.ref().namespace(), 1L, Long::sum)));
        return roots;
    }

    public Optional<LiveObject> find(ObjectKey key) {
        return Optional.ofNullable(stores.get(key.kind()))
                .flatMap(store -> store.find(Digesting.key(key.namespace(), key.name())));
    }

    /// The object as it is now, from the API server; empty where it is gone.
    ///
    /// @throws MalformedObject where a field that is looked at is of the wrong type
    public Optional<Whole> fetch(ObjectKey key) {
        return get(key).map(object -> whole(key.kind(), object));
    }

    /// Whether the API server has the version of an object that [#find] gives, or none where that gives none; false
    /// where it does not answer.
    public boolean current(ObjectKey key) {
        try {
            Optional<String> version =
                    get(key).map(object -> object.getMetadata().getResourceVersion());
            return version.equals(find(key).map(LiveObject::version));
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    private Optional<GenericKubernetesResource> get(ObjectKey key) {
        return Optional.ofNullable(client.genericKubernetesResources(ObjectMapping.context(key.kind()))
                .inNamespace(key.namespace())
                .withName(key.name())
                .get());
    }

    /// Every object of every governed kind in a namespace, page by page. One that cannot be read is passed by.
    /// Owners come before what they own.
    ///
    /// @param between called before each page
    /// @return the kinds that could be listed
    public Set<WorkloadKind> each(String namespace, Runnable between, Consumer<Whole> consumer) {
        Set<WorkloadKind> listed = EnumSet.noneOf(WorkloadKind.class);
        for (WorkloadKind kind : OWNERS_FIRST) {
            try {
                each(kind, namespace, between, consumer);
                listed.add(kind);
            } catch (KubernetesClientException e) {
                if (e.getCode() != 403 && e.getCode() != 404) {
                    throw e;
                }
                // Its watch does not run either, and says so; what it will tell when it runs again is looked at then.
                LOG.log(
                        System.Logger.Level.WARNING,
                        "%s of %s are not looked at: %s".formatted(kind.resource(), namespace, e.getMessage()));
            }
        }
        return listed;
    }

    private void each(WorkloadKind kind, String namespace, Runnable between, Consumer<Whole> consumer) {
        Pages.each(
                options -> {
                    between.run();
                    return client.genericKubernetesResources(ObjectMapping.context(kind))
                            .inNamespace(namespace)
                            .list(options);
                },
                object -> {
                    try {
                        consumer.accept(whole(kind, object));
                    } catch (MalformedObject e) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "%s is passed by: %s".formatted(ObjectMapping.ref(kind, object), e.getMessage()));
                    }
                });
    }

    private Whole whole(WorkloadKind kind, GenericKubernetesResource object) {
        Workload workload = ObjectMapping.workload(kind, object);
        Content content = Content.of(workload, mask);
        Managers managers = ObjectMapping.managers(object);
        LiveObject live = live(kind, object, managers, Optional.of(content.digest()));
        return new Whole(
                // What is known already is not held in memory a second time.
                find(live.key()).filter(live::equals).orElse(live),
                workload,
                new Observation(ObjectMapping.ref(kind, object), kind, content, content.template(kind), managers));
    }

    private static LiveObject live(
            WorkloadKind kind, GenericKubernetesResource object, Managers managers, Optional<String> digest) {
        return new LiveObject(
                kind,
                ObjectMapping.ref(kind, object),
                object.getMetadata().getResourceVersion(),
                controller(object.getMetadata()),
                Dependents.madeByController(managers),
                inert(object),
                digest);
    }

    private static Optional<Controller> controller(ObjectMeta metadata) {
        List<OwnerReference> owners = Objects.requireNonNullElse(metadata.getOwnerReferences(), List.of());
        return owners.stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(owner -> new Controller(owner.getKind(), owner.getName(), owner.getUid()))
                .findFirst();
    }

    private static boolean inert(GenericKubernetesResource object) {
        return object.getAdditionalProperties().get("spec") instanceof Map<?, ?> spec
                && spec.get("replicas") instanceof Number replicas
                && replicas.intValue() == 0;
    }

    /// A digested object as the informer handles it: made when it asks, and not kept.
    private static final class Digested extends GenericKubernetesResource {
        private static final long serialVersionUID = 1L;

        private final transient LiveObject live;

        Digested(LiveObject live) {
            this.live = live;
            setMetadata(new ObjectMetaBuilder()
                    .withNamespace(live.ref().namespace())
                    .withName(live.ref().name())
                    .withUid(live.ref().uid())
                    .withResourceVersion(live.version())
                    .build());
        }
    }

    /// Digests what comes in on the watch's own thread, so that a long list does not pile up whole objects.
    private final class Digesting implements ItemStore<GenericKubernetesResource> {
        private final Map<String, LiveObject> kept = new ConcurrentHashMap<>();
        private final WorkloadKind kind;
        private volatile OptionalLong lastEvent = OptionalLong.empty();

        Digesting(WorkloadKind kind) {
            this.kind = kind;
        }

        static String key(String namespace, String name) {
            return namespace + "/" + name;
        }

        static String key(GenericKubernetesResource object) {
            return key(object.getMetadata().getNamespace(), object.getMetadata().getName());
        }

        /// Versions of what is after one key and up to another.
        Map<String, String> versions(Optional<String> after, Optional<String> upTo) {
            Map<String, String> versions = new HashMap<>();
            kept.forEach((key, live) -> {
                if (after.filter(first -> key.compareTo(first) <= 0).isEmpty()
                        && upTo.filter(last -> key.compareTo(last) > 0).isEmpty()) {
                    versions.put(key, live.version());
                }
            });
            return versions;
        }

        Optional<LiveObject> find(String key) {
            return Optional.ofNullable(kept.get(key));
        }

        @Override
        public String getKey(GenericKubernetesResource object) {
            return key(object);
        }

        @Override
        public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
            LiveObject live;
            if (object instanceof Digested again) {
                live = again.live;
            } else {
                live = digested(object);
                arrived.accept(live);
            }
            LiveObject before = kept.put(key, live);
            if (before == null || !before.version().equals(live.version())) {
                tell(live);
            }
            return seen(before);
        }

        private void tell(LiveObject live) {
            lastEvent = OptionalLong.of(System.nanoTime());
            changed.accept(live.key());
        }

        private LiveObject digested(GenericKubernetesResource object) {
            Managers managers = ObjectMapping.managers(object);
            if (!inScope.test(object.getMetadata().getNamespace())) {
                return live(kind, object, managers, Optional.empty());
            }
            try {
                String digest =
                        Content.of(ObjectMapping.workload(kind, object), mask).digest();
                return live(kind, object, managers, Optional.of(digest));
            } catch (MalformedObject e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "%s cannot be compared: %s".formatted(ObjectMapping.ref(kind, object), e.getMessage()));
                return live(kind, object, managers, Optional.empty());
            }
        }

        private static @Nullable GenericKubernetesResource seen(@Nullable LiveObject live) {
            return live == null ? null : new Digested(live);
        }

        @Override
        public @Nullable GenericKubernetesResource remove(String key) {
            LiveObject gone = kept.remove(key);
            if (gone != null) {
                tell(gone);
            }
            return seen(gone);
        }

        @Override
        public Stream<String> keySet() {
            return new ArrayList<>(kept.keySet()).stream();
        }

        @Override
        public Stream<GenericKubernetesResource> values() {
            return kept.values().stream().map(Digested::new);
        }

        @Override
        public int size() {
            return kept.size();
        }

        @Override
        public @Nullable GenericKubernetesResource get(String key) {
            return seen(kept.get(key));
        }

        @Override
        public boolean isFullState() {
            return false;
        }
    }

    @Override
    public void close() {
        proof.close();
        informers.values().forEach(SharedIndexInformer::close);
    }
}
