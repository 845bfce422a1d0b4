package dev.interlock.kubernetes;

import dev.interlock.workload.WorkloadKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Holds what is known of live objects against the API server, because a watch can go silent without an end: one
/// page of one kind at a time, again and again, so that it costs little however many there are. What differs is
/// asked for a period later, and looked at once more a period after that, when a watch would have told it; a kind
/// whose watch has not is watched anew.
final class LiveProof implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LiveProof.class.getName());

    /// From one page to the next: five hundred objects.
    private static final Duration PERIOD = Duration.ofSeconds(5);

    /// One that a watch has missed is enough: no more are asked for.
    private static final int ASKED = 20;

    private static final List<WorkloadKind> KINDS = List.of(WorkloadKind.values());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("live-proof").daemon().factory());
    private final Watched watched;
    private int turn;
    private Optional<String> after = Optional.empty();
    private Optional<String> next = Optional.empty();
    private boolean whole;
    private Map<String, Optional<String>> doubted = Map.of();
    private List<Missed> missed = List.of();
    private final Map<WorkloadKind, String> troubles = new EnumMap<>(WorkloadKind.class);

    /// The API server has another version than what is held.
    private record Missed(WorkloadKind kind, String key, Optional<String> held) {}

    /// Live objects and where they come from. Objects go by namespace, slash and name, in the order of the API
    /// server's lists; versions are its resource versions.
    interface Watched {
        /// Whether everything of a kind that existed at the start is known.
        boolean synced(WorkloadKind kind);

        /// What is known of a kind, after one name and up to another.
        ///
        /// @param after from the first on where it is empty
        /// @param upTo  to the last where it is empty
        Map<String, String> held(WorkloadKind kind, Optional<String> after, Optional<String> upTo);

        /// The version that is known of an object.
        Optional<String> held(WorkloadKind kind, String key);

        /// What the API server has.
        ///
        /// @param next the page; the first where it is empty
        /// @throws RuntimeException where it cannot be asked
        Page list(WorkloadKind kind, Optional<String> next);

        /// The version of an object that the API server has.
        ///
        /// @throws RuntimeException where it cannot be asked
        Optional<String> ask(WorkloadKind kind, String key);

        /// Begins the watch of a kind anew.
        void watchAnew(WorkloadKind kind);
    }

    /// @param next the page after it; empty for the last
    record Page(SortedMap<String, String> versions, Optional<String> next) {}

    LiveProof(Watched watched) {
        this.watched = watched;
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::tick, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    void tick() {
        WorkloadKind kind = kind();
        try {
            prove();
            troubles.remove(kind);
        } catch (RuntimeException e) {
            String cause = String.valueOf(e.getMessage());
            if (!cause.equals(troubles.put(kind, cause))) {
                LOG.log(System.Logger.Level.WARNING, "%s cannot be proven now: %s".formatted(kind.resource(), cause));
            }
            nextKind();
        }
    }

    /// Looks again at what differed the last two times, then at the next page.
    void prove() {
        missed.stream().filter(this::untold).map(Missed::kind).findFirst().ifPresent(this::watchAnew);
        missed = missed();
        if (whole) {
            nextKind();
        }
        if (!watched.synced(kind())) {
            // Its watch is only beginning, and says so.
            nextKind();
            return;
        }
        Page page = watched.list(kind(), next);
        Optional<String> upTo = page.next().isEmpty()
                ? Optional.empty()
                : Optional.of(page.versions().lastKey());
        doubted = differing(page.versions(), watched.held(kind(), after, upTo));
        after = upTo;
        next = page.next();
        whole = next.isEmpty();
    }

    private void watchAnew(WorkloadKind kind) {
        LOG.log(
                System.Logger.Level.WARNING,
                "the watch of %s misses what the API server has, and says nothing: it is begun anew"
                        .formatted(kind.resource()));
        watched.watchAnew(kind);
        if (kind == kind()) {
            nextKind();
        }
    }

    private WorkloadKind kind() {
        return KINDS.get(turn);
    }

    private void nextKind() {
        turn = (turn + 1) % KINDS.size();
        after = Optional.empty();
        next = Optional.empty();
        whole = false;
        doubted = Map.of();
    }

    /// Objects that are known otherwise than they are listed, with the version that is known.
    private static Map<String, Optional<String>> differing(Map<String, String> listed, Map<String, String> held) {
        Map<String, Optional<String>> differing = new HashMap<>();
        listed.forEach((key, version) -> {
            if (!version.equals(held.get(key))) {
                differing.put(key, Optional.ofNullable(held.get(key)));
            }
        });
        held.forEach((key, version) -> {
            if (!listed.containsKey(key)) {
                differing.put(key, Optional.of(version));
            }
        });
        return differing;
    }

    /// Of what differed the last time and of which nothing was told since, what the API server has otherwise still.
    private List<Missed> missed() {
        List<Missed> silent = doubted.entrySet().stream()
                .map(entry -> new Missed(kind(), entry.getKey(), entry.getValue()))
                .filter(this::untold)
                .limit(ASKED)
                .toList();
        return silent.stream()
                .filter(one -> !watched.ask(one.kind(), one.key()).equals(one.held()))
                .toList();
    }

    private boolean untold(Missed one) {
        return watched.held(one.kind(), one.key()).equals(one.held());
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            // Else a watch could be begun after all of them were ended.
            var _ = thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
