package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LiveProofTest {
    private static final WorkloadKind KIND = WorkloadKind.POD;
    private static final int PAGE = 3;
    /// Pages of the Pods, one page of each other kind, and one tick more.
    private static final int ROUND = 4 + WorkloadKind.values().length;

    /// A cluster with Pods only, and a watch of them that tells what it is made to tell.
    private static final class World implements LiveProof.Watched {
        private final SortedMap<String, String> cluster = new TreeMap<>();
        private final Map<String, String> known = new HashMap<>();
        private final List<WorkloadKind> anew = new ArrayList<>();
        private final Set<WorkloadKind> listed = EnumSet.noneOf(WorkloadKind.class);
        private final Set<WorkloadKind> refused = EnumSet.noneOf(WorkloadKind.class);
        private boolean synced = true;
        private Runnable afterList = () -> {};
        private Runnable afterAsk = () -> {};
        private SortedMap<String, String> pinned = new TreeMap<>();

        World() {
            for (int i = 0; i < 10; i++) {
                cluster.put("shop/pod-" + i, "1");
            }
            known.putAll(cluster);
        }

        @Override
        public boolean synced(WorkloadKind kind) {
            return synced;
        }

        @Override
        public Map<String, String> held(WorkloadKind kind, Optional<String> after, Optional<String> upTo) {
            Map<String, String> held = new HashMap<>(kind == KIND ? known : Map.of());
            held.keySet()
                    .removeIf(key -> after.filter(first -> key.compareTo(first) <= 0)
                                    .isPresent()
                            || upTo.filter(last -> key.compareTo(last) > 0).isPresent());
            afterList.run();
            return held;
        }

        @Override
        public Optional<String> held(WorkloadKind kind, String key) {
            return Optional.ofNullable(known.get(key));
        }

        @Override
        public LiveProof.Page list(WorkloadKind kind, Optional<String> next) {
            if (refused.contains(kind)) {
                throw new IllegalStateException("forbidden");
            }
            listed.add(kind);
            // As the API server does: all pages are of the time of the first.
            pinned = next.isEmpty() ? new TreeMap<>(cluster) : pinned;
            SortedMap<String, String> rest = kind == KIND ? new TreeMap<>(pinned) : new TreeMap<>();
            next.ifPresent(last -> rest.headMap(last + "\0").clear());
            SortedMap<String, String> page = new TreeMap<>();
            rest.entrySet().stream().limit(PAGE).forEach(entry -> page.put(entry.getKey(), entry.getValue()));
            return new LiveProof.Page(page, rest.size() > PAGE ? Optional.of(page.lastKey()) : Optional.empty());
        }

        @Override
        public Optional<String> ask(WorkloadKind kind, String key) {
            Optional<String> now = Optional.ofNullable(cluster.get(key));
            afterAsk.run();
            return now;
        }

        @Override
        public void watchAnew(WorkloadKind kind) {
            anew.add(kind);
            known.clear();
            known.putAll(cluster);
        }
    }

    private static void ticks(int many, Runnable tick) {
        for (int i = 0; i < many; i++) {
            tick.run();
        }
    }

    /// One change to the cluster.
    record Change(String name, String key, Optional<String> version) {
        void to(Map<String, String> world) {
            version.ifPresentOrElse(now -> world.put(key, now), () -> world.remove(key));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Change> changes() {
        return Stream.of(
                new Change("one on the first page is changed", "shop/pod-1", Optional.of("2")),
                new Change("the last one is changed", "shop/pod-9", Optional.of("2")),
                new Change("the first one is gone", "shop/pod-0", Optional.empty()),
                new Change("one that ended a page is gone", "shop/pod-2", Optional.empty()),
                new Change("one in the middle is gone", "shop/pod-4", Optional.empty()),
                new Change("the last one is gone", "shop/pod-9", Optional.empty()),
                new Change("one is new before all", "a/pod", Optional.of("2")),
                new Change("one is new between pages", "shop/pod-2a", Optional.of("2")),
                new Change("one is new behind all", "zoo/pod", Optional.of("2")));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void watchThatMissedAChangeAndSaysNothingIsBegunAnewOnceWithinTwoRounds(Change change) {
        World world = new World();
        LiveProof proof = new LiveProof(world);
        change.to(world.cluster);
        ticks(2 * ROUND, proof::prove);
        assertThat(world.anew).containsExactly(KIND);
        assertThat(world.known).isEqualTo(world.cluster);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void watchThatTellsLateIsLeftAlone(Change change) {
        World world = new World();
        LiveProof proof = new LiveProof(world);
        change.to(world.cluster);
        world.afterList = () -> change.to(world.known);
        ticks(ROUND, proof::prove);
        assertThat(world.anew).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void watchThatTellsBeforeTheListDoesIsLeftAlone(Change change) {
        World world = new World();
        LiveProof proof = new LiveProof(world);
        change.to(world.known);
        world.afterList = () -> change.to(world.cluster);
        ticks(ROUND, proof::prove);
        assertThat(world.anew).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void watchThatTellsJustAfterItWasAskedForIsLeftAlone(Change change) {
        World world = new World();
        LiveProof proof = new LiveProof(world);
        change.to(world.cluster);
        world.afterAsk = () -> change.to(world.known);
        ticks(2 * ROUND, proof::prove);
        assertThat(world.anew).isEmpty();
    }

    @Test
    void whatChangesAllTheTimeKeepsNoOtherKindFromBeingProven() {
        World world = new World();
        LiveProof proof = new LiveProof(world);
        world.afterList = () -> world.known.merge("shop/pod-9", "1", (before, more) -> before + more);
        ticks(ROUND, proof::prove);
        assertThat(world.listed).containsExactlyInAnyOrder(WorkloadKind.values());
        assertThat(world.anew).isEmpty();
    }

    @Test
    void kindWhoseWatchIsOnlyBeginningIsPassedBy() {
        World world = new World();
        world.cluster.remove("shop/pod-1");
        world.synced = false;
        LiveProof proof = new LiveProof(world);
        ticks(ROUND, proof::prove);
        assertThat(world.anew).isEmpty();
        assertThat(world.listed).isEmpty();
    }

    @Test
    void kindThatCannotBeListedKeepsNoOtherFromBeingProven() {
        World world = new World();
        world.refused.add(WorkloadKind.DEPLOYMENT);
        LiveProof proof = new LiveProof(world);
        ticks(ROUND, proof::tick);
        assertThat(world.listed)
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(WorkloadKind.DEPLOYMENT)));
    }
}
