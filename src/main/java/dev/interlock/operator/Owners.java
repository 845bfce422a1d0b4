package dev.interlock.operator;

import dev.interlock.drift.Dependents;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.LiveObjects.Whole;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The owners of live objects, in a list that was just taken or fetched one by one. Each is looked up once: an
/// owner goes before its dependents do, and one that was there and then is not would make a root of a Pod that
/// only waits for the garbage collector.
final class Owners {
    private static final int LONGEST_CHAIN = 4;

    private final Function<ObjectKey, Optional<Whole>> fetch;
    private final Map<String, Optional<Owner>> byUid = new HashMap<>();

    private Owners(Function<ObjectKey, Optional<Whole>> fetch) {
        this.fetch = fetch;
    }

    /// @param template its pod template now; empty where it has none, or makes no Pods
    record Owner(LiveObject live, Optional<Node.Obj> template) {
        private static Owner of(Whole whole) {
            return new Owner(
                    whole.live(),
                    whole.live().inert()
                            ? Optional.empty()
                            : Content.templateOf(
                                    whole.observation().content().value(),
                                    whole.live().kind()));
        }
    }

    /// @param fetch gives an object as it is now
    static Owners fetched(Function<ObjectKey, Optional<Whole>> fetch) {
        return new Owners(fetch);
    }

    /// The owners in a list: those that were [noted][#note], which come before their dependents in it.
    static Owners listed() {
        return new Owners(_ -> Optional.empty());
    }

    void note(Whole whole) {
        if (whole.live().kind() != WorkloadKind.POD) {
            byUid.put(whole.live().ref().uid(), Optional.of(Owner.of(whole)));
        }
    }

    /// Whether the object names an owner of a kind that is watched, and that owner is no more.
    boolean gone(LiveObject object) {
        return object.controller()
                .filter(controller -> kind(controller).isPresent())
                .filter(controller -> find(controller, object.ref().namespace()).isEmpty())
                .isPresent();
    }

    /// The owner, where Kubernetes' own controllers make such an object for such an owner.
    Optional<Owner> of(LiveObject object) {
        return object.controller()
                .filter(controller -> kind(controller)
                        .filter(kind -> Dependents.makes(kind, object.kind()))
                        .isPresent())
                .flatMap(controller -> find(controller, object.ref().namespace()));
    }

    /// The owner and its owners, the nearest first.
    List<Owner> chain(LiveObject object) {
        List<Owner> chain = new ArrayList<>();
        Optional<Owner> next = of(object);
        while (next.isPresent() && chain.size() < LONGEST_CHAIN) {
            chain.add(next.get());
            next = of(next.get().live());
        }
        return chain;
    }

    private Optional<Owner> find(LiveObject.Controller controller, String namespace) {
        return byUid.computeIfAbsent(
                        controller.uid(),
                        uid -> kind(controller)
                                .flatMap(kind -> fetch.apply(new ObjectKey(kind, namespace, controller.name())))
                                .filter(owner -> owner.live().ref().uid().equals(uid))
                                .map(Owner::of))
                .filter(owner -> owner.live().ref().kind().equals(controller.kind()));
    }

    private static Optional<WorkloadKind> kind(LiveObject.Controller controller) {
        return Stream.of(WorkloadKind.values())
                .filter(kind -> kind.kind().equals(controller.kind()))
                .findFirst();
    }
}
